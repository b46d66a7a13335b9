"""Bytes that nodes share for a while, and the twin of a node that is alone."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Final

from quiz.cluster.calls import RedisCalls, Script
from quiz.cluster.observer import CacheObserver, Unobserved
from quiz.cluster.settings import RedisSettings
from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable

MEMORY_BYTES: Final = 64 * 1024 * 1024
"""What a node that is alone keeps at most."""

_GET: Final = Script("content_get", "return redis.call('GET', KEYS[1])")
_PUT: Final = Script("content_put", "redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) return 1")


class RedisContent:
    """The `ContentCache` port on Redis keys that expire. While Redis is away it has nothing."""

    def __init__(self, calls: RedisCalls, settings: RedisSettings, observer: CacheObserver | None = None) -> None:
        self._calls = calls
        self._settings = settings
        self._observer: CacheObserver = observer or Unobserved()

    async def get(self, kind: str, key: str) -> bytes | None:
        """What was put; see the port."""
        try:
            found = await self._calls.run(_GET, [self._name(kind, key)])
        except Unavailable:
            found = None
        content = found if isinstance(found, bytes) else None
        self._observer.asked(kind, content is not None)
        return content

    async def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep content; see the port."""
        if len(content) > self._settings.content_bytes_max:
            return
        lifetime_ms = self._settings.content_lifetimes_ms.get(kind, self._settings.content_lifetime_ms)
        try:
            await self._calls.run(_PUT, [self._name(kind, key)], (content, lifetime_ms))
        except Unavailable:
            return

    def _name(self, kind: str, key: str) -> str:
        return f"{self._settings.prefix}content:{kind}:{key}"


class MemoryContent:
    """The same in this process; what has not been asked for longest makes room.

    Args:
        lifetime_ms: by kind, how long content is kept.
        most_bytes: how much is kept over all kinds.
        seconds: a clock that never goes back.
    """

    def __init__(
        self,
        lifetime_ms: Callable[[str], Millis],
        most_bytes: int = MEMORY_BYTES,
        observer: CacheObserver | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lifetime_ms = lifetime_ms
        self._most_bytes = most_bytes
        self._observer: CacheObserver = observer or Unobserved()
        self._seconds = seconds
        self._contents: OrderedDict[tuple[str, str], tuple[float, bytes]] = OrderedDict()
        self._bytes = 0

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._bytes

    async def get(self, kind: str, key: str) -> bytes | None:
        """What was put; see the port."""
        until, content = self._contents.get((kind, key), (0.0, None))
        if content is not None and until <= self._seconds():
            self._drop((kind, key))
            content = None
        elif content is not None:
            self._contents.move_to_end((kind, key))
        self._observer.asked(kind, content is not None)
        return content

    async def put(self, kind: str, key: str, content: bytes) -> None:
        """Keep content; see the port."""
        self._drop((kind, key))
        if len(content) > self._most_bytes:
            return
        self._contents[kind, key] = (self._seconds() + self._lifetime_ms(kind) / 1000, content)
        self._bytes += len(content)
        while self._bytes > self._most_bytes:
            self._drop(next(iter(self._contents)))

    def _drop(self, name: tuple[str, str]) -> None:
        if (found := self._contents.pop(name, None)) is not None:
            self._bytes -= len(found[1])
