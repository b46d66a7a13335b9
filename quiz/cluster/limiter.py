"""Rate limits of one process: the twin, without Redis, of the port `Limiter`."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping
from typing import Final

from limits import RateLimitItem, parse_many
from msgspec import Struct

ENTRIES_MAX: Final = 200_000
"""Most attempts remembered over all keys, about 10 MB of them."""


def read_limit(notation: str) -> RateLimitItem:
    """Read a limit in the notation of `limits`: "10/minute", "3 per 10 seconds".

    Raises:
        ValueError: it cannot be read, is more than one limit, or lets nothing through.
    """
    try:
        found = parse_many(notation)
    except ValueError:
        found = []
    if len(found) != 1 or found[0].amount < 1:
        raise ValueError('a limit is one number of attempts in a time, like "10/minute" or "3 per 10 seconds"')
    return found[0]


class Window(Struct, eq=False):
    """The attempts of one key: when each was made, oldest first, and for how many seconds each counts."""

    span_s: float
    attempts: deque[float]

    def forget(self, now: float) -> int:
        """Drop attempts that have left the window; how many those were."""
        before = len(self.attempts)
        while self.attempts and self.attempts[0] <= now - self.span_s:
            self.attempts.popleft()
        return before - len(self.attempts)


class MemoryLimiter:
    """Counts the attempts of each key in a window that moves with the clock.

    The memory of `limits` itself visits every key with a thread each, over and over, as long as attempts come in; here
    an attempt costs the same however many keys there are. What outgrows `most_entries` forgets the keys that have been
    quiet longest.

    Args:
        limits: by name, in the notation of `read_limit`.
        most_entries: how many attempts are remembered over all keys.
        seconds: a clock that never goes back.

    Raises:
        ValueError: see `read_limit`.
    """

    def __init__(
        self,
        limits: Mapping[str, str],
        most_entries: int = ENTRIES_MAX,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limits = {name: read_limit(notation) for name, notation in limits.items()}
        self._most_entries = most_entries
        self._seconds = seconds
        self._windows: OrderedDict[tuple[str, str], Window] = OrderedDict()
        self._entries = 0

    @property
    def entries(self) -> int:
        """How many attempts are remembered."""
        return self._entries

    async def hit(self, name: str, key: str) -> int | None:
        """Count one attempt; see the port. An attempt over the limit is refused and does not count."""
        if (wait := await self.check(name, key)) is not None:
            return wait
        window = self._windows.setdefault((name, key), Window(self._limits[name].get_expiry(), deque()))
        window.attempts.append(self._seconds())
        self._entries += 1
        self._windows.move_to_end((name, key))
        self._tidy()
        return None

    async def check(self, name: str, key: str) -> int | None:
        """Say how long to wait, without counting; see the port."""
        limit, window = self._limits[name], self._windows.get((name, key))
        if window is None:
            return None
        now = self._seconds()
        self._entries -= window.forget(now)
        if not window.attempts:
            del self._windows[(name, key)]
        if len(window.attempts) < limit.amount:
            return None
        return max(1, math.ceil(window.attempts[0] + window.span_s - now))

    def _tidy(self) -> None:
        """Forget the windows that have been quiet longest: those that have run out, and more when memory is short."""
        now = self._seconds()
        while self._windows:
            key, window = next(iter(self._windows.items()))
            self._entries -= window.forget(now)
            if window.attempts and self._entries <= self._most_entries:
                return
            self._entries -= len(window.attempts)
            del self._windows[key]
