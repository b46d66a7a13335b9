"""Keeps one part running: tells when it dies, and starts it again, at first soon and then less and less often."""

from __future__ import annotations

import asyncio
import time
from typing import Final

from quiz.cli.local_cluster.events import CannotStart, PartDied, PartFailed, PartReady, PartStopped, Tell
from quiz.cli.local_cluster.part import Part

BACKOFF_FIRST_S: Final = 0.5
BACKOFF_MOST_S: Final = 10.0
STEADY_S: Final = 30.0
"""A part that ran this long has recovered: its next death is a first one again."""


class Supervisor:
    """Looks after one part.

    Args:
        restarts: whether a part that dies is started again; otherwise its death is only told.
    """

    def __init__(self, part: Part, tell: Tell, *, restarts: bool) -> None:
        self.part = part
        self._tell = tell
        self._restarts = restarts
        self._watch: asyncio.Task[None] | None = None
        self._stopping_since: float | None = None

    async def start(self) -> None:
        """Start the part, wait until it is ready, and look after it from then on.

        Raises:
            CannotStart: as `Part.start`; then it is not looked after.
        """
        await self._start()
        self._watch = asyncio.create_task(self._look_after(), name=f"look after {self.part.name}")

    async def ask_to_stop(self) -> None:
        """Begin to stop the part; `stop` waits for the end."""
        await self.let_go()
        if self.part.pid is not None:
            self._stopping_since = time.monotonic()
            self.part.ask_to_stop()

    async def stop(self) -> None:
        """Stop the part, and leave it so."""
        if self._stopping_since is None:
            await self.ask_to_stop()
        if self._stopping_since is not None:
            await self.part.stop()
            self._tell(PartStopped(self.part.name, time.monotonic() - self._stopping_since))
            self._stopping_since = None

    async def kill(self) -> None:
        """`kill -9` the part, and leave it dead."""
        await self.let_go()
        await self.part.kill()

    async def let_go(self) -> None:
        """Look after the part no more."""
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
            self._watch = None

    async def _start(self) -> None:
        took_s = await self.part.start()
        self._tell(PartReady(self.part.name, self.part.pid or 0, took_s))

    async def _look_after(self) -> None:
        backoff_s = BACKOFF_FIRST_S
        while self.part.process is not None:
            began = time.monotonic()
            status = await self.part.process.wait()
            if time.monotonic() - began > STEADY_S:
                backoff_s = BACKOFF_FIRST_S
            again_in_s = backoff_s if self._restarts else None
            self._tell(PartDied(self.part.name, status, self.part.last_lines(), again_in_s))
            if again_in_s is None:
                return
            backoff_s = await self._start_again(backoff_s)

    async def _start_again(self, backoff_s: float) -> float:
        """Start the part until that works; gives how long to wait before the next time."""
        while True:
            await asyncio.sleep(backoff_s)
            backoff_s = min(2 * backoff_s, BACKOFF_MOST_S)
            try:
                await self._start()
            except CannotStart as failed:
                self._tell(PartFailed(self.part.name, failed.reason, backoff_s))
            else:
                return backoff_s
