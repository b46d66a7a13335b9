"""The process dies in the middle of a question, and nobody is the worse for it."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import socketio

from tests.node.conftest import PASSWORD
from tests.node.people import Api, Client, Host, Party, Player
from tests.node.processes import Server
from tests.node.quizzes import CHOICE, quiz

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with Server(tmp_path, PASSWORD) as server:
        yield server


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as http:
        yield http


async def a_party(server: Server, http: aiohttp.ClientSession, question: dict[str, Any]) -> Party:
    api = await Api(http, server.url).sign_in(PASSWORD)
    return Party(api, await api.make_session(await api.add_quiz(quiz(question, CHOICE))), ("websocket",))


async def back(client: Client) -> Any:
    """The same token on a new connection, after the node has come back."""
    again = type(client)(client.url, client.token, client.affinity)
    return await again.connect()


async def test_after_kill_9_everyone_is_back_at_the_same_question_with_the_same_deadline(
    server: Server, http: aiohttp.ClientSession
) -> None:
    party = await a_party(server, http, {**CHOICE, "time_limit": 120})
    host, ann, bob = await party.host(), await party.player("Ann"), await party.player("Bob")
    await host.does("start")
    opened = await ann.sent("question")
    saved = await ann.answer(1, [1], "before the crash")
    await server.kill()
    await asyncio.gather(host.gone.wait(), ann.gone.wait(), bob.gone.wait())
    await server.start()
    host, ann, bob = await back(host), await back(ann), await back(bob)
    for client in (host, ann, bob):
        state = client.last("state")
        assert (state["phase"], state["question"]["number"]) == ("question", 1)
        assert (state["opens_at"], state["closes_at"]) == (opened["opens_at"], opened["closes_at"])
    assert ann.last("state")["you"]["answer"] == [1]
    assert await ann.answer(1, [1], "before the crash") == saved
    assert (await bob.answer(1, [1]))["status"] == "saved"
    await host.does("close")
    assert (await ann.sent("result"))["points"] >= (await bob.sent("result"))["points"] > 0
    await asyncio.gather(*(client.leave() for client in (host, ann, bob)))


async def test_a_deadline_that_passed_while_nobody_was_there_closes_the_question_at_once(
    server: Server, http: aiohttp.ClientSession
) -> None:
    party = await a_party(server, http, {**CHOICE, "time_limit": 5})
    host, ann = await party.host(), await party.player("Ann")
    await host.does("start")
    opened = await ann.sent("question")
    await ann.answer(1, [1])
    await server.kill()
    await asyncio.sleep(max(0, opened["closes_at"] / 1000 - time.time()) + 0.01)
    await server.start()
    ann = await back(ann)
    state = ann.last("state")
    if state["phase"] == "question":  # it is being closed this very moment
        state = {"phase": "reveal", "reveal": await ann.sent("reveal"), "you": {"result": await ann.sent("result")}}
    assert state["phase"] == "reveal"
    assert state["reveal"]["closed_at"] == opened["closes_at"]
    assert state["you"]["result"]["points"] > 0
    await ann.leave()


async def test_no_acked_answer_is_missing_however_often_the_process_is_killed(
    server: Server, http: aiohttp.ClientSession
) -> None:
    party = await a_party(server, http, {**CHOICE, "time_limit": None})
    host = await party.host()
    players = [await party.player(f"P{number}") for number in range(20)]
    await host.does("start")
    acked: set[str] = set()

    async def answer(player: Player) -> None:
        ack = await player.answer(1, [1])
        assert ack["ok"]
        acked.add(player.player_id)

    for wave in (slice(0, 7), slice(7, 14), slice(14, 20)):
        answering = [asyncio.create_task(answer(player)) for player in players[wave]]
        done, _ = await asyncio.wait(answering, return_when=asyncio.FIRST_COMPLETED)
        assert not [task.exception() for task in done if task.exception()]
        await server.kill()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
        await server.start()
        players = [await _kept_or_back(player) for player in players]
        for player in players:
            answered = player.last("state")["you"].get("answered", False)
            assert answered or player.player_id not in acked
    assert len(acked) >= 3, "each wave got at least one ack before the process died"
    host = await back(host)
    assert isinstance(host, Host)
    await host.does("close")
    reveal = await host.sent("reveal")
    assert reveal["answered"] >= len(acked)
    await asyncio.gather(*(client.leave() for client in (host, *players)))


async def _kept_or_back(player: Player) -> Player:
    await player.gone.wait()
    again: Player = await back(player)
    again.player_id = player.player_id
    return again


async def test_sigterm_answers_what_is_under_way_tells_the_clients_and_ends_cleanly(
    server: Server, http: aiohttp.ClientSession
) -> None:
    party = await a_party(server, http, CHOICE)
    host, ann = await party.host(), await party.player("Ann")
    await host.does("start")
    with closing(sqlite3.connect(server.folder / "quiz.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")  # so that the answer has to wait
        ack = asyncio.create_task(ann.answer(1, [1]))
        while (await host.call("time"))["ok"] and 'quiz_calls_total{event="time",outcome="ok"} 3.0' not in (
            await metrics(server, http)
        ):
            assert not ack.done()
        stopping = asyncio.create_task(server.stop())
        assert (await ann.sent("draining"))["reconnect_within_ms"] > 0
        assert not ack.done()
        other.execute("ROLLBACK")
    assert (await ack)["status"] == "saved"
    assert await stopping == 0
    await asyncio.gather(host.gone.wait(), ann.gone.wait())
    assert "Traceback" not in server.log()


async def metrics(server: Server, http: aiohttp.ClientSession) -> str:
    async with http.get(f"{server.url}/metrics") as reply:
        return await reply.text()


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_stock_client_comes_back_by_itself_after_a_restart_at_noon(
    server: Server, http: aiohttp.ClientSession, transport: str
) -> None:
    party = await a_party(server, http, CHOICE)
    ann = await party.player("Ann")
    stock = Player(ann.url, ann.token, ann.affinity, (transport,))
    # The client forgets a new HTTP session when it reconnects before it has closed the old one: it gets a shared one.
    stock.socket = socketio.AsyncClient(
        reconnection_delay=0.1, reconnection_delay_max=0.3, handle_sigint=False, http_session=http
    )
    stock.listen()
    await stock.connect()
    await server.stop()
    await stock.sent("draining")
    stock.frames.clear()
    await server.start()
    assert (await stock.sent("state"))["you"]["nickname"] == "Ann"
    await stock.leave()
