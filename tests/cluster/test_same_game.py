"""One black-box game, the same by one node on a file, by a cluster of one, and by a cluster of four."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from quiz.cli.local_cluster.local_cluster import LocalCluster
from tests.node.people import Api, Client, Host, Player, about, counted
from tests.node.processes import Server
from tests.node.quizzes import FIVE_TYPES, ORDER

PASSWORD = "correct horse"
PLAYERS = 12


class Service:
    """Something to play on: where clients connect, and the nodes behind it."""

    def __init__(self, url: str, nodes: list[str]) -> None:
        self.url = url
        self.nodes = nodes


@pytest_asyncio.fixture(params=["serve", "cluster of 1", "cluster of 4"], scope="module", loop_scope="module")
async def service(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder: Path = tmp_path_factory.mktemp("service")
    if request.param == "serve":
        async with Server(folder, PASSWORD) as server:
            yield Service(server.url, [server.url])
        return
    nodes = int(request.param.rpartition(" ")[2])
    async with LocalCluster(nodes, environment={"QUIZ_ADMIN_PASSWORD": PASSWORD}) as cluster:
        yield Service(cluster.url, list(cluster.node_urls.values()))


@pytest.mark.parametrize("transport", ["websocket", "polling"])
@pytest.mark.asyncio(loop_scope="module")
async def test_a_game_of_all_types(service: Service, transport: str) -> None:
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(aiohttp.ClientSession())
        api = await Api(http, service.url).sign_in(PASSWORD)
        made = await api.make_session(await api.add_quiz(FIVE_TYPES))

        async def come(client: Any) -> Any:
            stack.push_async_callback(client.leave)
            return await client.connect()

        host: Host = await come(Host(service.url, made["host_token"], made["pin"], (transport,)))
        screen: Client = await come(Client(service.url, made["screen_token"], made["pin"], (transport,)))
        players: list[Player] = []
        for number in range(PLAYERS):
            joined = await api.join(made["pin"], f"Player {number}")
            # As in a game too large for one node: each goes where its affinity leads.
            players.append(await come(Player(service.url, joined["token"], f"{made['pin']}-{number}", (transport,))))
        await screen.sent("lobby", lambda lobby: lobby["players"] == PLAYERS)
        assert await hosting(http, service.nodes) == len(service.nodes), "players are at all nodes"

        await host.does("start")
        for number, answer in enumerate(([1], [0, 2], 28, "reykjavik", None, [0]), start=1):
            for player in players:
                await player.sent("question", about(number))
                ack = await player.answer(number, answer or right_order(player))
                assert (ack["ok"], ack["status"]) == (True, "saved")
            await screen.sent("progress", counted(number, PLAYERS))
            await host.does("close")
            for player in players:
                assert (await player.sent("reveal", about(number)))["answered"] == PLAYERS
                assert (await player.sent("result", about(number)))["correct"] is (None if number == 6 else True)
            await host.does("next")
            await host.does("next")
        podiums = {str((await client.sent("finished"))["podium"]) for client in (host, screen, *players)}
        assert len(podiums) == 1
        _, page = await api.call("GET", f"/sessions/{made['id']}/standings", token=made["host_token"])
        totals = {line["player_id"]: line["points"] for line in page["items"]}
        assert sorted(totals.values()) == sorted(player.last("result")["total"] for player in players)


def right_order(player: Player) -> list[int]:
    shown = player.last("question")["question"]["items"]
    return [shown.index(item) for item in ORDER["items"]]


async def hosting(http: aiohttp.ClientSession, nodes: list[str]) -> int:
    """How many of the nodes have clients."""
    count = 0
    for url in nodes:
        async with http.get(f"{url}/metrics") as reply:
            lines = [line for line in (await reply.text()).splitlines() if line.startswith("quiz_sessions_hosted")]
        count += float(lines[0].split()[1]) > 0
    return count
