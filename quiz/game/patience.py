"""Many who wait for an outcome, each for the same time at most, with one timer for all of them."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

import structlog

log = structlog.get_logger("quiz.game")


class Waiting:
    """Somebody who waits, to be told once."""

    __slots__ = ("until", "waits")

    def __init__(self) -> None:
        self.until = 0.0
        """By the loop's clock, in seconds; set by `Patience`."""
        self.waits = True
        """Until it has been told, by whomever."""

    def given_up(self) -> None:
        """Tell it that it has waited too long."""
        raise NotImplementedError


class Patience:
    """Gives up those who have waited too long, in the order in which they came. Starts no tasks.

    Args:
        patience_s: how long is too long, in seconds.
        ended: is called before any of them are told.
    """

    def __init__(self, patience_s: float, ended: Callable[[], None]) -> None:
        self._patience = patience_s
        self._ended = ended
        self._line: deque[Waiting] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, waiting: Waiting) -> None:
        """Begin to count."""
        loop = asyncio.get_running_loop()
        waiting.until = until = loop.time() + self._patience
        line = self._line
        # Outcomes come in the order in which they are waited for, so that the line is no longer than need be.
        while line and not line[0].waits:
            line.popleft()
        line.append(waiting)
        if self._timer is None:
            self._timer = loop.call_at(until, self._look)

    def _look(self) -> None:
        loop, line = asyncio.get_running_loop(), self._line
        now = loop.time()
        late: list[Waiting] = []
        while line and (line[0].until <= now or not line[0].waits):
            late.append(line.popleft())
        self._timer = loop.call_at(line[0].until, self._look) if line else None
        if late := [waiting for waiting in late if waiting.waits]:
            self._ended()
            for waiting in late:
                try:
                    waiting.given_up()
                except Exception:
                    log.exception("somebody who waits could not be told", action="patience")
