"""Nodes that are full or hang, behind nginx: whoever comes is let in by another, or told what the contract says."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
import socketio

from quiz.cli.local_cluster.local_cluster import LocalCluster
from tests.node.people import Api, Player
from tests.node.quizzes import CHOICE, quiz

PASSWORD = "correct horse"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def cluster() -> AsyncIterator[LocalCluster]:
    environment = {"QUIZ_ADMIN_PASSWORD": PASSWORD, "QUIZ_CONNECTIONS_MAX": "3"}
    async with LocalCluster(2, environment=environment) as cluster:
        yield cluster


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_full_node_sends_whoever_comes_to_the_next_and_the_last_one_says_try_again(
    cluster: LocalCluster, transport: str
) -> None:
    async with aiohttp.ClientSession() as http:
        api = await Api(http, cluster.url).sign_in(PASSWORD)
        made = await api.make_session(await api.add_quiz(quiz(CHOICE)))
        seats = [await api.join(made["pin"], f"Player {number}") for number in range(7)]
        players = [Player(cluster.url, seat["token"], made["pin"], (transport,)) for seat in seats]
        try:
            for player in players[:6]:
                await player.connect()
            refusal: list[object] = []
            players[6].socket.on("connect_error", refusal.append)
            with pytest.raises(socketio.exceptions.ConnectionError):
                await players[6].connect()
            assert [answer["data"]["code"] for answer in refusal if isinstance(answer, dict)] == ["try_again"]
        finally:
            for player in players:
                await player.leave()


@pytest.mark.asyncio(loop_scope="module")
async def test_who_begins_by_polling_gets_past_a_node_that_hangs(cluster: LocalCluster) -> None:
    async with aiohttp.ClientSession() as http:
        for name in cluster.nodes:
            cluster.suspend(name)
            try:
                query = "EIO=4&transport=polling&affinity=1234567"
                async with http.get(f"{cluster.url}/socket.io/?{query}", timeout=aiohttp.ClientTimeout(20)) as reply:
                    assert (reply.status, (await reply.text())[:1]) == (200, "0")
            finally:
                cluster.resume(name)
