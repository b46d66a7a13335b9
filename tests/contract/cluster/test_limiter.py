"""What every `Limiter` does, on one node or shared by several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec import Struct

from quiz.cluster.calls import RedisCalls
from quiz.cluster.limiter import MemoryLimiter
from quiz.cluster.redis_limiter import RedisLimiter
from quiz.game.ports import Limiter
from tests.contract.cluster.conftest import find
from tests.contract.cluster.hand_clock import HandClock
from tests.contract.cluster.nodes import patient
from tests.servers.redis import Redis, redis

LIMITS = {"logins": "3/minute", "joins": "100/hour"}

AGE = """
for _, key in ipairs(redis.call('KEYS', 'quiz:limit:*')) do
  local left = redis.call('PTTL', key)
  local attempts = redis.call('LRANGE', key, 0, -1)
  redis.call('DEL', key)
  for _, at in ipairs(attempts) do redis.call('RPUSH', key, string.format('%.0f', at - ARGV[1])) end
  redis.call('PEXPIRE', key, left - ARGV[1] / 1000)
end
"""


class Subject(Struct, frozen=True):
    """An adapter under test and a way to let seconds pass for it."""

    limiter: Limiter
    pass_seconds: Callable[[float], None]


@asynccontextmanager
async def shared(url: str, **changes: object) -> AsyncIterator[RedisLimiter]:
    settings = patient(url, **changes)
    async with RedisCalls(settings) as calls:
        yield RedisLimiter(calls, LIMITS, settings)


def grow_older(server: Redis, seconds: float) -> None:
    """Make every attempt that Redis knows of older: its clock cannot be moved."""
    server.ask("EVAL", AGE, 0, int(seconds * 1e6))


@pytest.fixture(params=["memory", "redis 6", "redis 7"])
async def subject(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    if request.param == "memory":
        clock = HandClock()
        yield Subject(MemoryLimiter(LIMITS, seconds=clock), clock.forward)
        return
    with redis(program=find(sharded=request.param == "redis 7")) as server:
        async with shared(server.url) as limiter:
            yield Subject(limiter, lambda seconds: grow_older(server, seconds))


async def hits(limiter: Limiter, count: int, key: str = "a", name: str = "logins") -> list[int | None]:
    return [await limiter.hit(name, key) for _ in range(count)]


async def test_attempts_up_to_the_limit_pass_and_the_next_one_is_told_to_wait(subject: Subject) -> None:
    assert await hits(subject.limiter, 3) == [None] * 3
    assert await subject.limiter.hit("logins", "a") == 60


async def test_keys_are_counted_apart(subject: Subject) -> None:
    await hits(subject.limiter, 3, "a")
    assert await subject.limiter.hit("logins", "b") is None


async def test_names_are_counted_apart(subject: Subject) -> None:
    await hits(subject.limiter, 3, "a")
    assert await subject.limiter.hit("joins", "a") is None


async def test_checking_does_not_count(subject: Subject) -> None:
    for _ in range(10):
        assert await subject.limiter.check("logins", "a") is None
    assert await hits(subject.limiter, 3) == [None] * 3


async def test_checking_tells_how_long_to_wait_once_the_limit_is_used_up(subject: Subject) -> None:
    await hits(subject.limiter, 3)
    subject.pass_seconds(20)
    assert await subject.limiter.check("logins", "a") == 40


async def test_the_window_moves_so_that_each_attempt_leaves_it_by_itself(subject: Subject) -> None:
    await hits(subject.limiter, 1)
    subject.pass_seconds(30)
    await hits(subject.limiter, 2)
    subject.pass_seconds(30.5)
    assert await hits(subject.limiter, 1) == [None], "the first attempt is a minute old"
    assert await subject.limiter.hit("logins", "a") == 30, "the second and third are not"


async def test_attempts_over_the_limit_do_not_lengthen_the_wait(subject: Subject) -> None:
    await hits(subject.limiter, 3)
    subject.pass_seconds(59)
    assert await hits(subject.limiter, 5) == [1] * 5
    subject.pass_seconds(1.5)
    assert await subject.limiter.hit("logins", "a") is None


async def test_of_many_attempts_made_together_no_more_than_the_limit_pass(subject: Subject) -> None:
    waits = await asyncio.gather(*(subject.limiter.hit("logins", "a") for _ in range(50)))
    assert waits.count(None) == 3
    assert all(wait is None or wait >= 1 for wait in waits)


async def test_nodes_count_together(server: Redis) -> None:
    async with shared(server.url) as ann, shared(server.url) as bob:
        assert [await node.hit("logins", "a") for node in (ann, bob, ann)] == [None] * 3
        assert await bob.hit("logins", "a") == 60
        assert await ann.check("logins", "a") == 60


async def test_redis_forgets_a_key_when_its_window_is_over(server: Redis) -> None:
    async with shared(server.url) as limiter:
        await limiter.hit("logins", "a")
        lifetime_ms = int(server.ask("PTTL", "quiz:limit:logins:a").removeprefix(b":"))
        assert 0 < lifetime_ms <= 60_000


async def test_redis_remembers_no_more_attempts_than_may_pass(server: Redis) -> None:
    async with shared(server.url) as limiter:
        for _ in range(5):
            await hits(limiter, 10)
            grow_older(server, 45)
        assert server.ask("LLEN", "quiz:limit:logins:a") == b":3\r\n"


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_while_redis_is_away_a_node_counts_for_itself_and_refuses_nobody_for_that(
    server: Redis, how: str
) -> None:
    async with shared(server.url, call_timeout_ms=1500, call_pause_ms=600_000) as limiter:
        await hits(limiter, 3)
        getattr(server, how)()
        assert await limiter.check("logins", "a") is None
        assert await hits(limiter, 3) == [None] * 3
        assert await limiter.hit("logins", "a") == 60, "its own count is a limit too"


async def test_when_redis_is_back_nodes_count_together_again(server: Redis) -> None:
    async with (
        shared(server.url, call_pause_ms=0) as ann,
        shared(server.url) as bob,
    ):
        await ann.hit("logins", "a")
        server.kill()
        await ann.hit("logins", "a")
        server.start()
        assert await hits(ann, 3) == [None] * 3
        assert await bob.hit("logins", "a") == 60
