"""A token bucket: how many events a connection may send."""

from __future__ import annotations

from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds of any steady clock."""


class TokenBucket:
    """Holds at most `burst` tokens, and gets back `per_s` of them a second.

    It is filled up when it is empty, and not at each event: then it need not know the time of most of them. Over any
    stretch that begins with a filling, nobody takes more than the burst and what the rate has given since.
    """

    __slots__ = ("_burst", "_clock", "_filled_at", "_per_s", "_tokens")

    def __init__(self, per_s: float, burst: float, clock: Clock) -> None:
        self._per_s = per_s
        self._burst = burst
        self._clock = clock
        self._tokens = burst
        self._filled_at = clock()

    def take(self) -> bool:
        """Take a token; False if there is none."""
        if self._tokens < 1:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._per_s)
            self._filled_at = now
            if self._tokens < 1:
                return False
        self._tokens -= 1
        return True

    def next_in_s(self) -> float:
        """How long after a `take` in vain there is a token."""
        return max(0.0, (1 - self._tokens) / self._per_s)
