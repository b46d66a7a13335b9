"""Answers that take nothing but the database, and what happens when it does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from quiz.domain.ids import Millis, PlayerId, SessionId, SubmissionId
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.game.ports import AnswerRefusal, PendingAnswer
from quiz.game.receipts import Receipt
from quiz.game.taking import Taking, TakingSettings
from tests.unit.game.answer_logs import HeldLog, HeldQueue, Unheard

Told = list[tuple[str, Receipt | AnswerRefusal | Unavailable | None]]


def pending(player: str) -> PendingAnswer:
    return PendingAnswer(
        SessionId("s"), 202611, PlayerId(player), 1, SubmissionId(f"{player} says"), [0], Millis(5), Millis(3)
    )


async def probe() -> None:
    raise Unavailable("away")


def taking(log: HeldLog, queue: HeldQueue | None, patience_ms: int = 60_000) -> Taking:
    return Taking(log, queue, "node", probe, TakingSettings(patience_ms=Millis(patience_ms)), Unheard())


def into(told: Told, name: str) -> Callable[[Receipt | AnswerRefusal | Unavailable | None], None]:
    return lambda outcome: told.append((name, outcome))


@pytest.fixture
def log() -> HeldLog:
    return HeldLog()


@pytest.fixture
def queue() -> HeldQueue:
    return HeldQueue()


@pytest.fixture
def told() -> Told:
    return []


async def test_each_that_was_put_is_told_once_what_it_has_become(log: HeldLog, queue: HeldQueue, told: Told) -> None:
    answers = taking(log, queue)
    assert answers.put(pending("ada"), into(told, "ada"))
    assert answers.put(pending("bob"), into(told, "bob"))
    assert told == []
    log.settle(pending("ada").as_stored(), AnswerRefusal.CLOSED)
    assert told == [("ada", Receipt(pending("ada").as_stored(), "saved")), ("bob", AnswerRefusal.CLOSED)]


async def test_whoever_waits_too_long_is_sent_the_slow_way_and_not_told_again(
    log: HeldLog, queue: HeldQueue, told: Told
) -> None:
    answers = taking(log, queue, patience_ms=20)
    assert answers.put(pending("ada"), into(told, "ada"))
    last = asyncio.Event()

    def told_last(outcome: Receipt | AnswerRefusal | Unavailable | None) -> None:
        told.append(("bob", outcome))
        last.set()

    assert answers.put(pending("bob"), told_last)
    await last.wait()
    assert told == [("ada", None), ("bob", None)]
    log.settle(pending("ada").as_stored(), pending("bob").as_stored())
    assert len(told) == 2


async def test_the_slow_way_goes_straight_to_the_queue_with_the_first_arrival(
    log: HeldLog, queue: HeldQueue, told: Told
) -> None:
    answers = taking(log, queue)
    assert answers.put(pending("ada"), into(told, "ada"))
    log.settle(Unavailable("away"))
    assert told == [("ada", None)]
    assert not answers.put(pending("bob"), into(told, "bob"))
    receipt = await answers.take(pending("ada"))
    assert receipt == Receipt(pending("ada").as_stored(), "queued")
    assert queue.added == [pending("ada")]
    assert log.appended == 0


async def test_an_outage_is_known_before_the_first_is_told_of_it(log: HeldLog, queue: HeldQueue) -> None:
    answers = taking(log, queue)
    takes_more: list[bool] = []
    for player in ("ada", "bob"):
        answers.put(pending(player), lambda _: takes_more.append(answers.put(pending("cat"), print)))
    log.settle(Unavailable("away"), Unavailable("away"))
    assert takes_more == [False, False]


async def test_nothing_is_put_while_answers_wait_in_the_queue(log: HeldLog, queue: HeldQueue, told: Told) -> None:
    answers = taking(log, queue)
    queue.waits = 1
    await answers.settle()
    assert not answers.put(pending("ada"), into(told, "ada"))
    assert log.waiting == []


async def test_an_answer_that_cannot_be_stored_is_sent_the_slow_way(log: HeldLog, queue: HeldQueue, told: Told) -> None:
    answers = taking(log, queue)
    answers.put(pending("ada"), into(told, "ada"))
    log.settle(ValueError("half a pair"))
    assert told == [("ada", None)]
    assert answers.put(pending("bob"), into(told, "bob")), "the database is not away for that"


async def test_a_full_log_takes_nothing_and_tells_nobody(log: HeldLog, queue: HeldQueue, told: Told) -> None:
    log.full = True
    assert not taking(log, queue).put(pending("ada"), into(told, "ada"))
    assert told == []


async def test_without_a_queue_the_outage_itself_is_told_and_the_next_is_tried_anew(log: HeldLog, told: Told) -> None:
    answers = taking(log, None, patience_ms=1)
    answers.put(pending("ada"), into(told, "ada"))
    await asyncio.sleep(0.005)
    assert told == [], "nobody waits in vain where there is no other way"
    outage = Unavailable("away")
    log.settle(outage)
    assert told == [("ada", outage)]
    assert answers.put(pending("bob"), into(told, "bob"))


async def test_one_timer_serves_all_that_wait_and_none_is_left_when_nobody_does(
    log: HeldLog, queue: HeldQueue, told: Told
) -> None:
    answers = taking(log, queue, patience_ms=15)
    for round_ in range(3):
        for number in range(50):
            answers.put(pending(f"{round_} {number}"), into(told, ""))
        stored: list[StoredAnswer] = [pending("ada").as_stored()] * 50
        log.settle(*stored)
        await asyncio.sleep(0.02)
    assert [outcome for _, outcome in told if outcome is None] == []
    assert len(told) == 150
