"""What every `SessionStore` does to give a lost seat back: the same seat, with all that was answered from it."""

from __future__ import annotations

import asyncio

from quiz.domain.board import Board
from quiz.domain.commands import Close, End, Kick, Lock, Next, Readmit, Start
from quiz.domain.ids import PlayerId
from quiz.game.ports import Picture, Player, SeatRefusal
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.games import NOON, Stage

RIGHT, WRONG = [0], [1]


async def picture_of(stage: Stage) -> Picture:
    picture = await stage.storage.sessions.load(stage.session.id)
    assert picture is not None
    return picture


async def refusal(stage: Stage, player: PlayerId, most: int | None = None) -> object:
    """What a try to give a seat back comes to; it has to leave everything as it was."""
    before = await picture_of(stage)
    outcome = await stage.storage.sessions.commit(stage.decision(Readmit(player)), NOON, most)
    after = await picture_of(stage)
    assert (after.session, list(after.board.seats.items())) == (before.session, list(before.board.seats.items()))
    return outcome


async def test_who_is_readmitted_has_the_same_seat_and_is_listed_as_the_newest(stage: Stage) -> None:
    ada, bob, cat = await stage.seat("Ada", "Bob", "Cat")
    board = await stage.play(Kick(ada), Readmit(ada))
    assert list(board.seats.items()) == [(bob, "Bob"), (cat, "Cat"), (ada, "Ada")]
    picture = await picture_of(stage)
    assert picture.session == stage.session
    assert list(picture.board.seats.items()) == list(board.seats.items())
    assert await stage.storage.sessions.player(stage.session.id, ada) == Player(ada, stage.session.id, "Ada")
    mark = (await stage.storage.sessions.marks([stage.session.id]))[stage.session.id]
    assert (mark.version, mark.seats) == (stage.session.version, 3)


async def test_seats_taken_after_a_readmission_are_numbered_on(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    await stage.play(Kick(ada), Readmit(ada))
    await stage.seat("Cat")
    assert list((await picture_of(stage)).board.seats.values()) == ["Bob", "Ada", "Cat"]


async def test_a_kick_undone_at_once_leaves_totals_and_reveal_as_they_were(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.answer(bob, WRONG)
    closed = await stage.play(Close())
    back = await stage.play(Kick(ada), Readmit(ada))
    assert (dict(back.tallies), back.reveal) == (dict(closed.tallies), closed.reveal)
    assert back.tally(ada).score.points == 1000
    picture = await picture_of(stage)
    assert (dict(picture.board.tallies), picture.board.reveal) == (dict(closed.tallies), closed.reveal)


async def test_questions_that_closed_without_the_player_count_as_missed(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.next_question()
    await stage.play(Kick(ada), Close())
    board = await stage.play(Readmit(ada))
    tally = board.tally(ada)
    assert (tally.score.points, tally.score.streak) == (1000, 0)
    assert tally.last is not None
    assert tally.last.points == 0
    assert dict((await picture_of(stage)).board.tallies) == dict(board.tallies)


async def test_an_answer_to_a_question_that_closed_without_the_player_counts(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, RIGHT)
    await stage.play(Kick(ada), Close())
    board = await stage.play(Readmit(ada))
    assert board.tally(ada).score.points == 1000
    assert board.reveal is not None
    assert board.reveal.answered == 1


async def test_who_is_back_before_the_close_has_answered_and_answers_no_second_time(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    first = await stage.answer(ada, RIGHT)
    await stage.play(Kick(ada), Kick(bob), Readmit(ada), Readmit(bob))
    assert await stage.storage.answers.count(stage.session, 1) == 1
    assert await stage.answer(ada, WRONG, "second") == first
    await stage.answer(bob, RIGHT)
    board = await stage.play(Close())
    assert [board.tally(player).score.points for player in (ada, bob)] == [1000, 1000]


async def test_a_queued_answer_that_was_stored_meanwhile_counts(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    queued = stage.pending(ada, RIGHT)
    await stage.play(Kick(ada), Close())
    await stage.storage.answers.restore([queued])
    assert (await stage.play(Readmit(ada))).tally(ada).score.points == 1000


async def test_doors_that_are_locked_and_games_that_are_over_keep_nobody_out(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Lock(), Kick(ada), Kick(bob), Readmit(ada), Start())
    board = await stage.play(End(), Readmit(bob))
    assert list(board.seats) == [ada, bob]


async def test_a_nickname_that_somebody_else_has_taken_keeps_the_first_one_out(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Kick(ada))
    assert await stage.try_seat("ADA", "another") is None
    assert await refusal(stage, ada) is SeatRefusal.TAKEN
    await stage.play(Kick(PlayerId("another")), Readmit(ada))
    assert await refusal(stage, PlayerId("another")) is SeatRefusal.TAKEN


async def test_a_session_that_has_filled_up_keeps_the_player_out(stage: Stage) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Kick(ada))
    assert await stage.try_seat("Cat", most=2) is None
    assert await refusal(stage, ada, most=2) is SeatRefusal.FULL
    await stage.play(Kick(bob))
    assert isinstance(await stage.storage.sessions.commit(stage.decision(Readmit(ada)), NOON, 2), Board)


async def test_who_has_a_seat_never_had_one_or_sat_elsewhere_cannot_be_readmitted(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    other = await Stage.set(stage.storage)
    (bob,) = await other.seat("Bob")
    await other.play(Kick(bob))
    for player in (ada, bob, PlayerId("nobody")):
        assert await refusal(stage, player) is SeatRefusal.GONE


async def test_of_two_hosts_who_readmit_at_once_one_does(stage: Stage, url: str) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    await stage.play(Kick(ada))
    decision = stage.decision(Readmit(ada))
    async with Storage(StorageSettings(url=url)) as other_node:
        outcomes = await asyncio.gather(
            stage.storage.sessions.commit(decision, NOON), other_node.sessions.commit(decision, NOON)
        )
    assert [isinstance(outcome, Board) for outcome in outcomes].count(True) == 1
    assert outcomes.count(None) == 1
    assert len((await picture_of(stage)).board) == 2


async def test_a_nickname_wanted_at_the_same_moment_goes_to_one_of_the_two(stage: Stage) -> None:
    for number in range(10):
        (ada,) = await stage.seat(f"Player {number}")
        await stage.play(Kick(ada))
        outcome, seated = await asyncio.gather(
            stage.storage.sessions.commit(stage.decision(Readmit(ada)), NOON),
            stage.try_seat(f"Player {number}", f"other-{stage.session.id}-{number}"),
        )
        assert (isinstance(outcome, Board), seated) in [(True, SeatRefusal.TAKEN), (False, None)]
        stage.session = (await picture_of(stage)).session


async def test_who_is_readmitted_plays_on(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start(), Kick(ada), Close(), Next(), Next(), Readmit(ada))
    await stage.answer(ada, "Reykjavík")
    assert (await stage.play(Close())).tally(ada).score.points == 1000
