"""What every `Limiter` does. An adapter joins the suite by a fixture's parameter."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from msgspec import Struct

from quiz.cluster.limiter import MemoryLimiter
from quiz.game.ports import Limiter

LIMITS = {"logins": "3/minute", "joins": "100/hour"}


class Subject(Struct, frozen=True):
    """An adapter under test and a way to let seconds pass for it."""

    limiter: Limiter
    pass_seconds: Callable[[float], None]


class HandClock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(params=["memory"])
def subject(request: pytest.FixtureRequest) -> Subject:
    clock = HandClock()
    return Subject(MemoryLimiter(LIMITS, seconds=clock), clock.forward)


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
