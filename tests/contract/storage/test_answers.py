"""What every `AnswerLog` does."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import msgspec
import pytest

from quiz.domain.commands import Close, End, Kick, Lock, Start
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.messages import Answer
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.game.ports import AnswerRefusal, PendingAnswer
from quiz.storage.settings import GroupCommitSettings, StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.games import NOON, Stage

Outcome = StoredAnswer | AnswerRefusal | Exception

HALF_A_PAIR = "\ud83d"
"""No database stores it."""


async def everything(stage: Stage) -> list[StoredAnswer]:
    return [each async for each in stage.storage.sessions.answers(stage.session)]


@pytest.mark.parametrize("answer", [[0], [2, 0, 1], 42, -0.1, 1e15, 1969.0, "Reykjavík", "", "'\"\\%s\n"])
async def test_an_answer_is_stored_as_it_was_given(stage: Stage, answer: Answer) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    stored = await stage.answer(ada, answer)
    assert isinstance(stored, StoredAnswer)
    assert stored == StoredAnswer(
        ada, 1, stage.pending(ada, answer).submission, answer, Millis(NOON + 1234), Millis(1234)
    )
    found = await stage.storage.answers.find(stage.session, 1, ada)
    assert msgspec.json.encode(found) == msgspec.json.encode(stored)


async def test_an_answer_that_was_not_given_is_not_found(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, [0])
    assert await stage.storage.answers.find(stage.session, 1, bob) is None
    assert await stage.storage.answers.find(stage.session, 2, ada) is None


async def test_answers_of_many_players_are_found_at_once_and_those_not_given_left_out(stage: Stage) -> None:
    ada, bob, cat = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Start())
    given = {player: await stage.answer(player, [number]) for number, player in enumerate((ada, bob))}
    await stage.answer(cat, [0])
    answers = stage.storage.answers
    assert await answers.find_all(stage.session, 1, [ada, bob, PlayerId("nobody")]) == given
    assert await answers.find_all(stage.session, 2, [ada, bob]) == {}
    assert await answers.find_all(stage.session, 1, []) == {}


@pytest.mark.parametrize("answer", [[0], 42, 42.0, "42"])
async def test_a_resend_gets_the_first_one_back_byte_for_byte(stage: Stage, answer: Answer) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    first = await stage.answer(ada, answer)
    again = await stage.answer(ada, answer, received_at=NOON + 9999, elapsed_ms=9999)
    assert msgspec.json.encode(again) == msgspec.json.encode(first)
    assert len(await everything(stage)) == 1


async def test_a_second_answer_gets_the_first_one_back(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    first = await stage.answer(ada, [0], "first")
    assert await stage.answer(ada, [1], "second") == first


async def test_of_answers_sent_at_once_by_one_player_the_first_stays_and_all_get_it(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    outcomes = await asyncio.gather(*(stage.answer(ada, [number], f"send {number}") for number in range(8)))
    assert outcomes == [outcomes[0]] * 8
    assert isinstance(outcomes[0], StoredAnswer)
    assert outcomes[0].answer == [0]
    assert await everything(stage) == [outcomes[0]]


async def test_a_resend_after_the_close_still_gets_the_first_one_back(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    pending = stage.pending(ada, [0])
    first = await stage.storage.answers.append(pending)
    await stage.play(Close())
    assert await stage.storage.answers.append(pending) == first
    await stage.play(End())
    assert await stage.storage.answers.append(pending) == first


async def test_two_nodes_that_store_the_same_answers_at_once_agree_on_each(stage: Stage, url: str) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(30)))
    await stage.play(Start())
    async with Storage(StorageSettings(url=url)) as other_node:
        here = [stage.storage.answers.append(stage.pending(player, [0], "here")) for player in players]
        there = [other_node.answers.append(stage.pending(player, [1], "there")) for player in reversed(players)]
        outcomes = await asyncio.gather(*here, *there)
    assert outcomes[:30] == outcomes[30:][::-1]
    assert len(await everything(stage)) == 30


async def test_no_answer_is_taken_before_the_first_question(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    assert await stage.answer(ada, [0], question=1) is AnswerRefusal.CLOSED


async def test_no_answer_is_taken_after_the_close(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start(), Close())
    assert await stage.answer(ada, [0]) is AnswerRefusal.CLOSED
    await stage.play(End())
    assert await stage.answer(ada, [0]) is AnswerRefusal.CLOSED
    assert await everything(stage) == []


@pytest.mark.parametrize("question", [1, 3])
async def test_an_answer_to_another_question_is_refused(stage: Stage, question: int) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await stage.next_question()
    assert await stage.answer(ada, [0], question=question) is AnswerRefusal.WRONG_QUESTION
    assert await everything(stage) == []


async def test_who_was_kicked_answers_no_more(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, [0])
    await stage.play(Kick(ada))
    assert await stage.answer(ada, [0]) is AnswerRefusal.UNSEATED
    assert isinstance(await stage.answer(bob, [0]), StoredAnswer)


async def test_a_player_of_another_session_has_no_say_here(stage: Stage) -> None:
    other = await Stage.set(stage.storage)
    (dan,) = await other.seat("Dan")
    await stage.play(Start())
    await other.play(Start())
    assert await stage.answer(dan, [0]) is AnswerRefusal.UNSEATED
    assert await stage.answer(PlayerId("nobody"), [0]) is AnswerRefusal.UNSEATED
    assert await stage.answer(dan, [0], session_id=SessionId("nowhere")) is AnswerRefusal.UNSEATED


async def test_one_batch_holds_answers_of_many_sessions_each_judged_by_its_own(storage: Storage) -> None:
    stages = [await Stage.set(storage) for _ in range(4)]
    players = [(await stage.seat("Ada"))[0] for stage in stages]
    for stage in stages[1:]:
        await stage.play(Start())
    await stages[2].next_question()
    await stages[3].play(Lock())
    outcomes = await asyncio.gather(
        *(stage.answer(player, [0], question=1) for stage, player in zip(stages, players, strict=True))
    )
    assert outcomes[0] is AnswerRefusal.CLOSED
    assert isinstance(outcomes[1], StoredAnswer)
    assert outcomes[2] is AnswerRefusal.WRONG_QUESTION
    assert isinstance(outcomes[3], StoredAnswer)


async def test_one_answer_that_cannot_be_stored_costs_no_other_its_place(stage: Stage) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(9)))
    await stage.play(Start())
    submissions = ["good"] * 9
    submissions[4] = HALF_A_PAIR
    outcomes = await asyncio.gather(
        *(stage.answer(player, [0], submission) for player, submission in zip(players, submissions, strict=True)),
        return_exceptions=True,
    )
    refused = outcomes.pop(4)
    assert isinstance(refused, Exception)
    assert not isinstance(refused, Unavailable)
    assert all(isinstance(outcome, StoredAnswer) for outcome in outcomes)
    assert {each.player_id for each in await everything(stage)} == {*players} - {players[4]}


async def test_answers_of_seated_players_are_counted(stage: Stage) -> None:
    ada, bob, _ = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Start())
    assert await stage.storage.answers.count(stage.session, 1) == 0
    await stage.answer(ada, [0])
    await stage.answer(bob, [0])
    assert await stage.storage.answers.count(stage.session, 1) == 2
    await stage.play(Kick(bob))
    assert await stage.storage.answers.count(stage.session, 1) == 1
    assert await stage.storage.answers.count(stage.session, 2) == 0


async def test_when_flush_returns_everything_appended_before_is_stored(stage: Stage, url: str) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(20)))
    await stage.play(Start())
    patient = GroupCommitSettings(batch_rows=7, linger_ms=Millis(60_000))
    async with Storage(StorageSettings(url=url, answers=patient)) as storage:
        appended = [asyncio.create_task(storage.answers.append(stage.pending(player, [0]))) for player in players]
        await asyncio.sleep(0)
        await storage.answers.flush()
        assert len(await everything(stage)) == 20
        await asyncio.gather(*appended)
        await storage.answers.flush()


async def test_an_answer_whose_caller_has_gone_away_is_still_stored(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    gone = asyncio.create_task(stage.answer(ada, [0]))
    here = asyncio.create_task(stage.answer(bob, [0]))
    await asyncio.sleep(0)
    gone.cancel()
    assert isinstance(await here, StoredAnswer)
    await asyncio.wait([gone])
    assert gone.cancelled()
    assert {each.player_id for each in await everything(stage)} == {ada, bob}


async def test_leaving_the_storage_stores_what_waits_and_takes_nothing_more(stage: Stage, url: str) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    patient = GroupCommitSettings(linger_ms=Millis(60_000))
    async with Storage(StorageSettings(url=url, answers=patient)) as storage:
        waiting = asyncio.create_task(storage.answers.append(stage.pending(ada, [0])))
        await asyncio.sleep(0)
    assert isinstance(await waiting, StoredAnswer)
    assert len(await everything(stage)) == 1
    with pytest.raises(Unavailable):
        await storage.answers.append(stage.pending(ada, [0]))


async def put_all(storage: Storage, pendings: Sequence[PendingAnswer]) -> list[Outcome]:
    """Put answers together, and give what each is told, in the order in which they are told."""
    told: list[Outcome] = []
    for pending in pendings:
        storage.answers.put(pending, told.append)
    assert told == [], "somebody was told before the COMMIT"
    await storage.answers.flush()
    assert len(told) == len(pendings)
    return told


async def test_answers_that_are_put_together_are_told_together_once_they_are_stored(stage: Stage) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(20)))
    await stage.play(Start())
    told = await put_all(stage.storage, [stage.pending(player, [0]) for player in players])
    assert [each.player_id for each in told if isinstance(each, StoredAnswer)] == players
    assert {each.player_id: each for each in await everything(stage)} == dict(zip(players, told, strict=True))


async def test_each_that_is_put_is_told_what_became_of_it_alone(stage: Stage) -> None:
    ada, bob, cat, dan, eve = await stage.seat("Ada", "Bob", "Cat", "Dan", "Eve")
    await stage.play(Start(), Kick(bob))
    first = await stage.answer(dan, [1], "earlier")
    pendings = [
        stage.pending(ada, [0]),
        stage.pending(bob, [0]),
        stage.pending(cat, [0], question=2),
        stage.pending(dan, [0]),
        stage.pending(eve, [0], HALF_A_PAIR),
        stage.pending(ada, [1], "second"),
        stage.pending(ada, [0]),
    ]
    told = await put_all(stage.storage, pendings)
    assert isinstance(told[0], StoredAnswer)
    assert told[1:4] == [AnswerRefusal.UNSEATED, AnswerRefusal.WRONG_QUESTION, first]
    assert isinstance(told[4], Exception)
    assert told[5:] == [told[0], told[0]]
    assert {each.player_id for each in await everything(stage)} == {ada, dan}


async def test_answers_put_while_a_host_closes_are_stored_and_counted_or_refused(stage: Stage) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(60)))
    await stage.play(Start())
    told: dict[PlayerId, Outcome] = {}
    closing = asyncio.create_task(stage.play(Close()))
    for player in players:
        pending = stage.pending(player, [0], received_at=NOON, elapsed_ms=0)
        stage.storage.answers.put(pending, partial(told.__setitem__, player))
        await asyncio.sleep(0)
    board = await closing
    await stage.storage.answers.flush()
    stored = {player for player, outcome in told.items() if isinstance(outcome, StoredAnswer)}
    assert stored | {player for player in told if told[player] is AnswerRefusal.CLOSED} == {*players}
    assert stored == {each.player_id for each in await everything(stage)}
    assert stored == {player for player in players if board.tally(player).score.correct}


async def test_who_was_kicked_while_an_answer_waited_for_the_session_is_refused(stage: Stage, url: str) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(30)))
    await stage.play(Start())
    async with Storage(StorageSettings(url=url)) as other_node:
        for player in players[:10]:
            kicking = asyncio.create_task(stage.play(Kick(player)))
            await asyncio.sleep(0)
            told = await put_all(other_node, [stage.pending(player, [0], player), stage.pending(players[-1], [0])])
            await kicking
            assert isinstance(told[1], StoredAnswer)
            again = await put_all(other_node, [stage.pending(player, [0], "late")])
            assert again == [AnswerRefusal.UNSEATED]
            # One that was quicker than the kick may be told of either.
            assert told[0] in (AnswerRefusal.UNSEATED, await other_node.answers.find(stage.session, 1, player))


async def test_nothing_can_be_put_into_a_storage_that_was_left(stage: Stage, url: str) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    told: list[Outcome] = []
    async with Storage(StorageSettings(url=url, answers=GroupCommitSettings(linger_ms=Millis(60_000)))) as storage:
        storage.answers.put(stage.pending(ada, [0]), told.append)
    assert isinstance(told[0], StoredAnswer)
    with pytest.raises(Unavailable):
        storage.answers.put(stage.pending(ada, [0]), told.append)
    assert len(told) == 1
