"""Time, and how often somebody may try."""

from __future__ import annotations

from typing import Protocol

from quiz.domain.ids import Millis


class Clock(Protocol):
    """The service's clock."""

    def now(self) -> Millis:
        """Milliseconds since the epoch, as the database counts them."""
        ...


class Limiter(Protocol):
    """Counts attempts in a moving window, shared by all nodes as long as they reach each other."""

    async def hit(self, name: str, key: str) -> int | None:
        """Count one attempt of `key` against limit `name`; the seconds to wait when it is over the limit."""
        ...

    async def check(self, name: str, key: str) -> int | None:
        """The same without counting."""
        ...
