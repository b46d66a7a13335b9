"""What every `ContentCache` does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec import Struct

from quiz.cluster.calls import RedisCalls
from quiz.cluster.content import MemoryContent, RedisContent
from quiz.cluster.observer import Unobserved
from quiz.domain.ids import Millis
from quiz.game.ports import ContentCache
from tests.contract.cluster.conftest import find
from tests.contract.cluster.hand_clock import HandClock
from tests.contract.cluster.nodes import patient
from tests.servers.redis import Redis, redis

LIFETIMES = {"quiz": Millis(10_000)}
OTHERS = Millis(60_000)


class Lookups(Unobserved):
    def __init__(self) -> None:
        self.seen: list[tuple[str, bool]] = []

    def asked(self, kind: str, hit: bool) -> None:
        self.seen.append((kind, hit))


class Subject(Struct, frozen=True):
    """An adapter under test, what it tells, and a way to let seconds pass for it."""

    cache: ContentCache
    lookups: Lookups
    pass_seconds: Callable[[float], None]


@asynccontextmanager
async def shared(url: str, lookups: Lookups | None = None, **changes: object) -> AsyncIterator[RedisContent]:
    settings = patient(url, content_lifetimes_ms=LIFETIMES, content_lifetime_ms=OTHERS, **changes)
    async with RedisCalls(settings) as calls:
        yield RedisContent(calls, settings, lookups)


def grow_older(server: Redis, seconds: float) -> None:
    """Bring the end of everything nearer: the clock of Redis cannot be moved."""
    script = """
    for _, key in ipairs(redis.call('KEYS', '*')) do
      redis.call('PEXPIRE', key, redis.call('PTTL', key) - ARGV[1])
    end
    """
    server.ask("EVAL", script, 0, int(seconds * 1000))


@pytest.fixture(params=["memory", "redis 6", "redis 7"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    lookups = Lookups()
    if request.param == "memory":
        clock = HandClock()
        cache = MemoryContent(lambda kind: LIFETIMES.get(kind, OTHERS), observer=lookups, seconds=clock)
        yield Subject(cache, lookups, clock.forward)
        return
    with redis(program=find(sharded=request.param == "redis 7")) as server:
        async with shared(server.url, lookups) as content:
            yield Subject(content, lookups, lambda seconds: grow_older(server, seconds))


@pytest.mark.parametrize("content", [b"", b"\x00\xff\r\n", b"x" * 300_000])
async def test_what_was_put_is_there(subject: Subject, content: bytes) -> None:
    await subject.cache.put("quiz", "1", content)
    assert await subject.cache.get("quiz", "1") == content


async def test_what_was_not_put_is_not_there(subject: Subject) -> None:
    await subject.cache.put("quiz", "1", b"one")
    assert await subject.cache.get("quiz", "2") is None
    assert await subject.cache.get("session", "1") is None


async def test_what_is_put_again_takes_the_place_of_the_first(subject: Subject) -> None:
    await subject.cache.put("quiz", "1", b"one")
    await subject.cache.put("quiz", "1", b"two")
    assert await subject.cache.get("quiz", "1") == b"two"


async def test_each_kind_is_kept_as_long_as_the_settings_say(subject: Subject) -> None:
    await subject.cache.put("quiz", "1", b"quiz")
    await subject.cache.put("session", "1", b"session")
    subject.pass_seconds(9)
    assert await subject.cache.get("quiz", "1") == b"quiz"
    subject.pass_seconds(2)
    assert await subject.cache.get("quiz", "1") is None
    assert await subject.cache.get("session", "1") == b"session"
    subject.pass_seconds(50)
    assert await subject.cache.get("session", "1") is None


async def test_every_lookup_is_told(subject: Subject) -> None:
    await subject.cache.get("quiz", "1")
    await subject.cache.put("quiz", "1", b"")
    await subject.cache.get("quiz", "1")
    assert subject.lookups.seen == [("quiz", False), ("quiz", True)]


async def test_nodes_share_content(server: Redis) -> None:
    async with shared(server.url) as ann, shared(server.url) as bob:
        await ann.put("quiz", "1", b"one")
        assert await bob.get("quiz", "1") == b"one"


async def test_redis_is_not_filled_with_what_is_too_large(server: Redis) -> None:
    async with shared(server.url, content_bytes_max=1000) as content:
        await content.put("quiz", "1", b"x" * 1001)
        assert await content.get("quiz", "1") is None


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_while_redis_is_away_nothing_is_there_and_nothing_is_raised(server: Redis, how: str) -> None:
    async with shared(server.url, call_timeout_ms=1500, call_pause_ms=600_000) as content:
        await content.put("quiz", "1", b"one")
        getattr(server, how)()
        await content.put("quiz", "2", b"two")
        assert await content.get("quiz", "1") is None


async def test_while_redis_is_away_callers_do_not_each_wait_for_it(server: Redis) -> None:
    async with shared(server.url, call_timeout_ms=500, call_pause_ms=600_000) as content:
        await content.put("quiz", "1", b"one")
        server.pause()
        await content.get("quiz", "1")
        server.resume()
        assert await content.get("quiz", "1") is None, "Redis is left alone for a pause, and has not been asked"


async def test_in_memory_what_has_not_been_asked_for_longest_makes_room() -> None:
    cache = MemoryContent(lambda _: OTHERS, most_bytes=300, seconds=HandClock())
    for key in ("a", "b", "c"):
        await cache.put("quiz", key, b"x" * 100)
    await cache.get("quiz", "a")
    await cache.put("quiz", "d", b"x" * 150)
    assert [key for key in "abcd" if await cache.get("quiz", key) is not None] == ["a", "d"]
    await cache.put("quiz", "e", b"x" * 301)
    assert cache.size == 250
