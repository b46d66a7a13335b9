"""What every `AnswerLog` does with answers that were acked before it had them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

import msgspec

from quiz.domain.commands import Close, End, Kick, Next, Start, Void
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.session import Phase
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import PendingAnswer
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.games import NOON, Stage

RIGHT = [0]


async def restore(stage: Stage, *batch: PendingAnswer) -> Collection[SessionId]:
    return await stage.storage.answers.restore(batch)


async def stored(stage: Stage) -> dict[PlayerId, StoredAnswer]:
    return {each.player_id: each async for each in stage.storage.sessions.answers(stage.session)}


async def test_a_restored_answer_is_stored_as_it_was_given_with_its_own_arrival(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await restore(stage, stage.pending(ada, RIGHT, "queued", received_at=Millis(NOON + 7), elapsed_ms=Millis(7)))
    found = await stage.storage.answers.find(stage.session, 1, ada)
    assert found == StoredAnswer(
        ada, 1, stage.pending(ada, RIGHT, "queued").submission, RIGHT, Millis(NOON + 7), Millis(7)
    )


async def test_an_answer_to_a_question_that_is_still_open_is_counted_by_its_close(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    assert set(await restore(stage, stage.pending(ada, RIGHT))) == set()
    assert (await stage.play(Close())).tally(ada).score.correct == 1


async def test_a_session_whose_question_has_closed_is_named_and_its_next_count_has_the_answer(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    late = stage.pending(ada, RIGHT)
    assert (await stage.play(Close())).tally(ada).score.correct == 0
    assert set(await restore(stage, late)) == {stage.session.id}
    await stage.play(Next(), Next(), Close())
    # Any command that counts anew will do.
    assert (await stage.play(Void(2))).tally(ada).score.correct == 1


async def test_a_session_that_is_further_on_or_over_is_named_as_well(stage: Stage) -> None:
    ada, bob, cat = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Start())
    late = [stage.pending(player, RIGHT) for player in (ada, bob, cat)]
    await stage.play(Close(), Next())
    assert stage.session.phase is Phase.STANDINGS
    assert set(await restore(stage, late[0])) == {stage.session.id}
    await stage.play(Next())
    assert (stage.session.phase, stage.session.question) == (Phase.QUESTION, 2)
    assert set(await restore(stage, late[1])) == {stage.session.id}
    await stage.play(End())
    assert set(await restore(stage, late[2])) == {stage.session.id}
    assert (await stored(stage)).keys() == {ada, bob, cat}


async def test_a_row_of_the_same_submission_gets_the_earlier_arrival_and_its_elapsed_time(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await stage.answer(ada, RIGHT, received_at=Millis(NOON + 500), elapsed_ms=Millis(500))
    await restore(stage, stage.pending(ada, RIGHT, received_at=Millis(NOON + 900), elapsed_ms=Millis(900)))
    assert (await stored(stage))[ada].received_at == NOON + 500
    await restore(stage, stage.pending(ada, RIGHT, received_at=Millis(NOON + 200), elapsed_ms=Millis(200)))
    row = (await stored(stage))[ada]
    assert (row.received_at, row.elapsed_ms) == (NOON + 200, 200)


async def test_a_row_of_the_same_submission_names_the_session_whose_question_has_closed_whichever_arrival_is_earlier(
    stage: Stage,
) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    stay, move = (
        stage.pending(ada, RIGHT, received_at=Millis(NOON + at), elapsed_ms=Millis(at)) for at in (1234, 1000)
    )
    await stage.answer(ada, RIGHT)
    await stage.play(Close())
    assert set(await restore(stage, stay)) == {stage.session.id}
    assert set(await restore(stage, move)) == {stage.session.id}


async def test_a_row_of_another_submission_stays_whichever_came_first(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    other = stage.pending(ada, [1], "other", received_at=Millis(NOON + 1), elapsed_ms=Millis(1))
    first = await stage.answer(ada, RIGHT, "first")
    await stage.play(Close())
    assert set(await restore(stage, other)) == set()
    assert (await stored(stage))[ada] == first


async def test_a_row_that_is_there_names_the_session_also_when_another_submission_comes_before_its_own(
    stage: Stage,
) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    mine, other = stage.pending(ada, RIGHT, "mine"), stage.pending(ada, [1], "other")
    await stage.storage.answers.append(mine)
    await stage.play(Close())
    assert set(await restore(stage, other, mine)) == {stage.session.id}


async def test_of_several_to_one_question_in_a_batch_the_first_is_stored_at_its_earliest_arrival(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    arrivals = (("mine", 400), ("other", 100), ("mine", 300), ("mine", 350))
    batch = [
        stage.pending(ada, RIGHT, submission, received_at=Millis(NOON + at), elapsed_ms=Millis(at))
        for submission, at in arrivals
    ]
    await restore(stage, *batch)
    row = (await stored(stage))[ada]
    assert (row.submission, row.received_at, row.elapsed_ms) == ("mine", NOON + 300, 300)


async def test_repeating_a_batch_changes_nothing_and_names_the_session_in_case_nobody_came_to_count(
    stage: Stage,
) -> None:
    players = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Start())
    batch = [stage.pending(player, RIGHT) for player in players]
    await stage.play(Close())
    assert set(await restore(stage, *batch)) == {stage.session.id}
    before = await stored(stage)
    assert set(await restore(stage, *batch)) == {stage.session.id}
    assert await stored(stage) == before


async def test_answers_of_sessions_and_players_that_do_not_exist_are_left_out(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    other = await Stage.set(stage.storage)
    (dan,) = await other.seat("Dan")
    await stage.play(Start())
    nowhere = SessionId("nowhere")
    batch = [
        stage.pending(PlayerId("nobody"), RIGHT),
        stage.pending(dan, RIGHT),
        stage.pending(ada, RIGHT, session_id=nowhere),
        stage.pending(ada, RIGHT),
    ]
    await stage.play(Close())
    assert set(await restore(stage, *batch)) == {stage.session.id}
    assert (await stored(stage)).keys() == {ada}
    assert set(await restore(stage, *batch[:3])) == set()


async def test_who_was_kicked_after_answering_has_the_answer_stored_and_no_seat(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    queued = stage.pending(ada, RIGHT)
    await stage.play(Kick(ada))
    await restore(stage, queued)
    assert (await stored(stage)).keys() == {ada}
    assert await stage.storage.answers.count(stage.session, 1) == 0
    assert ada not in (await stage.play(Close())).tallies


async def test_one_batch_holds_answers_of_many_sessions(storage: Storage) -> None:
    stages = [await Stage.set(storage) for _ in range(4)]
    batch = []
    for stage in stages:
        (ada,) = await stage.seat("Ada")
        await stage.play(Start())
        batch.append(stage.pending(ada, RIGHT))
    await stages[1].play(Close())
    await stages[2].play(End())
    assert set(await storage.answers.restore(batch)) == {stages[1].session.id, stages[2].session.id}
    assert [len(await stored(stage)) for stage in stages] == [1] * 4


async def test_restoring_nothing_names_nobody(storage: Storage) -> None:
    assert set(await storage.answers.restore([])) == set()


async def test_two_nodes_that_restore_the_same_answers_at_once_store_each_once_and_both_name_the_session(
    stage: Stage, url: str
) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(60)))
    await stage.play(Start())
    batch = [stage.pending(player, RIGHT) for player in players]
    await stage.play(Close())
    async with Storage(StorageSettings(url=url)) as other_node:
        named = await asyncio.gather(restore(stage, *batch), other_node.answers.restore(batch[::-1]))
    assert [set(each) for each in named] == [{stage.session.id}] * 2
    assert (await stored(stage)).keys() == {*players}


async def test_restoring_races_a_close_and_each_answer_is_counted_by_it_or_its_session_named(
    stage: Stage, url: str
) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(80)))
    await stage.play(Start())
    batches = [[stage.pending(player, RIGHT) for player in players[start : start + 4]] for start in range(0, 80, 4)]
    some_are_in, closed = asyncio.Event(), asyncio.Event()
    named: list[PlayerId] = []

    async def keep_restoring(storage: Storage, mine: Sequence[Sequence[PendingAnswer]]) -> None:
        for number, batch in enumerate(mine):
            if await storage.answers.restore(batch):
                named.extend(pending.player_id for pending in batch)
            if number == 3:
                some_are_in.set()
            if number == 7:
                # So that some come after it on the fastest machine.
                await closed.wait()

    async def close() -> None:
        await some_are_in.wait()
        await stage.play(Close())
        closed.set()

    async with Storage(StorageSettings(url=url)) as other_node:
        await asyncio.gather(
            keep_restoring(stage.storage, batches[::2]), keep_restoring(other_node, batches[1::2]), close()
        )
    counted = {player for player in players if stage.board.tally(player).score.correct}
    assert named
    assert counted
    assert counted.isdisjoint(named)
    assert counted | set(named) == {*players}
    assert (await stored(stage)).keys() == {*players}


async def test_a_resend_of_a_restored_answer_gets_it_back_byte_for_byte(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await restore(stage, stage.pending(ada, RIGHT, received_at=Millis(NOON + 5), elapsed_ms=Millis(5)))
    again = await stage.answer(ada, RIGHT, received_at=Millis(NOON + 99), elapsed_ms=Millis(99))
    assert isinstance(again, StoredAnswer)
    assert msgspec.json.encode(again) == msgspec.json.encode((await stored(stage))[ada])
    assert again.received_at == NOON + 5
