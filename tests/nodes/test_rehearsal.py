"""Bots of one node as another sees them: told to staff, removed in one step, taken up by who is asked next."""

from __future__ import annotations

import itertools
import time

import pytest

from quiz.app import Node
from quiz.domain.ids import PlayerId
from tests.node.people import JSON, Api
from tests.node.quizzes import CHOICE, MULTIPLE, quiz
from tests.nodes.conftest import Open
from tests.nodes.hall import Hall
from tests.servers.redis import Redis
from tests.waiting import until

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def same_bots(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bots each time: what they do follows from their ids."""
    numbers = itertools.count(1)
    monkeypatch.setattr("quiz.game.rehearsal.new_bot_id", lambda: PlayerId(f"bot{next(numbers)}"))


async def add(api: Api, hall: Hall, players: int) -> JSON:
    status, body = await api.call("POST", f"/sessions/{hall.made['id']}/bots", {"players": players})
    assert status == 201, body
    return body


async def remove(api: Api, hall: Hall) -> JSON:
    status, body = await api.call("DELETE", f"/sessions/{hall.made['id']}/bots")
    assert status == 200, body
    return body


async def until_play(node: Node, bots: int) -> None:
    """Wait until the node plays so many."""

    async def do_they() -> bool:
        node.metrics.render()
        return node.metrics.registry.get_sample_value("quiz_bots") == bots

    await until(do_they)


@pytest.mark.parametrize("with_redis", [True, False], ids=["with Redis", "without Redis"])
async def test_bots_that_one_node_plays_are_removed_by_way_of_another(
    open_cluster: Open, redis: Redis, *, with_redis: bool
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url if with_redis else None)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=1), await hall.player("Ann", at=0)
    assert await add(cluster.apis[0], hall, 100) == {"seated": 100}
    await until_play(cluster.nodes[0], 100)
    began = time.monotonic()
    assert await remove(cluster.apis[1], hall) == {"removed": 100}
    assert time.monotonic() - began < 2
    await host.sent("lobby", lambda event: event["players"] == 1)
    await until_play(cluster.nodes[0], 0)
    assert (await host.does("start"))["ok"]
    assert (await ann.answer(1, [1]))["ok"]
    assert (await add(cluster.apis[0], hall, 3)) == {"seated": 3}
    assert not ann.gone.is_set()


async def test_bots_answer_on_a_node_that_has_no_clients_and_twice_played_ones_answer_once(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=3, redis=redis.url)
    hall = await cluster.hall(quiz(MULTIPLE))
    host = await hall.host(at=0)
    await add(cluster.apis[1], hall, 5)
    await add(cluster.apis[2], hall, 5)
    await until_play(cluster.nodes[1], 10)
    await until_play(cluster.nodes[2], 10)
    await host.does("start")
    await host.sent("progress", lambda event: event["answered"] == 10)
    for step in ("close", "next", "next"):
        await host.does(step)
    assert (await host.sent("finished"))["of"] == 10
    status, results = await cluster.apis[0].call("GET", f"/sessions/{hall.made['id']}/results?format=json")
    assert status == 200
    assert sorted(answer["nickname"] for answer in results["answers"]) == sorted(f"Bot {n}" for n in range(1, 11))
    for node in cluster.nodes:
        await until_play(node, 0)
