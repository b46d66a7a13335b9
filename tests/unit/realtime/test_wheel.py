"""One timer for many things."""

from __future__ import annotations

import asyncio
import random
from functools import partial
from itertools import pairwise

import structlog

from quiz.realtime.wheel import TICK_S, TIMERS_AT_ONCE, TimerWheel


async def test_whatever_is_due_goes_off_in_its_turn_and_never_early() -> None:
    wheel, loop, seen = TimerWheel(), asyncio.get_running_loop(), list[tuple[float, float]]()
    chance = random.Random(3)
    delays = [chance.uniform(0, 0.3) for _ in range(50)]
    done = asyncio.Event()

    def note(due: float) -> None:
        seen.append((due, loop.time()))

    for delay in delays:
        wheel.call_in(delay, partial(note, loop.time() + delay))
    wheel.call_in(max(delays) + 2 * TICK_S, done.set)
    await done.wait()
    assert len(seen) == len(delays)
    assert all(went_off >= due for due, went_off in seen)
    assert [due // TICK_S for due, _ in seen] == sorted(due // TICK_S for due, _ in seen)


async def test_what_was_cancelled_does_not_go_off_and_is_let_go_of() -> None:
    wheel, done, seen = TimerWheel(), asyncio.Event(), list[str]()
    early = wheel.call_in(TICK_S, lambda: seen.append("cancelled"))
    wheel.call_in(TICK_S, lambda: seen.append("kept"))
    wheel.call_in(3 * TICK_S, done.set)
    early.cancel()
    early.cancel()
    await done.wait()
    assert seen == ["kept"]
    assert early._callback is None


async def test_a_nearer_timer_set_later_goes_off_first() -> None:
    wheel, done, seen = TimerWheel(), asyncio.Event(), list[str]()
    wheel.call_in(6 * TICK_S, lambda: seen.append("far"))
    wheel.call_in(7 * TICK_S, done.set)
    wheel.call_in(TICK_S, lambda: seen.append("near"))
    await done.wait()
    assert seen == ["near", "far"]


async def test_others_get_a_turn_between_many_that_are_due_together() -> None:
    wheel, loop, done, went_off = TimerWheel(), asyncio.get_running_loop(), asyncio.Event(), list[int]()
    at_a_turn = list[int]()

    def look() -> None:
        at_a_turn.append(len(went_off))
        if len(went_off) < 3 * TIMERS_AT_ONCE:
            loop.call_soon(look)
        else:
            done.set()

    for number in range(3 * TIMERS_AT_ONCE):
        wheel.call_in(TICK_S, partial(went_off.append, number))
    look()
    await done.wait()
    assert at_a_turn[-1] == 3 * TIMERS_AT_ONCE
    assert max(after - before for before, after in pairwise(at_a_turn)) <= TIMERS_AT_ONCE


async def test_a_timer_that_fails_keeps_no_other_from_going_off() -> None:
    wheel, done = TimerWheel(), asyncio.Event()

    def fail() -> None:
        raise KeyError("ours")

    wheel.call_in(TICK_S, done.set)
    wheel.call_in(TICK_S, fail)
    with structlog.testing.capture_logs() as lines:
        await done.wait()
    assert [line["event"] for line in lines] == ["a timer failed"]


async def test_a_closed_wheel_does_nothing_more() -> None:
    wheel, seen, done = TimerWheel(), list[str](), asyncio.Event()
    wheel.call_in(TICK_S, lambda: seen.append("late"))
    wheel.close()
    asyncio.get_running_loop().call_later(4 * TICK_S, done.set)
    await done.wait()
    assert seen == []
