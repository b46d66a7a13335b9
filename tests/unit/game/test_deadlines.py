"""A deadline is kept, whatever stands in its way."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any

import msgspec
import pytest

from quiz.cluster.clock import SystemClock
from quiz.domain.commands import Command, Deadline
from quiz.domain.ids import Millis, SessionId
from quiz.domain.session import Phase, Session
from quiz.game.deadlines import DeadlineWatch
from quiz.game.errors import Refused, Unavailable
from tests.unit.domain.games import Game


class Performer:
    """Carries commands out after the given failures."""

    def __init__(self, *failures: Exception) -> None:
        self.failures = list(failures)
        self.asked: list[Command] = []
        self.called = asyncio.Event()
        self.done = asyncio.Event()

    async def perform(self, _session_id: SessionId, command: Command, _seen: int | None = None) -> int:
        self.asked.append(command)
        self.called.set()
        if self.failures:
            raise self.failures.pop(0)
        self.done.set()
        return 3


def watching(performer: Performer) -> DeadlineWatch:
    nobody: Any = None
    watch = DeadlineWatch(
        nobody,
        SystemClock(),
        grace_ms=Millis(0),
        jitter_ms=Millis(0),
        retry_ms=Millis(1),
        random=Random(1),
    )
    watch.serve(performer)
    return watch


def open_question(*, due_in_ms: int) -> Session:
    now = SystemClock().now()
    return msgspec.structs.replace(
        Game().session, phase=Phase.QUESTION, question=1, opens_at=now, closes_at=Millis(now + due_in_ms)
    )


@pytest.mark.parametrize(
    "failure",
    [Refused("not_due"), Refused("stale"), Unavailable("away"), RuntimeError("a bug")],
    ids=["clock set back", "lost races", "outage", "anything else"],
)
async def test_it_is_tried_again_until_the_question_is_closed(failure: Exception) -> None:
    performer = Performer(failure, failure, failure)
    watch = watching(performer)
    watch.watch(open_question(due_in_ms=1))
    await asyncio.wait_for(performer.done.wait(), 5)
    assert performer.asked == [Deadline(1)] * 4
    await watch.close()


async def test_it_rests_when_the_question_is_closed_already() -> None:
    performer = Performer(Refused("wrong_phase"))
    watch = watching(performer)
    watch.watch(open_question(due_in_ms=1))
    await asyncio.wait_for(performer.called.wait(), 5)
    await watch.close()
    assert performer.asked == [Deadline(1)]


async def test_an_extension_replaces_it_and_a_close_calls_it_off() -> None:
    performer = Performer()
    watch = watching(performer)
    session = open_question(due_in_ms=20)
    watch.watch(session)
    watch.watch(msgspec.structs.replace(session, closes_at=Millis((session.closes_at or 0) + 60_000)))
    watch.watch(msgspec.structs.replace(session, phase=Phase.REVEAL))
    watch.watch(open_question(due_in_ms=30))
    await asyncio.wait_for(performer.done.wait(), 5)
    assert performer.asked == [Deadline(1)]
    await watch.close()


async def test_watching_the_same_deadline_again_changes_nothing() -> None:
    performer = Performer()
    watch = watching(performer)
    session = open_question(due_in_ms=20)
    for _ in range(5):
        watch.watch(session)
    await asyncio.wait_for(performer.done.wait(), 5)
    await watch.close()
    assert performer.asked == [Deadline(1)]
