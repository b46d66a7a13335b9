"""Leaves alone for a moment what has just failed, so that nobody waits for it again and again."""

from __future__ import annotations

import time

from quiz.domain.ids import Millis


class Breaker:
    """Open for a pause after each failure. `pause_ms` 0 is never open."""

    def __init__(self, pause_ms: Millis) -> None:
        self._pause_s = pause_ms / 1000
        self._until = 0.0

    @property
    def open(self) -> bool:
        """Whether it should not be tried now."""
        return time.monotonic() < self._until

    def trip(self) -> None:
        """It has failed."""
        self._until = time.monotonic() + self._pause_s
