"""What every `SessionStore` does with decisions: each becomes true as a whole, or not at all."""

from __future__ import annotations

import asyncio

from quiz.domain.board import Board
from quiz.domain.commands import Close, Command, End, Kick, Lock, Next, Start, Void
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.scoring import Award, Score
from quiz.domain.session import Phase
from quiz.domain.tally import MISSED, NOTHING, UNSCORED, StoredAnswer, Tally, closed_questions
from quiz.game.ports import AnswerRefusal, Picture
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.games import CHOICE, NOON, Stage, quiz_of

RIGHT, WRONG = [0], [1]
EARNED = Award(points=1000, correct=True, time_ms=Millis(1234))


async def picture_of(stage: Stage) -> Picture:
    picture = await stage.storage.sessions.load(stage.session.id)
    assert picture is not None
    return picture


def as_values(board: Board) -> tuple[object, ...]:
    return list(board.seats.items()), dict(board.tallies), board.reveal


async def test_a_decision_makes_the_next_version(stage: Stage) -> None:
    await stage.seat("Ada")
    board = await stage.play(Start())
    picture = await picture_of(stage)
    assert picture.session == stage.session
    assert picture.session.version == 2
    assert as_values(picture.board) == as_values(board)


async def test_of_two_decisions_on_one_version_exactly_one_wins(stage: Stage, url: str) -> None:
    async with Storage(StorageSettings(url=url)) as other_node:
        for _ in range(10):
            decisions = [stage.decision(Lock()), stage.decision(Lock())]
            boards = await asyncio.gather(
                stage.storage.sessions.commit(decisions[0], NOON), other_node.sessions.commit(decisions[1], NOON)
            )
            assert [board is None for board in boards].count(True) == 1
            picture = await picture_of(stage)
            assert picture.session.version == stage.session.version + 1
            stage.session = picture.session


async def test_a_decision_that_lost_changes_nothing(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    stale = stage.decision(Kick(ada))
    await stage.play(Lock())
    assert await stage.storage.sessions.commit(stale, NOON) is None
    picture = await picture_of(stage)
    assert picture.session == stage.session
    assert list(picture.board.seats.values()) == ["Ada", "Bob"]


async def test_a_close_that_lost_scores_nobody(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    stale = stage.decision(Close())
    await stage.play(Lock())
    assert await stage.storage.sessions.commit(stale, NOON) is None
    assert (await picture_of(stage)).board.tally(ada) == NOTHING


async def test_repeating_a_decision_that_was_carried_out_changes_nothing(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    close = stage.decision(Close())
    board = await stage.play(Close())
    assert await stage.storage.sessions.commit(close, NOON) is None
    assert as_values((await picture_of(stage)).board) == as_values(board)


async def test_a_close_scores_everyone_from_the_answers_that_are_stored(stage: Stage) -> None:
    ada, bob, cat = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.answer(bob, WRONG)
    board = await stage.play(Close())
    assert board.tally(ada) == Tally(Score(1000, 1, Millis(1234), 1), EARNED)
    assert board.tally(bob) == Tally(Score(0, 0, Millis(0), 0), MISSED)
    assert board.tally(cat) == Tally(Score(0, 0, Millis(0), 0), MISSED)
    assert board.reveal is not None
    assert (board.reveal.question, board.reveal.answered, board.reveal.counts) == (1, 2, [1, 1])
    assert as_values((await picture_of(stage)).board) == as_values(board)


async def test_totals_grow_over_questions(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.next_question()
    await stage.answer(ada, "reykjavik")
    await stage.next_question()
    await stage.answer(ada, [1])
    board = await stage.play(Close())
    assert board.tally(ada) == Tally(Score(2000, 2, Millis(2468), 2), UNSCORED)
    assert as_values((await picture_of(stage)).board) == as_values(board)


async def test_ending_the_game_scores_the_open_question(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    board = await stage.play(End())
    assert board.tally(ada).score.points == 1000
    assert (await picture_of(stage)).session.phase is Phase.FINISHED


async def test_who_joins_after_a_close_has_no_result_of_it(stage: Stage) -> None:
    await stage.seat("Ada")
    await stage.play(Start(), Close())
    (bob,) = await stage.seat("Bob")
    board = (await picture_of(stage)).board
    assert bob in board
    assert bob not in board.tallies
    assert bob not in (await stage.play(Void(1))).tallies


async def test_voiding_a_question_counts_everything_anew(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.next_question()
    await stage.answer(ada, "Reykjavík")
    await stage.answer(bob, "Reykjavík")
    await stage.play(Close())
    board = await stage.play(Void(1))
    assert board.tally(ada) == board.tally(bob) == Tally(Score(1000, 1, Millis(1234), 1), EARNED)
    assert as_values((await picture_of(stage)).board) == as_values(board)


async def test_voiding_the_question_on_show_says_so_and_takes_its_points(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.play(Close())
    board = await stage.play(Void(1))
    assert board.tally(ada) == Tally(Score(), UNSCORED)
    assert board.reveal is not None
    assert board.reveal.voided
    assert board.reveal.answered == 1


async def test_a_kick_during_the_reveal_takes_the_answer_out_of_it(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.answer(bob, WRONG)
    await stage.play(Close())
    board = await stage.play(Kick(bob))
    assert board.reveal is not None
    assert (board.reveal.answered, board.reveal.counts) == (1, [1, 0])
    assert bob not in board.tallies
    assert as_values((await picture_of(stage)).board) == as_values(board)


async def test_ending_in_an_open_question_gives_its_reveal_too(stage: Stage) -> None:
    await stage.play(Start())
    board = await stage.play(End())
    assert board.reveal is not None
    assert board.reveal.question == 1


async def test_only_a_revealed_question_is_shown(stage: Stage) -> None:
    assert (await stage.play(Start())).reveal is None
    assert (await stage.play(Close())).reveal is not None
    assert (await stage.play(Next())).reveal is None
    assert (await stage.play(End())).reveal is None


async def test_answers_race_a_close_and_are_either_counted_or_refused(stage: Stage) -> None:
    players = await stage.seat(*(f"Player {number}" for number in range(120)))
    await stage.play(Start())
    coming, some_are_in = iter(players), asyncio.Event()
    outcomes: list[StoredAnswer | AnswerRefusal] = []

    async def keep_answering() -> None:
        for player in coming:
            outcomes.append(await stage.answer(player, RIGHT, question=1))
            if len(outcomes) > 20:
                some_are_in.set()

    async def close() -> Board:
        await some_are_in.wait()
        return await stage.play(Close())

    closing = asyncio.create_task(close())
    await asyncio.gather(*(keep_answering() for _ in range(8)))
    board = await closing
    stored = [each for each in outcomes if isinstance(each, StoredAnswer)]
    assert [each for each in outcomes if each not in stored] == [AnswerRefusal.CLOSED] * (len(players) - len(stored))
    assert len(stored) < len(players)
    assert board.reveal is not None
    assert board.reveal.answered == len(stored)
    assert {player for player in players if board.tally(player).score.correct} == {each.player_id for each in stored}


async def test_readers_always_see_a_session_with_the_board_of_the_same_version(storage: Storage, url: str) -> None:
    questions = 6
    stage = await Stage.set(storage, quiz_of(*[CHOICE] * questions))
    players = await stage.seat("Ada", "Bob", "Cat")
    over = asyncio.Event()

    async def look() -> int:
        looks = 0
        async with Storage(StorageSettings(url=url)) as reader:
            while not over.is_set():
                picture = await reader.sessions.load(stage.session.id)
                assert picture is not None
                closed = closed_questions(picture.session)
                # Everyone answers everything right.
                assert {picture.board.tally(player).score.correct for player in players} == {closed}
                assert (picture.board.reveal is not None) == (picture.session.phase is Phase.REVEAL)
                looks += 1
        return looks

    async def play() -> None:
        round_: list[Command] = [Close(), Next(), Next()]
        for command in [Start(), *round_ * questions]:
            await stage.play(command)
            if stage.session.phase is Phase.QUESTION:
                await asyncio.gather(*(stage.answer(player, RIGHT) for player in players))
        over.set()

    looks, _, _ = await asyncio.gather(look(), look(), play())
    assert looks > 0
    assert stage.session.phase is Phase.FINISHED


async def test_a_kick_of_somebody_who_never_sat_is_just_a_new_version(stage: Stage) -> None:
    await stage.seat("Ada")
    board = await stage.play(Kick(PlayerId("nobody")))
    assert len(board) == 1
    assert (await picture_of(stage)).session.version == 2
