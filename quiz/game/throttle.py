"""How often somebody may try: the limits by name, and what a caller over one of them is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Final

from quiz.game.errors import Refused
from quiz.game.ports import Limiter


class Limit(StrEnum):
    """The names under which attempts are counted; `origin` is the network that a request comes from."""

    LOGIN_FAILURES = "login_failures"
    """Failed sign-ins, by origin and user name."""
    LOGIN_FAILURES_OF_ORIGIN = "login_failures_of_origin"
    """Failed sign-ins, by origin."""
    PIN_FAILURES = "pin_failures"
    """PINs that nobody can join by, by origin."""
    JOINS = "joins"
    """Attempts to take a seat, by origin: a whole school may sit behind one address."""


DEFAULT_LIMITS: Final[dict[str, str]] = {
    Limit.LOGIN_FAILURES: "10/minute",
    Limit.LOGIN_FAILURES_OF_ORIGIN: "50/minute",
    Limit.PIN_FAILURES: "60/minute",
    Limit.JOINS: "3000/minute",
}


class TooMany(Refused):
    """Over a limit; the same call may succeed in `wait_s` seconds, at least 1."""

    def __init__(self, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__("rate_limited", f"Too many attempts; wait {wait_s} s.")


class Throttle:
    """Counts attempts and refuses those over a limit."""

    def __init__(self, limiter: Limiter) -> None:
        self._limiter = limiter

    async def check(self, limit: Limit, key: str) -> None:
        """Let pass who is not over the limit, without counting.

        Raises:
            TooMany: the limit is used up.
        """
        if (wait_s := await self._limiter.check(limit.value, key)) is not None:
            raise TooMany(wait_s)

    async def count(self, limit: Limit, key: str) -> None:
        """Count one attempt.

        Raises:
            TooMany: it was one too many.
        """
        if (wait_s := await self._limiter.hit(limit.value, key)) is not None:
            raise TooMany(wait_s)


class Turnstile:
    """Lets `most` callers of a key through at once; the others wait.

    Where only failures count, thousands of attempts started together would all see a limit that is not yet used up.
    Behind a turnstile no more than `most` of them can.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._gates: dict[str, tuple[asyncio.Semaphore, int]] = {}

    @asynccontextmanager
    async def turn(self, key: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it."""
        gate, users = self._gates.get(key, (asyncio.Semaphore(self._most), 0))
        self._gates[key] = (gate, users + 1)
        try:
            async with gate:
                yield
        finally:
            gate, users = self._gates.pop(key)
            if users > 1:
                self._gates[key] = (gate, users - 1)
