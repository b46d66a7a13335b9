"""Rehearsal players outlive the node they play on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import aiohttp
import pytest

from quiz.cli.bots.bot import Bot, seat_bots
from tests.node.conftest import PASSWORD
from tests.node.people import Api, Host, Party, counted
from tests.node.processes import Server
from tests.node.quizzes import CHOICE, quiz

BOTS = 20


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    async with Server(tmp_path, PASSWORD) as server:
        yield server


@pytest.mark.timeout(120)
@pytest.mark.parametrize("ending", ["SIGTERM", "SIGKILL"])
async def test_bots_are_back_after_the_node_was_ended_and_each_answers_once(server: Server, ending: str) -> None:
    async with aiohttp.ClientSession() as http:
        api = await Api(http, server.url).sign_in(PASSWORD)
        made = await api.make_session(await api.add_quiz(quiz({**CHOICE, "time_limit": None})))
        party = Party(api, made, ("websocket",))
        host: Host = await party.host()
        crowd = [Bot(server.url, made["pin"], f"Bot {number}", Random(number), think_s=0) for number in range(BOTS)]
        await seat_bots(crowd)
        await (server.stop() if ending == "SIGTERM" else server.kill())
        await host.gone.wait()
        await server.start()
        host = Host(host.url, host.token, host.affinity)
        await host.connect()
        await host.does("start")
        await host.sent("progress", counted(1, BOTS))
        for step in ("close", "next", "next"):
            await host.does(step)
        await asyncio.gather(*(bot.finished.wait() for bot in crowd))
        assert [[ack.status for ack in bot.acks] for bot in crowd] == [["saved"]] * BOTS
        await asyncio.gather(host.leave(), *(bot.leave() for bot in crowd))
