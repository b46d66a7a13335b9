"""A part of a local cluster: one server or node, started, looked after and stopped as a process."""

from __future__ import annotations

import asyncio
import signal
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import ClassVar, Final

from quiz.cli.local_cluster.events import CannotStart
from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.process import Command, Process, last_lines
from quiz.cli.local_cluster.sweeper import Sweeper

LINES_SHOWN: Final = 12
"""Lines of a log that are shown when a part dies."""
_LOOK_S: Final = 0.05


class Part(ABC):
    """What all parts have in common. `name` is unique in a cluster; durations are seconds."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    stop_within_s: ClassVar[float] = 10
    ready_within_s: ClassVar[float] = 30

    def __init__(self, name: str, home: Home, sweeper: Sweeper) -> None:
        self.name = name
        self.home = home
        self.sweeper = sweeper
        self.process: Process | None = None
        self._log_start = 0

    @property
    def log(self) -> Path:
        return self.home.log(self.name)

    @property
    def pid(self) -> int | None:
        """None while it does not run."""
        return self.process.pid if self.process is not None and self.process.status is None else None

    async def start(self) -> float:
        """Start it and wait until it is ready; gives how long that took.

        Raises:
            CannotStart: it ended, or does not become ready in time. It does not run then.
        """
        began = time.monotonic()
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        await self.prepare()
        self.process = await Process.start(self.command(), self.sweeper)
        while not await self.is_ready(self.process.pid):
            if self.process.status is not None:
                status = await self.process.wait()
                raise CannotStart(self.name, f"ended with status {status} while starting", self.last_lines())
            if time.monotonic() - began > self.ready_within_s:
                await self.process.end(signal.SIGKILL, grace_s=1)
                raise CannotStart(self.name, f"is not ready after {self.ready_within_s:g} s", self.last_lines())
            await asyncio.sleep(_LOOK_S)
        return time.monotonic() - began

    def ask_to_stop(self) -> None:
        """Begin to stop it; nothing if it does not run."""
        if self.process is not None:
            self.process.send_family(signal.SIGCONT)  # one that is suspended hears nothing else
            self.process.send(self.stop_signal)

    async def stop(self) -> None:
        """Stop it politely, and by force if it does not end in time; nothing if it does not run."""
        if self.process is None:
            return
        if self.process.status is None:
            await self.process.end(self.stop_signal, self.stop_within_s)
        await self.process.wait()  # also for one that has ended: some of its group may have outlived it

    async def kill(self) -> None:
        """`kill -9`, for all of its processes."""
        if self.process is not None:
            self.process.send_family(signal.SIGKILL)
            await self.process.wait()

    def last_lines(self) -> list[str]:
        """The end of what it logged since it was last started."""
        return last_lines(self.log, LINES_SHOWN, self._log_start)

    async def prepare(self) -> None:
        """Make the files it needs before it starts."""
        return

    @abstractmethod
    def command(self) -> Command:
        """What to run."""

    @abstractmethod
    async def is_ready(self, pid: int) -> bool:
        """Whether the process just started serves by now; raises nothing while it does not."""
