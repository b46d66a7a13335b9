"""A host who has removed somebody takes it back: the player sits there again, with everything earned."""

from __future__ import annotations

from typing import Any

import aiohttp
import msgspec
import pytest
from socketio.exceptions import ConnectionError as SocketConnectionError

from quiz.app import running
from quiz.config import Settings
from tests.node.conftest import PASSWORD, Throw
from tests.node.people import Api, Host, Party, Player
from tests.node.quizzes import CHOICE, quiz


async def kick(host: Host, player: Player) -> None:
    """Remove a player and wait until the connection has ended."""
    await host.does("kick", player_id=player.player_id)
    await player.gone.wait()


def at(host: Host) -> Any:
    """Whether an event is of the version that the host's last command led to."""
    return lambda event: event["version"] == host.acked


async def refused(party: Party, host: Host, player_id: str) -> tuple[str, bool]:
    """The code of a refused readmission, and whether a retry may help; it changes nothing."""
    ack = await host.command("readmit", player_id=player_id)
    assert (await party.host()).last("state")["version"] == host.acked == ack["error"]["version"]
    return ack["error"]["code"], ack["error"]["retry"]


async def test_a_readmitted_player_comes_back_by_the_old_token_with_all_points(throw: Throw) -> None:
    party = await throw(quiz(CHOICE, CHOICE))
    host, ann, ben = await party.host(), await party.player("Ann"), await party.player("Ben")
    await host.does("start")
    await ann.answer(1, [1])
    await host.does("close")
    earned = (await ann.sent("result"))["total"]
    assert earned > 0
    await kick(host, ann)
    with pytest.raises(SocketConnectionError):
        await party.again(ann)
    assert (await ben.sent("state", at(host)))["you"]["rank"] == 1
    await host.does("readmit", player_id=ann.player_id)
    back = await party.again(ann)
    you = back.last("state")["you"]
    assert (you["player_id"], you["nickname"]) == (ann.player_id, "Ann")
    assert (you["total"], you["rank"], you["result"]["correct"]) == (earned, 1, True)
    seen = await ben.sent("state", at(host))
    assert (seen["players"], seen["you"]["rank"], seen["you"]["of"]) == (2, 2, 2)
    assert seen["reveal"]["answered"] == 1
    for step in ("next", "next"):
        await host.does(step)
    assert (await back.answer(2, [1]))["status"] == "saved"
    await host.does("close")
    assert (await back.sent("result", lambda event: event["question"] == 2))["total"] > earned


async def test_an_answer_saved_before_the_kick_is_still_the_answer_to_the_open_question(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, ann = await party.host(), await party.player("Ann")
    await host.does("start")
    saved = await ann.answer(1, [1])
    await kick(host, ann)
    await host.does("readmit", player_id=ann.player_id)
    back = await party.again(ann)
    assert back.last("state")["you"]["answer"] == [1]
    assert await back.answer(1, [1]) == saved
    await host.does("close")
    assert (await back.sent("result"))["correct"] is True


async def test_staff_see_who_is_back_by_name_and_seat(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, screen, ann = await party.host(), await party.screen(), await party.player("Ann")
    await kick(host, ann)
    await host.sent("lobby", lambda event: "Ann" in event["left"])
    await screen.sent("lobby", lambda event: "Ann" in event["left"])
    await host.does("readmit", player_id=ann.player_id)
    for staff in (host, screen):
        lobby = await staff.sent("lobby", lambda event: event["version"] == host.acked and event["joined"])
        assert (lobby["joined"], lobby["players"]) == (["Ann"], 1)
        assert lobby["seats"] == [{"player_id": ann.player_id, "nickname": "Ann"}]
    fresh = (await party.host()).last("state")
    assert fresh["roster"] == [{"player_id": ann.player_id, "nickname": "Ann"}]


async def test_locked_doors_do_not_keep_the_host_from_readmitting(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, ann = await party.host(), await party.player("Ann")
    await host.does("lock")
    await kick(host, ann)
    await host.does("readmit", player_id=ann.player_id)
    assert (await party.again(ann)).last("state")["you"]["nickname"] == "Ann"


async def test_a_nickname_that_somebody_took_meanwhile_stays_with_them(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, ann = await party.host(), await party.player("Ann")
    await kick(host, ann)
    second = await party.player("ann")
    assert await refused(party, host, ann.player_id) == ("nickname_taken", False)
    await kick(host, second)
    await host.does("readmit", player_id=ann.player_id)
    await party.again(ann)


async def test_a_session_that_has_filled_up_has_no_seat_to_give_back(settings: Settings) -> None:
    small = msgspec.structs.replace(settings, seats_max=1)
    async with running(small, "127.0.0.1", 0) as node, aiohttp.ClientSession() as http:
        api = await Api(http, node.url).sign_in(PASSWORD)
        party = Party(api, await api.make_session(await api.add_quiz(quiz(CHOICE))), ("websocket",))
        host, ann = await party.host(), await party.player("Ann")
        await kick(host, ann)
        ben = await party.player("Ben")
        assert await refused(party, host, ann.player_id) == ("session_full", False)
        await kick(host, ben)
        await host.does("readmit", player_id=ann.player_id)
        await party.go_home()


async def test_nobody_is_readmitted_who_has_lost_no_seat(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, ann = await party.host(), await party.player("Ann")
    await host.does("lock")
    for player_id in (ann.player_id, "nobody"):
        assert await refused(party, host, player_id) == ("not_found", False)
    assert not ann.gone.is_set()
