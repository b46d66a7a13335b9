"""What every `SessionStore` does with seats."""

from __future__ import annotations

import asyncio

import pytest

from quiz.domain.commands import Dismiss, End, Kick, Lock, Start, Unlock
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.nickname import Nickname
from quiz.game.errors import Unavailable
from quiz.game.ports import Player, SeatRefusal
from quiz.storage.storage import Storage
from tests.contract.storage.games import NOON, Stage

HALF_A_PAIR = "\ud83d"
"""No database stores it."""


async def seats(stage: Stage) -> list[str]:
    picture = await stage.storage.sessions.load(stage.session.id)
    assert picture is not None
    return list(picture.board.seats.values())


async def counted(stage: Stage) -> int:
    (line,) = await stage.storage.sessions.page(stage.session.owner, 10, None)
    return line.players


async def test_who_takes_a_seat_is_a_player_on_the_board(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    assert await stage.storage.sessions.player(stage.session.id, ada) == Player(ada, stage.session.id, "Ada")
    assert await seats(stage) == ["Ada"]


async def test_taking_a_seat_leaves_the_version_as_it_is(stage: Stage) -> None:
    await stage.seat("Ada")
    picture = await stage.storage.sessions.load(stage.session.id)
    assert picture is not None
    assert picture.session == stage.session


async def test_seats_are_listed_in_the_order_they_were_taken(stage: Stage) -> None:
    names = ["Zoe", "Ada", "Mia", "Bob"]
    await stage.seat(*names)
    assert await seats(stage) == names
    assert [player.nickname for player in await stage.storage.sessions.players(stage.session.id)] == names


async def test_those_who_ask_at_the_same_time_sit_in_the_order_they_asked(stage: Stage) -> None:
    names = [f"Player {number}" for number in range(50)]
    assert await asyncio.gather(*map(stage.try_seat, names)) == [None] * 50
    assert await seats(stage) == names


async def test_seats_can_be_taken_while_a_question_is_open(stage: Stage) -> None:
    await stage.play(Start())
    assert await stage.try_seat("Late") is None
    assert await seats(stage) == ["Late"]


async def test_a_nickname_with_the_same_key_is_taken(stage: Stage) -> None:
    await stage.seat("Ada")
    assert await stage.try_seat("ADA", "another", key="ada") is SeatRefusal.TAKEN
    assert await stage.storage.sessions.player(stage.session.id, PlayerId("another")) is None
    assert await counted(stage) == 1


async def test_the_same_nickname_is_free_in_another_session(stage: Stage) -> None:
    await stage.seat("Ada")
    other = await Stage.set(stage.storage)
    assert await other.try_seat("Ada") is None


async def test_of_many_who_want_a_nickname_at_once_one_gets_it(stage: Stage) -> None:
    asked = [stage.try_seat("Ada", f"player-{number}") for number in range(20)]
    refusals = await asyncio.gather(*asked)
    assert refusals.count(None) == 1
    assert refusals.count(SeatRefusal.TAKEN) == 19
    assert await seats(stage) == ["Ada"]
    assert await counted(stage) == 1


async def test_a_locked_session_gives_no_seat_until_it_is_unlocked(stage: Stage) -> None:
    await stage.play(Lock())
    assert await stage.try_seat("Ada") is SeatRefusal.LOCKED
    await stage.play(Unlock())
    assert await stage.try_seat("Ada") is None


async def test_a_finished_session_gives_no_seat(stage: Stage) -> None:
    await stage.play(End())
    assert await stage.try_seat("Ada") is SeatRefusal.GONE


async def test_a_session_that_does_not_exist_gives_no_seat(storage: Storage) -> None:
    refusal = await storage.sessions.seat(SessionId("nowhere"), PlayerId("ada"), Nickname("Ada", "ada"), NOON, 10)
    assert refusal is SeatRefusal.GONE


async def test_no_more_seats_are_given_than_there_may_be_even_at_once(stage: Stage) -> None:
    refusals = await asyncio.gather(*(stage.try_seat(f"Player {number}", most=5) for number in range(12)))
    assert refusals == [None] * 5 + [SeatRefusal.FULL] * 7
    assert await counted(stage) == 5


async def test_a_seat_that_is_taken_away_makes_room_for_one(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    assert await stage.try_seat("Cat", most=2) is SeatRefusal.FULL
    await stage.play(Kick(ada))
    assert await stage.try_seat("Cat", most=2) is None
    assert await counted(stage) == 2


async def test_asking_again_for_a_seat_one_has_gives_it_once(stage: Stage) -> None:
    await stage.seat("Ada")
    assert await stage.try_seat("Ada", most=1) is None
    await stage.play(Lock())
    assert await stage.try_seat("Ada") is None
    assert await seats(stage) == ["Ada"]
    assert await counted(stage) == 1


async def test_asking_twice_at_once_gives_one_seat(stage: Stage) -> None:
    assert await asyncio.gather(*[stage.try_seat("Ada") for _ in range(2)]) == [None, None]
    assert await counted(stage) == 1


async def test_who_was_kicked_sits_no_more_and_is_remembered(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    board = await stage.play(Kick(ada))
    assert list(board.seats.values()) == ["Bob"] == await seats(stage)
    assert await counted(stage) == 1
    player = await stage.storage.sessions.player(stage.session.id, ada)
    assert player is not None
    assert player.kicked
    everyone = await stage.storage.sessions.players(stage.session.id)
    assert [(each.nickname, each.kicked) for each in everyone] == [("Ada", True), ("Bob", False)]


async def test_who_was_kicked_is_not_seated_by_asking_again(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Kick(ada))
    assert await stage.try_seat("Ada") is SeatRefusal.TAKEN
    assert await seats(stage) == []


async def test_a_kick_frees_the_nickname_for_somebody_else(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Kick(ada))
    assert await stage.try_seat("Ada", "somebody-else") is None
    assert await seats(stage) == ["Ada"]


async def test_kicking_somebody_twice_takes_one_seat_away(stage: Stage) -> None:
    ada, _ = await stage.seat("Ada", "Bob")
    await stage.play(Kick(ada), Kick(ada))
    assert await counted(stage) == 1


async def test_several_seats_are_taken_away_in_one_step(stage: Stage) -> None:
    ada, bob, _ = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Kick(bob))
    version = stage.session.version
    board = await stage.play(Dismiss((ada, bob, PlayerId("nobody"))))
    assert list(board.seats.values()) == ["Cat"] == await seats(stage)
    assert await counted(stage) == 1
    assert stage.session.version == version + 1


async def test_a_kick_does_not_reach_into_another_session(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    other = await Stage.set(stage.storage)
    await other.play(Kick(ada))
    assert await seats(stage) == ["Ada"]
    assert await stage.storage.sessions.player(other.session.id, ada) is None


async def test_a_nickname_that_cannot_be_stored_costs_nobody_else_a_seat(stage: Stage) -> None:
    names = ["Ada", "Bob", HALF_A_PAIR, "Cat", "Dan"]
    outcomes = await asyncio.gather(*map(stage.try_seat, names), return_exceptions=True)
    refused = outcomes.pop(2)
    assert isinstance(refused, Exception)
    assert not isinstance(refused, Unavailable)
    assert outcomes == [None] * 4
    assert await seats(stage) == ["Ada", "Bob", "Cat", "Dan"]
    assert await counted(stage) == 4


async def test_an_id_that_plays_elsewhere_is_an_error_and_costs_nobody_else_a_seat(stage: Stage) -> None:
    other = await Stage.set(stage.storage)
    (dan,) = await other.seat("Dan")
    outcomes = await asyncio.gather(
        stage.try_seat("Ada"), stage.try_seat("Eve", dan), stage.try_seat("Bob"), return_exceptions=True
    )
    assert isinstance(outcomes[1], ValueError)
    assert await seats(stage) == ["Ada", "Bob"]
    assert await seats(other) == ["Dan"]


async def test_seats_of_several_sessions_are_given_at_once(storage: Storage) -> None:
    stages = [await Stage.set(storage) for _ in range(5)]
    await asyncio.gather(*(stage.try_seat(name) for name in ("Ada", "Bob", "Cat") for stage in stages))
    for stage in stages:
        assert await seats(stage) == ["Ada", "Bob", "Cat"]


@pytest.mark.parametrize("nickname", ["Ünïcode ✓", "👩‍👩‍👧", "'; DROP TABLE players; --", "%s"])
async def test_any_nickname_comes_back_as_it_was(stage: Stage, nickname: str) -> None:
    await stage.seat(nickname)
    assert await seats(stage) == [nickname]
