"""Processes that end with this one, whose output goes into a file."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from msgspec import Struct

from quiz.cli.local_cluster import leash
from quiz.cli.local_cluster.sweeper import Sweeper

_TAIL_BYTES: Final = 64 * 1024


class Command(Struct, frozen=True, kw_only=True):
    """What to run, and how.

    `orphaned` is the signal it gets when this process dies. `user` is whom root becomes before; None for nobody else.
    """

    arguments: tuple[str, ...]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    orphaned: signal.Signals = signal.SIGKILL
    user: str | None = None


class Process:
    """A process that has been started."""

    def __init__(self, process: asyncio.subprocess.Process, sweeper: Sweeper) -> None:
        self._process = process
        self._sweeper = sweeper
        self._buried = False

    @classmethod
    async def start(cls, command: Command, sweeper: Sweeper) -> Process:
        """Start a process; its output is added to the log."""
        leashed = (sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), str(int(command.orphaned)))
        with command.log.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *leashed,
                command.user or "",
                *command.arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=command.environment,
                cwd=command.folder,
                # Ctrl-C goes to all of a terminal's group; the parts are stopped in an order.
                start_new_session=True,
            )
        sweeper.note_start(process.pid)
        return cls(process, sweeper)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def status(self) -> int | None:
        """The exit status, minus the signal if one ended it; None while it runs."""
        return self._process.returncode

    async def wait(self) -> int:
        """Wait for its end, and end those of its group that outlive it: nginx's workers do not miss their master."""
        status = await self._process.wait()
        if not self._buried:  # only once: later the same number may be another's
            self._buried = True
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
            self._sweeper.note_end(self.pid)
        return status

    def send(self, number: signal.Signals) -> None:
        """Send a signal, if it still runs."""
        with suppress(ProcessLookupError):
            self._process.send_signal(number)

    def send_family(self, number: signal.Signals) -> None:
        """Send a signal to it and to all processes below it (Linux; elsewhere to it alone)."""
        if self.status is not None:
            return
        for pid in (self.pid, *descendants(self.pid)):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    async def end(self, polite: signal.Signals, grace_s: float) -> int:
        """End it: politely, and by force what has not ended `grace_s` seconds later. Gives its exit status."""
        self.send_family(signal.SIGCONT)
        self.send(polite)
        try:
            return await asyncio.wait_for(self.wait(), grace_s)
        except TimeoutError:
            self.send(signal.SIGKILL)
            return await self.wait()


async def run_to_end(command: Command, sweeper: Sweeper, limit_s: float) -> int:
    """Run something that ends by itself; gives its exit status.

    Raises:
        TimeoutError: it took longer than `limit_s` seconds, and was killed.
    """
    process = await Process.start(command, sweeper)
    try:
        return await asyncio.wait_for(process.wait(), limit_s)
    finally:
        if process.status is None:
            process.send_family(signal.SIGKILL)
            await process.wait()


def descendants(pid: int) -> list[int]:
    """The processes that a process started, and those that these started; none where there is no /proc to ask."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            # The name in brackets may hold anything; after it come the state and the parent.
            parent = int(stat.read_text(encoding="utf-8", errors="replace").rpartition(") ")[2].split()[1])
            children.setdefault(parent, []).append(int(stat.parent.name))
    found: list[int] = []
    asked = [pid]
    while asked:
        below = children.get(asked.pop(), [])
        found += below
        asked += below
    return found


def last_lines(log: Path, most: int, since: int = 0) -> list[str]:
    """The last lines of a log, at most `most`, of those from byte `since` on; none if there is no log."""
    try:
        with log.open("rb") as file:
            file.seek(max(since, file.seek(0, os.SEEK_END) - _TAIL_BYTES))
            return file.read().decode("utf-8", "replace").splitlines()[-most:]
    except FileNotFoundError:
        return []
