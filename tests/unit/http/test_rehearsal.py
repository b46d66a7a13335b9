"""Bots that a host adds and removes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from quiz.domain.commands import End, Kick, Lock, Start
from quiz.domain.ids import PlayerId, SessionId
from quiz.game.bot_play import REHEARSALS_MAX
from tests.unit.http.world import Answered, World, a_world


async def add(world: World, session: str, players: object, token: str) -> Answered:
    return await world.call("POST", f"/sessions/{session}/bots", {"players": players}, token=token)


async def remove(world: World, session: str, token: str) -> Answered:
    return await world.call("DELETE", f"/sessions/{session}/bots", token=token)


async def names(world: World, session: str, token: str) -> list[str]:
    await world.catch_up(await world.live.get(SessionId(session)), "look")
    page = await world.call("GET", f"/sessions/{session}/standings?limit=500", token=token)
    return [line["nickname"] for line in page.json["items"]]


async def test_bots_take_seats_under_names_that_say_what_they_are(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    added = await add(world, made["id"], 3, made["host_token"])
    assert (added.status, added.json) == (201, {"seated": 3})
    assert sorted(name for _, _, name in world.arrivals.seen) == ["Bot 1", "Bot 2", "Bot 3"]
    counted = await world.call("GET", f"/sessions/{made['id']}/bots", token=made["host_token"])
    assert counted.json == {"players": 3, "most": 100}


async def test_the_quiz_master_may_add_and_remove_them_too(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    assert (await add(world, made["id"], 2, ada)).json == {"seated": 2}
    assert (await remove(world, made["id"], ada)).json == {"removed": 2}
    assert (await remove(world, made["id"], ada)).json == {"removed": 0}


async def test_numbers_go_on_and_pass_over_names_that_people_have(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await world.join(made["pin"], "Bot 3")
    await world.join(made["pin"], "bot l")
    assert (await add(world, made["id"], 2, ada)).json == {"seated": 2}
    assert (await add(world, made["id"], 1, ada)).json == {"seated": 1}
    assert set(await names(world, made["id"], ada)) == {"Bot 3", "bot l", "Bot 2", "Bot 4", "Bot 5"}


async def test_only_bots_are_removed_and_their_numbers_are_free_again(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await add(world, made["id"], 2, ada)
    await world.join(made["pin"], "Bot 7")
    assert (await remove(world, made["id"], ada)).json == {"removed": 2}
    assert await names(world, made["id"], ada) == ["Bot 7"]
    assert (await add(world, made["id"], 1, ada)).json == {"seated": 1}
    assert set(await names(world, made["id"], ada)) == {"Bot 7", "Bot 1"}


async def test_a_bot_that_the_host_has_kicked_stays_away_and_is_not_removed_again(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await add(world, made["id"], 2, ada)
    await world.command(made["id"], Kick(PlayerId(world.arrivals.seen[0][1])))
    assert (await remove(world, made["id"], ada)).json == {"removed": 1}


async def test_strangers_are_refused(world: World, ada: str) -> None:
    made, other = await world.make_session(ada), await world.make_session(ada)
    bob = await world.join(made["pin"], "Bob")
    stranger = await world.add_user("grace")
    for token in (bob["token"], made["screen_token"], other["host_token"], stranger):
        assert (await add(world, made["id"], 1, token)).code == "forbidden"
        assert (await remove(world, made["id"], token)).code == "forbidden"
        assert (await world.call("GET", f"/sessions/{made['id']}/bots", token=token)).code == "forbidden"
    assert await names(world, made["id"], ada) == ["Bob"]


async def test_there_may_be_so_many_and_no_more(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    assert (await add(world, made["id"], 99, ada)).json == {"seated": 99}
    refused = await add(world, made["id"], 2, ada)
    assert (refused.status, refused.code) == (403, "session_full")
    assert "100 bots; there are 99 already" in refused.json["error"]["message"]
    assert (await add(world, made["id"], 1, ada)).json == {"seated": 1}


@pytest.mark.parametrize("players", [-1, 1001, "ten", None, 1.5])
async def test_a_number_that_is_none_is_refused(world: World, ada: str, players: object) -> None:
    made = await world.make_session(ada)
    assert (await add(world, made["id"], players, ada)).status == 422


async def test_a_node_that_stops_takes_none(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await world.bot_play.close()
    refused = await add(world, made["id"], 1, ada)
    assert (refused.status, refused.code) == (503, "try_again")
    assert await names(world, made["id"], ada) == []


async def test_a_locked_game_takes_no_more_bots_and_goes_on_with_its_own(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await add(world, made["id"], 1, ada)
    await world.command(made["id"], Lock())
    assert (await add(world, made["id"], 1, ada)).code == "session_locked"
    assert (await add(world, made["id"], 0, ada)).json == {"seated": 0}
    assert (await remove(world, made["id"], ada)).json == {"removed": 1}


async def test_a_game_that_is_over_takes_none_but_lets_them_go(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    await add(world, made["id"], 2, ada)
    await world.command(made["id"], Start(), End())
    refused = await add(world, made["id"], 1, ada)
    assert (refused.status, refused.code) == (409, "wrong_phase")
    assert (await remove(world, made["id"], ada)).json == {"removed": 2}


async def test_a_node_with_enough_to_play_says_try_again(world: World, ada: str) -> None:
    made = await world.make_session(ada)
    for _ in range(REHEARSALS_MAX):
        busy = await world.make_session(ada)
        await add(world, busy["id"], 1, ada)
    assert (await add(world, made["id"], 1, ada)).code == "try_again"


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[World]:
    """Where a session has four seats."""
    async with a_world(tmp_path, seats_most=4) as world:
        yield world


async def test_bots_take_the_seats_there_are(small: World) -> None:
    ada = await small.add_user("ada")
    made = await small.make_session(ada)
    await small.join(made["pin"], "Bob")
    assert (await add(small, made["id"], 10, ada)).json == {"seated": 3}
    assert (await add(small, made["id"], 1, ada)).code == "session_full"
