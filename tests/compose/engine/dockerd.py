"""A Docker engine: the one that runs here, or one of our own for as long as the tests take."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

KEPT: Final = Path("/var/tmp/quiz-compose-tests")  # noqa: S108 - root's, mode 0700
"""Images and layers stay here, so that the next run need not make them again."""
KEPT_HOURS: Final = 168
START_S: Final = 30.0
STOP_S: Final = 30.0
FALLBACKS: Final = ((), ("--iptables=false", "--ip6tables=false"), ("--storage-driver=vfs",))
"""What dockerd is told beside the necessary: nothing, and then what helps it onto unusual kernels."""


class NoEngine(Exception):
    """There is no engine and none can be started here; the text says why."""


@contextmanager
def engine() -> Iterator[str]:
    """The address of an engine, fit for DOCKER_HOST.

    Raises:
        NoEngine: none runs, and none can be started.
    """
    if shutil.which("docker") is None:
        raise NoEngine("the `docker` command is not installed")
    address = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    if answers(address):
        yield address
        return
    if os.geteuid() != 0:
        raise NoEngine(f"no engine answers at {address}, and only root can start one")
    if shutil.which("dockerd") is None:
        raise NoEngine(f"no engine answers at {address}, and `dockerd` is not installed")
    KEPT.mkdir(mode=0o700, exist_ok=True)
    with (KEPT / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise NoEngine(f"another run has an engine at work in {KEPT}") from None
        with own_engine() as own:
            tidy(own)
            yield own


@contextmanager
def own_engine() -> Iterator[str]:
    """Start dockerd, stop it at the end."""
    said = ""
    for fallback in FALLBACKS:
        folder = Path(tempfile.mkdtemp(prefix="quiz-engine-"))
        try:
            process = start(folder, fallback)
            try:
                address = f"unix://{folder}/docker.sock"
                if comes_up(process, address):
                    yield address
                    return
                said = last_words(folder / "dockerd.log")
            finally:
                stop(process)
        finally:
            remove(folder)
    raise NoEngine(f"dockerd does not start on this machine: {said}")


def start(folder: Path, more: tuple[str, ...]) -> subprocess.Popen[bytes]:
    """dockerd with its sockets in `folder`; it ends with this process."""
    leash = ("setpriv", "--pdeathsig", "TERM") if shutil.which("setpriv") else ()
    command = (
        *leash,
        "dockerd",
        f"--host=unix://{folder}/docker.sock",
        f"--data-root={KEPT}/data",
        f"--exec-root={folder}/exec",
        f"--pidfile={folder}/dockerd.pid",
        "--bridge=none",  # compose makes networks of its own; docker0 may be somebody else's
        "--ip-forward=false",  # containers need only each other, and this machine's other traffic is left alone
        *more,
    )
    with (folder / "dockerd.log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)


def comes_up(process: subprocess.Popen[bytes], address: str) -> bool:
    """Whether dockerd answers in time."""
    end = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < end:
        if answers(address):
            return True
        time.sleep(0.1)
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ask dockerd to end, and see that it does."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def remove(folder: Path) -> None:
    """Remove what dockerd kept there; it leaves a network namespace mounted."""
    for mounted in folder.glob("exec/netns/*"):
        subprocess.run(("umount", mounted), capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)


def tidy(address: str) -> None:
    """Remove layers that no image is made of and that are too old to be of use to the next build."""
    command = ("docker", "--host", address, "image", "prune", "--force", f"--filter=until={KEPT_HOURS}h")
    subprocess.run(command, capture_output=True, check=True)


def answers(address: str) -> bool:
    """Whether an engine is there."""
    command = ("docker", "--host", address, "version", "--format", "{{.Server.Version}}")
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def last_words(log: Path) -> str:
    """The last line of a log."""
    return (log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["it said nothing"])[-1]
