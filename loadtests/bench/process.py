"""A server of the comparison as a child process on a core of its own, and what the kernel knows of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
READY_TIMEOUT_S = 30.0
LAST_WORDS = 500  # characters


class ServerFailed(Exception):
    """A server did not start, or ended; the message holds the end of what it wrote to stderr."""


@contextlib.contextmanager
def starting_on(core: int) -> Iterator[None]:
    """Children started meanwhile run on `core`, with all their threads: the kernel lets them inherit it."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def free_port() -> int:
    """A TCP port of 127.0.0.1 that is free at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server; get one from `Server.running`."""

    def __init__(self, pid: int, port: int) -> None:
        self.pid = pid
        self.port = port
        self._proc = Path("/proc") / str(pid)

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, command: Sequence[str], core: int, environment: Mapping[str, str]) -> AsyncIterator[Server]:
        """Start `command --port P` on `core`, wait for its `ready`, and end it on the way out.

        Raises:
            ServerFailed: it says no `ready` within 30 s.
        """
        port = free_port()
        with tempfile.TemporaryFile() as errors:
            with starting_on(core):
                process = await asyncio.create_subprocess_exec(
                    *command,
                    "--port",
                    str(port),
                    stdout=asyncio.subprocess.PIPE,
                    stderr=errors,
                    cwd=ROOT,
                    env={**os.environ, **environment},
                )
            assert process.stdout is not None
            try:
                try:
                    line = await asyncio.wait_for(process.stdout.readline(), READY_TIMEOUT_S)
                except TimeoutError:
                    line = b""
                if line.strip() != b"ready":
                    errors.seek(0)
                    said = errors.read().decode(errors="replace")[-LAST_WORDS:]
                    raise ServerFailed(f"{' '.join(command)} is not ready: {line!r}\n{said}")
                yield cls(process.pid, port)
            finally:
                await _stop(process)

    def cpu_s(self) -> float:
        """CPU seconds of all its threads so far, user and system, to the nanosecond."""
        return sum(spent for spent, _ in self._schedstats()) / 1e9

    def held_up_s(self) -> float:
        """Seconds that its threads were ready to run while something else had the core."""
        return sum(waited for _, waited in self._schedstats()) / 1e9

    def memory_bytes(self) -> int:
        """Its proportional set size."""
        for line in (self._proc / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
        raise ServerFailed("the kernel tells no Pss")

    def longest_queue_bytes(self) -> int:
        """What the kernel holds for the one of its connections that waits for most."""
        rows = (row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:])
        of_this_port = f":{self.port:04X}"
        return max((int(row[4].partition(":")[0], 16) for row in rows if row[1].endswith(of_this_port)), default=0)

    def sockets(self) -> int:
        """How many descriptors it has open."""
        return sum(1 for _ in (self._proc / "fd").iterdir())

    def _schedstats(self) -> Iterator[tuple[int, int]]:
        # Nanoseconds on the core and waiting for it. The ticks in /proc/PID/stat come from the same account, rounded to
        # ten milliseconds.
        for thread in (self._proc / "task").iterdir():
            spent, waited, _ = (thread / "schedstat").read_text().split()
            yield int(spent), int(waited)


async def _stop(process: asyncio.subprocess.Process) -> None:
    # It has nothing to save, and taking leave of ten thousand clients would only cost time.
    # Not by `process.kill`, which would take the exit status away from asyncio if it has ended already.
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    await process.wait()
