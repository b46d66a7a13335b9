from __future__ import annotations

import asyncio

import pytest

from quiz.cluster.limiter import MemoryLimiter
from quiz.game.errors import Refused
from quiz.game.throttle import DEFAULT_LIMITS, Limit, Throttle, TooMany, Turnstile


def test_every_limit_has_a_default() -> None:
    assert DEFAULT_LIMITS.keys() == set(Limit)
    MemoryLimiter(DEFAULT_LIMITS)


async def test_an_attempt_over_the_limit_is_refused_with_the_time_to_wait() -> None:
    throttle = Throttle(MemoryLimiter({Limit.JOINS: "2/minute"}, seconds=lambda: 5.0))
    await throttle.count(Limit.JOINS, "a")
    await throttle.check(Limit.JOINS, "a")
    await throttle.count(Limit.JOINS, "a")
    for attempt in (throttle.count, throttle.check):
        with pytest.raises(TooMany) as refused:
            await attempt(Limit.JOINS, "a")
        assert (refused.value.code, refused.value.wait_s) == ("rate_limited", 60)


async def test_a_turnstile_lets_only_so_many_through_at_once_and_the_others_in_their_turn() -> None:
    turnstile, inside, most, through = Turnstile(3), 0, 0, 0

    async def pass_through() -> None:
        nonlocal inside, most, through
        async with turnstile.turn("a"):
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0)
            inside -= 1
            through += 1

    await asyncio.gather(*(pass_through() for _ in range(50)))
    assert (most, through) == (3, 50)


async def test_keys_do_not_wait_for_each_other() -> None:
    turnstile = Turnstile(1)
    through = False
    async with turnstile.turn("a"), asyncio.timeout(1), turnstile.turn("b"):
        through = True
    assert through


async def test_a_turnstile_remembers_nobody_who_is_through_or_has_given_up() -> None:
    turnstile = Turnstile(1)
    async with turnstile.turn("a"):
        waiting = asyncio.create_task(turnstile.turn("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    with pytest.raises(Refused):
        async with turnstile.turn("b"):
            raise Refused("forbidden")
    assert turnstile._gates == {}
    async with asyncio.timeout(1), turnstile.turn("a"):
        pass
