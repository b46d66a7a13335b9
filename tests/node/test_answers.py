"""Saved is saved, once: retries, races, deadlines, and what the database holds in the end."""

from __future__ import annotations

import asyncio

from quiz.app import Node
from quiz.domain.ids import SessionId
from tests.node.conftest import Throw
from tests.node.people import Client
from tests.node.quizzes import CHOICE, MULTIPLE, quiz


async def stored(node: Node, session_id: str) -> list[tuple[str, int, str, object]]:
    """Every answer row of a session."""
    picture = await node.storage.sessions.load(SessionId(session_id))
    assert picture is not None
    rows = [row async for row in node.storage.sessions.answers(picture.session)]
    return [(row.player_id, row.question, row.submission, row.answer) for row in rows]


async def test_a_retry_gets_the_same_ack_and_stores_nothing_again(throw: Throw, node: Node) -> None:
    party = await throw(quiz(CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    first = await player.answer(1, [1], "one")
    acks = [await player.answer(1, [1], "one") for _ in range(3)]
    assert acks == [first] * 3
    assert first["status"] == "saved"
    assert await stored(node, party.made["id"]) == [(player.player_id, 1, "one", [1])]


async def test_a_retry_after_the_close_and_after_a_reconnect_still_gets_its_ack(throw: Throw) -> None:
    party = await throw(quiz(CHOICE, CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    first = await player.answer(1, [1], "one")
    for step in ("close", "next", "next"):
        await host.does(step)
    await player.leave()
    back = await party.again(player)
    assert back.last("state")["question"]["number"] == 2
    assert await back.answer(1, [1], "one") == first


async def test_a_second_answer_is_refused_and_the_first_stays(throw: Throw, node: Node) -> None:
    party = await throw(quiz(CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    await player.answer(1, [0], "one")
    ack = await player.answer(1, [1], "two")
    assert (ack["error"]["code"], ack["error"]["retry"]) == ("already_answered", False)
    assert await stored(node, party.made["id"]) == [(player.player_id, 1, "one", [0])]


async def test_two_tabs_that_answer_at_once_store_one_answer_and_only_one_is_told_saved(
    throw: Throw, node: Node
) -> None:
    party = await throw(quiz(CHOICE))
    host, tab = await party.host(), await party.player("Ann")
    other = await party.again(tab)
    await host.does("start")
    acks = await asyncio.gather(tab.answer(1, [0], "tab"), other.answer(1, [1], "other"))
    assert sorted(ack["ok"] for ack in acks) == [False, True]
    winner = "tab" if acks[0]["ok"] else "other"
    assert [row[2] for row in await stored(node, party.made["id"])] == [winner]


async def test_an_answer_to_another_question_is_refused(throw: Throw) -> None:
    party = await throw(quiz(CHOICE, CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    assert (await player.answer(2, [1]))["error"]["code"] == "wrong_question"
    assert (await player.answer(99, [1]))["error"]["code"] == "wrong_question"


async def test_answers_that_race_the_close_are_either_refused_or_counted(throw: Throw, node: Node) -> None:
    party = await throw(quiz({**CHOICE, "points": 100}), scoring="accuracy")
    host = await party.host()
    players = [await party.player(f"P{number}") for number in range(12)]
    await host.does("start")
    acks, _ = await asyncio.gather(asyncio.gather(*(player.answer(1, [1]) for player in players)), host.does("close"))
    saved = {player.player_id for player, ack in zip(players, acks, strict=True) if ack["ok"]}
    refused = [ack["error"]["code"] for ack in acks if not ack["ok"]]
    assert set(refused) <= {"closed"}
    assert {row[0] for row in await stored(node, party.made["id"])} == saved
    status, body = await party.api.call("GET", f"/sessions/{party.made['id']}/standings", token=host.token_text)
    assert status == 200
    assert {line["player_id"] for line in body["items"] if line["points"] == 100} == saved


async def test_a_snapshot_shows_a_player_what_was_saved(throw: Throw) -> None:
    party = await throw(quiz(MULTIPLE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    ack = await player.answer(1, [2, 0], "one")
    you = (await party.again(player)).last("state")["you"]
    assert (you["answered"], you["answer"], you["received_at"]) == (True, [0, 2], ack["received_at"])


async def test_no_client_can_answer_for_another_player(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    ack = await player.call("answer", {"question": 1, "answer": [1], "id": "x", "player_id": "somebody-else"})
    assert ack["error"]["code"] == "invalid"
    assert isinstance(host, Client)
