"""A node on a bus, with all that it has been told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from quiz.cluster.bus import RedisBus
from quiz.cluster.observer import Unobserved
from quiz.cluster.settings import RedisSettings
from quiz.domain.ids import Millis

LOOK_AGAIN_S = 0.005


async def until(look: Callable[[], bool], within_s: float = 15.0) -> None:
    """Look again and again until it is so."""
    async with asyncio.timeout(within_s):
        while not look():  # noqa: ASYNC110  (there is no event)
            await asyncio.sleep(LOOK_AGAIN_S)


def quick(url: str, **changes: object) -> RedisSettings:
    """Settings under which what takes seconds takes a part of one."""
    times = {
        "connect_timeout_ms": 400,
        "publish_timeout_ms": 200,
        "publish_pause_ms": 50,
        "heartbeat_interval_ms": 40,
        "deaf_after_ms": 800,
        "reconnect_max_ms": 100,
        "call_timeout_ms": 400,
        "call_pause_ms": 50,
    }
    settings = {**{name: Millis(time_ms) for name, time_ms in times.items()}, **changes}
    return RedisSettings(url=url, **settings)  # type: ignore[arg-type]


def patient(url: str, **changes: object) -> RedisSettings:
    """Settings under which nothing is given up, however busy the machine is."""
    times = {
        "connect_timeout_ms": 20_000,
        "publish_timeout_ms": 20_000,
        "subscribe_timeout_ms": 20_000,
        "deaf_after_ms": 20_000,
        "call_timeout_ms": 20_000,
    }
    return quick(url, **{**{name: Millis(time_ms) for name, time_ms in times.items()}, **changes})


class Tally(Unobserved):
    """Counts what a bus tells its observer."""

    def __init__(self) -> None:
        self.drops: Counter[str] = Counter()
        self.losses: Counter[str] = Counter()
        self.states: list[bool] = []
        self.delays: list[float] = []
        self.written = 0

    def published(self, messages: int) -> None:
        self.written += messages

    def dropped(self, cause: str, messages: int) -> None:
        self.drops[cause] += messages

    def reconnects(self, cause: str) -> None:
        self.losses[cause] += 1

    def up(self, is_up: bool) -> None:
        self.states.append(is_up)

    def delay(self, seconds: float) -> None:
        self.delays.append(seconds)


class Node:
    """A bus and its listener."""

    def __init__(self, settings: RedisSettings) -> None:
        self.tally = Tally()
        self.bus = RedisBus(settings, self.tally)
        self.heard: list[tuple[str, bytes]] = []
        self.regained = 0
        self.bus.serve(self._hear, self._regain)

    @classmethod
    @asynccontextmanager
    async def on(cls, settings: RedisSettings) -> AsyncIterator[Node]:
        """A node that is connected, if there is anything to connect to."""
        node = cls(settings)
        async with node.bus:
            yield node

    @property
    def up(self) -> bool:
        return self.bus.state == "up"

    def has_heard(self, message: bytes) -> bool:
        return any(said == message for _, said in self.heard)

    def _hear(self, channel: str, message: bytes) -> None:
        self.heard.append((channel, message))

    def _regain(self) -> None:
        self.regained += 1
