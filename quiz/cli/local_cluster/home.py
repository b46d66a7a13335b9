"""The folders of a local cluster, and the secrets in them."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

PREFIX: Final = "quiz-cluster-"


class BadHome(Exception):
    """A cluster cannot live in this folder; the message says why."""


class Secrets(Struct, frozen=True):
    """What the parts know and nobody else should.

    `admin_password` was made for the first start; None if whoever started it chose one, which is not kept.
    """

    secret_key: str
    redis_password: str
    admin_password: str | None

    def __repr__(self) -> str:
        """Without them: whatever is logged of it."""
        return "Secrets(…)"


class Home:
    """Where a local cluster lives: `run` is removed at the end; `data` is too, unless it was asked to be kept.

    Paths of Unix sockets must be short, so these are in `run` in any case.
    """

    def __init__(self, run: Path, data: Path) -> None:
        self.run = run
        self.data = data
        self.logs = data / "logs"
        self._lock = -1

    @classmethod
    def make(cls, keep: Path | None, environ: Mapping[str, str]) -> tuple[Home, Secrets]:
        """Make the folders, and read or make the secrets.

        Args:
            keep: where data and logs stay after the end; made if it is not there. None: nothing stays.
            environ: what of the secrets it names goes before what is kept.

        Raises:
            BadHome: another cluster uses `keep`, or what lies there cannot be read.
            OSError: it cannot be made or written.
        """
        if keep is not None:
            keep.mkdir(mode=0o700, parents=True, exist_ok=True)
        run = Path(tempfile.mkdtemp(prefix=PREFIX)).resolve()
        home = cls(run, keep.resolve() if keep is not None else run / "data")
        try:
            home.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
            home._take()
            return home, home._secrets(environ)
        except BaseException:
            home.release()
            shutil.rmtree(run, ignore_errors=True)
            raise

    def log(self, name: str) -> Path:
        """The log of a part."""
        return self.logs / f"{name}.log"

    def release(self) -> None:
        """Let another cluster have the folder that is kept."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def _take(self) -> None:
        # The kernel lets go of it with the process, however that ends.
        self._lock = os.open(self.data / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadHome(f"Another cluster runs in {self.data}.") from None

    def _secrets(self, environ: Mapping[str, str]) -> Secrets:
        file = self.data / "secrets.json"
        try:
            kept = msgspec.json.decode(file.read_bytes(), type=Secrets)
        except FileNotFoundError:
            chosen = environ.get("QUIZ_ADMIN_PASSWORD")
            kept = Secrets(secrets.token_hex(32), secrets.token_hex(16), None if chosen else secrets.token_urlsafe(9))
            _write_private(file, msgspec.json.encode(kept))
        except msgspec.MsgspecError:
            raise BadHome(f"{file} does not hold the secrets of a cluster.") from None
        return msgspec.structs.replace(kept, secret_key=environ.get("QUIZ_SECRET_KEY") or kept.secret_key)


def _write_private(file: Path, content: bytes) -> None:
    """Write a file that nobody else can read, all of it or nothing."""
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
