"""Clocks: a node's own when it is alone, the database's when there are several."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Final, Self

import structlog
from msgspec import Struct

from quiz.cluster.settings import ClockSettings
from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable

TICK_MS: Final = 1.0
"""What an answer in whole milliseconds leaves open."""

log = structlog.get_logger("quiz.cluster.clock")


class SystemClock:
    """The `Clock` port over the machine's clock."""

    def now(self) -> Millis:
        """Milliseconds since the epoch."""
        return Millis(time.time_ns() // 1_000_000)


class Measurement(Struct, frozen=True):
    """What was learned of the database's clock. All in milliseconds.

    `offset` is what has to be added to this machine's monotonic clock, right within `error` either way at the instant
    `at` of that clock.
    """

    offset: float
    error: float
    at: float


class DatabaseClock:
    """The `Clock` port over the database's clock. Enter it to measure; it measures on until it is left.

    The database is asked several times and the quickest answer counts: it was given somewhere between question and
    answer, so taking the middle is wrong by half the round trip at most. From then on this machine's monotonic clock
    counts, so that steps of its wall clock do nothing.

    A measurement may set the clock back a little: then `now` stands still until that is made up for. When it is further
    back than `hold_ms`, as after the database has moved to a machine whose clock is wrong, `now` follows at once.

    Args:
        read: the database's clock. Raises `Unavailable`.
        settings: how often, and how exactly.
        monotonic_s: seconds on a clock that never goes back.
    """

    def __init__(
        self,
        read: Callable[[], Awaitable[Millis]],
        settings: ClockSettings | None = None,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._read = read
        self._settings = settings or ClockSettings()
        self._monotonic_s = monotonic_s
        self._known: Measurement | None = None
        self._last = 0
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Measure once.

        Raises:
            Unavailable: the database did not say what time it is.
        """
        await self.measure()
        self._task = asyncio.create_task(self._keep_measuring(), name="clock")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def now(self) -> Millis:
        """Milliseconds since the epoch, as the database counts them.

        Raises:
            Unavailable: it has never been measured.
        """
        if self._known is None:
            raise Unavailable("The database's clock has not been measured.")
        now = int(self._monotonic_ms() + self._known.offset)
        if self._last - self._settings.hold_ms <= now < self._last:
            return Millis(self._last)
        self._last = now
        return Millis(now)

    def uncertainty_ms(self) -> float:
        """By how much `now` may be wrong either way: what the last measurement left open and the drift since."""
        if self._known is None:
            return float("inf")
        return self._error_now(self._known)

    def problem(self) -> str | None:
        """Why the node should not take part now, None when it may."""
        uncertainty_ms = self.uncertainty_ms()
        if uncertainty_ms <= self._settings.uncertain_ms:
            return None
        return f"the database's clock is known to {uncertainty_ms:.0f} ms only"

    async def measure(self) -> None:
        """Ask the database now.

        Raises:
            Unavailable: it did not say what time it is; what was known before still holds.
        """
        best: Measurement | None = None
        problem: Exception | None = None
        for _ in range(self._settings.samples):
            try:
                sample = await self._sample()
            except (Unavailable, TimeoutError) as error:
                problem = error
                break
            if best is None or sample.error < best.error:
                best = sample
        if best is None:
            raise Unavailable("The database does not say what time it is.") from problem
        self._learn(best)

    async def _sample(self) -> Measurement:
        asked = self._monotonic_ms()
        async with asyncio.timeout(self._settings.timeout_ms / 1000):
            told = await self._read()
        answered = self._monotonic_ms()
        middle = (asked + answered) / 2
        # The database counts whole milliseconds: on average half of one has passed since.
        return Measurement(told + TICK_MS / 2 - middle, (answered - asked) / 2 + TICK_MS / 2, answered)

    def _learn(self, new: Measurement) -> None:
        """Take a measurement, unless what is known is more exact and agrees with it."""
        if self._known is not None:
            apart = abs(new.offset - self._known.offset)
            agree = apart <= new.error + self._error_now(self._known)
            if agree and self._error_now(self._known) <= new.error:
                return
            if not agree:
                log.warning(
                    "the database's clock was set", action="clock", by_ms=round(new.offset - self._known.offset)
                )
        self._known = new

    async def _keep_measuring(self) -> None:
        while True:
            await asyncio.sleep(self._settings.interval_ms / 1000)
            try:
                await self.measure()
            except Unavailable:
                # Told by `problem` once it matters; the outage itself is told elsewhere.
                log.debug("clock not measured", action="clock", uncertainty_ms=round(self.uncertainty_ms(), 1))

    def _error_now(self, known: Measurement) -> float:
        return known.error + (self._monotonic_ms() - known.at) * self._settings.drift_ppm / 1e6

    def _monotonic_ms(self) -> float:
        return self._monotonic_s() * 1000
