from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable
from pathlib import Path

import pytest

from quiz.domain.commands import End, Kick, Lock, Start, Unlock
from quiz.domain.ids import Pin, PlayerId, SessionId
from quiz.domain.roles import Role
from quiz.game.tokens import Seat
from tests.unit.http.world import Answered, World, a_world


def join(world: World, pin: str, nickname: object = "Bob") -> Awaitable[Answered]:
    return world.call("POST", f"/sessions/{pin}/players", {"nickname": nickname})


async def test_a_pin_leads_to_its_session(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    door = {"pin": made["pin"], "title": "Capitals & more", "phase": "lobby", "locked": False}
    assert (await world.call("GET", f"/sessions/{made['pin']}")).json == door
    await world.command(made["id"], Start(), Lock())
    assert (await world.call("GET", f"/sessions/{made['pin']}")).json == {**door, "phase": "question", "locked": True}


async def test_every_pin_that_cannot_be_joined_by_gets_one_and_the_same_404(world: World, ada: str) -> None:
    finished = await world.make_session(ada)
    await world.command(finished["id"], End())
    unknown = next(pin for pin in ("1111111", "2222222") if pin != finished["pin"])
    bodies = set()
    for pin in (
        finished["pin"],
        unknown,
        "0123456",
        "123456",
        "12345678",
        "abcdefg",
        "%00%00%00%00%00%00%00",
        "１２３４５６７",
    ):
        for answered in (
            await world.call("GET", f"/sessions/{pin}"),
            await world.call("GET", f"/sessions/{pin}/qr.svg"),
            await join(world, pin),
        ):
            assert answered.status == 404, pin
            bodies.add(answered.body)
    assert len(bodies) == 1


async def test_a_session_that_outlived_its_three_days_cannot_be_joined(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    world.clock.forward(72 * 3600 - 1)
    assert (await world.call("GET", f"/sessions/{made['pin']}")).status == 200
    world.clock.forward(1)
    assert (await world.call("GET", f"/sessions/{made['pin']}")).status == 404
    assert (await join(world, made["pin"])).status == 404


async def test_a_well_formed_pin_costs_one_question_to_the_database_and_another_string_none(
    world: World, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    finished = await world.make_session(ada)
    await world.command(finished["id"], End())
    asked: list[str] = []
    find = world.storage.sessions.find

    async def counted(pin: Pin) -> SessionId | None:
        asked.append(pin)
        return await find(pin)

    monkeypatch.setattr(world.storage.sessions, "find", counted)
    for pin in ("1111112", finished["pin"], "0123456", "x" * 500):
        await world.call("GET", f"/sessions/{pin}")
    assert asked == ["1111112", finished["pin"]]


async def test_the_qr_code_is_a_picture_of_the_join_link(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    drawn = await world.call("GET", f"/sessions/{made['pin']}/qr.svg")
    assert drawn.status == 200
    assert drawn.headers["Content-Type"] == "image/svg+xml"
    assert drawn.headers["Cache-Control"] == "private, max-age=60"
    assert drawn.body.startswith(b"<?xml")
    assert b"<svg" in drawn.body
    other = await world.call("GET", f"/sessions/{made['pin']}/qr.svg", headers={"Host": "quiz.example"})
    assert other.body != drawn.body


async def test_joining_gives_a_seat_and_its_token(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    joined = await join(world, made["pin"], "  Ｂｏｂ  the   great ")
    assert joined.status == 201
    assert joined.json["nickname"] == "Bob the great"
    assert joined.json["affinity"] == made["affinity"]
    player_id = PlayerId(joined.json["player_id"])
    assert world.tokens.seat(joined.json["token"]) == Seat(SessionId(made["id"]), Role.PLAYER, player_id)
    player = await world.storage.sessions.player(SessionId(made["id"]), player_id)
    assert player is not None
    assert (player.nickname, player.kicked) == ("Bob the great", False)


async def test_those_in_the_session_are_told_of_each_arrival_once(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    joined = await world.join(made["pin"], "Bob")
    await join(world, made["pin"], "Bob")
    await join(world, made["pin"], "")
    assert world.arrivals.seen == [(made["id"], joined["player_id"], "Bob")]


async def test_a_nickname_that_looks_like_one_in_the_session_is_taken(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await world.join(made["pin"], "Bob")
    for nickname in ("Bob", "bob", "BOB", "B0b", " Bob "):
        refused = await join(world, made["pin"], nickname)
        assert (refused.status, refused.code) == (409, "nickname_taken"), nickname


async def test_the_same_nickname_is_free_in_another_session(world: World, ada: str) -> None:
    joined = [await world.join((await world.make_session(ada))["pin"], "Bob") for _ in range(2)]
    assert joined[0]["player_id"] != joined[1]["player_id"]


async def test_a_nickname_that_cannot_be_used_is_refused_with_the_reason(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    for nickname in ("", "   ", "x" * 21, "a\u202eb", "a\u200bb", "\0", "x" * 5000):
        refused = await join(world, made["pin"], nickname)
        assert (refused.status, refused.code) == (422, "nickname_invalid"), repr(nickname)
        assert refused.json["error"]["fields"] == {"nickname": refused.json["error"]["message"]}


async def test_a_locked_session_lets_nobody_in_until_it_is_unlocked(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await world.command(made["id"], Lock())
    refused = await join(world, made["pin"])
    assert (refused.status, refused.code) == (403, "session_locked")
    await world.command(made["id"], Unlock())
    assert (await join(world, made["pin"])).status == 201


async def test_a_full_session_lets_nobody_in(tmp_path: Path) -> None:
    async with a_world(tmp_path, seats_most=2) as world:
        made = await world.make_session(await world.add_user())
        answered = await asyncio.gather(*(join(world, made["pin"], f"Player {number}") for number in range(5)))
        assert sorted(each.status for each in answered) == [201, 201, 403, 403, 403]
        assert {each.code for each in answered if each.status == 403} == {"session_full"}


async def test_the_nickname_of_somebody_who_was_removed_is_free(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    bob = await world.join(made["pin"], "Bob")
    await world.command(made["id"], Kick(PlayerId(bob["player_id"])))
    assert (await world.join(made["pin"], "Bob"))["player_id"] != bob["player_id"]


async def test_late_comers_join_while_the_game_runs(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await world.command(made["id"], Start())
    assert (await join(world, made["pin"])).status == 201


async def test_guessing_pins_is_limited_by_address_whichever_call_is_used(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    for number in range(20):
        assert (await world.call("GET", f"/sessions/111{number:04}")).status == 404
        assert (await world.call("GET", f"/sessions/112{number:04}/qr.svg")).status == 404
        assert (await join(world, f"113{number:04}")).status == 404
    refused = await world.call("GET", f"/sessions/{made['pin']}")
    assert (refused.status, refused.code, refused.headers["Retry-After"]) == (429, "rate_limited", "60")
    assert (await join(world, made["pin"])).status == 429
    world.clock.forward(61)
    assert (await world.call("GET", f"/sessions/{made['pin']}")).status == 200


async def test_pins_guessed_together_are_limited_too(world: World, ada: str) -> None:
    await world.make_session(ada)
    answered = await asyncio.gather(*(world.call("GET", f"/sessions/111{number:04}") for number in range(300)))
    statuses = [each.status for each in answered]
    assert statuses.count(404) == 60
    assert set(statuses) == {404, 429}


async def test_looking_at_a_session_that_is_there_is_not_limited(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    for _ in range(100):
        assert (await world.call("GET", f"/sessions/{made['pin']}")).status == 200


async def test_joins_from_one_address_are_limited(tmp_path: Path) -> None:
    async with a_world(tmp_path, limits={"joins": "5/minute"}) as world:
        made = await world.make_session(await world.add_user())
        statuses = [(await join(world, made["pin"], f"Player {number}")).status for number in range(7)]
        assert statuses == [201] * 5 + [429] * 2


async def test_a_whole_school_joins_from_one_address(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    answered = await asyncio.gather(*(join(world, made["pin"], f"Pupil {number}") for number in range(300)))
    assert {each.status for each in answered} == {201}
    assert len({each.json["player_id"] for each in answered}) == 300


async def test_ids_begin_with_a_letter_so_that_a_sheet_or_a_command_line_takes_them_as_they_are(
    world: World, ada: str
) -> None:
    made = await world.make_session(ada)
    joined = (await join(world, made["pin"])).json
    assert re.fullmatch("p[0-9a-f]{20}", joined["player_id"])
    assert re.fullmatch("s[0-9a-f]{32}", made["id"])
    assert re.fullmatch("q[0-9a-f]{20}", await world.add_quiz(ada))
