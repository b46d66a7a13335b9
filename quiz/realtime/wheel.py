"""One timer for all connections: whatever is due at about the same moment is done in one go.

A timer of the event loop for each of ten thousand pings costs more than the pings; here one costs an entry in a dict.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from heapq import heappop, heappush
from typing import Final

import structlog

log = structlog.get_logger("quiz.realtime")

TICK_S: Final = 0.05
"""How exact it is: nothing is done early, and nothing much later than this after it is due."""
TIMERS_AT_ONCE: Final = 250
"""So many timers go off before whoever else has something to do gets a turn."""


class Timer:
    """Something to be done once."""

    __slots__ = ("_callback", "_slot")

    def __init__(self, callback: Callable[[], object], slot: dict[Timer, None]) -> None:
        self._callback: Callable[[], object] | None = callback
        self._slot = slot

    def cancel(self) -> None:
        """Do not do it, if it has not been done; and hold on to nobody."""
        self._slot.pop(self, None)
        self._callback = None

    def go_off(self) -> None:
        """Do it now."""
        callback, self._callback = self._callback, None
        if callback is not None:
            callback()


class TimerWheel:
    """Timers of one event loop. Callbacks must not block."""

    def __init__(self) -> None:
        self._slots: dict[int, dict[Timer, None]] = {}
        self._ticks: list[int] = []
        self._handle: asyncio.Handle | None = None
        self._next: int | None = None

    def call_in(self, delay_s: float, callback: Callable[[], object]) -> Timer:
        """Do something after `delay_s`."""
        loop = asyncio.get_running_loop()
        tick = math.ceil((loop.time() + delay_s) / TICK_S)
        slot = self._slots.get(tick)
        if slot is None:
            slot = self._slots[tick] = {}
            heappush(self._ticks, tick)
            self._wind(loop)
        timer = Timer(callback, slot)
        slot[timer] = None
        return timer

    def close(self) -> None:
        """Do nothing more."""
        if self._handle is not None:
            self._handle.cancel()
        self._slots.clear()
        self._ticks.clear()

    def _wind(self, loop: asyncio.AbstractEventLoop) -> None:
        """See to it that the loop wakes for the first tick."""
        first = self._ticks[0]
        if self._next is not None and self._next <= first:
            return
        if self._handle is not None:
            self._handle.cancel()
        self._next = first
        self._handle = loop.call_at(first * TICK_S, self._turn)

    def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._handle = self._next = None
        left = TIMERS_AT_ONCE
        while self._ticks and self._ticks[0] * TICK_S <= now:
            slot = self._slots[self._ticks[0]]
            while slot and left:
                timer, _ = slot.popitem()
                try:
                    timer.go_off()
                except Exception:  # the others are due all the same
                    log.exception("a timer failed", action="timer")
                left -= 1
            if slot:
                self._next = self._ticks[0]
                self._handle = loop.call_soon(self._turn)
                return
            del self._slots[heappop(self._ticks)]
        if self._ticks:
            self._wind(loop)
