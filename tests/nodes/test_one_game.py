"""One game, its people at different nodes: nobody can tell."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any

import pytest

from quiz.app import Node
from tests.node.people import Client, Player, about, counted
from tests.node.quizzes import CHOICE, FIVE_TYPES, ORDER, quiz
from tests.nodes.conftest import Open
from tests.servers.redis import Redis

TOLD = ("question", "reveal", "result", "standings", "finished")


def told(client: Client) -> list[str]:
    """The steps of the game as a client was told of them."""
    return [name for name, _ in client.frames if name in TOLD]


def right_order(player: Player) -> list[int]:
    shown = player.last("question")["question"]["items"]
    return [shown.index(item) for item in ORDER["items"]]


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_a_whole_game_is_the_same_at_every_node(open_cluster: Open, redis: Redis, transport: str) -> None:
    cluster = await open_cluster(nodes=3, redis=redis.url)
    hall = await cluster.hall(FIVE_TYPES, (transport,))
    host, screen = await hall.host(at=0), await hall.screen(at=1)
    players = [await hall.player(f"Player {n}", at=n % 3, by=(n + 1) % 3) for n in range(6)]
    await screen.sent("lobby", lambda lobby: lobby["players"] == 6)
    await host.does("start")
    for number, answer in enumerate(([1], [0, 2], 28, "reykjavik", None, [0]), start=1):
        for player in players:
            await player.sent("question", about(number))
            given: Any = answer or right_order(player)
            assert (await player.answer(number, given))["status"] == "saved"
        await screen.sent("progress", counted(number, 6))
        await host.does("close")
        for player in players:
            await player.sent("result", about(number))
        await host.does("next")
        await host.does("next")
    for client in hall.clients:
        finished = await client.sent("finished")
        assert finished["of"] == 6
        assert finished["version"] == host.acked
    steps = [*(["question", "reveal", "result", "standings"] * 6), "finished"]
    assert all(told(player) == steps for player in players)
    assert all(Counter(name for name, _ in player.frames)["state"] == 1 for player in players), "no snapshot was needed"
    assert len({str(client.last("finished")) for client in hall.clients}) == 1


async def test_who_joins_by_one_node_is_seen_by_the_host_at_another(open_cluster: Open, redis: Redis) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host = await hall.host(at=0)
    ann = await hall.player("Ann", at=1, by=1)
    lobby = await host.sent("lobby", lambda event: event["joined"] == ["Ann"])
    assert lobby["seats"] == [{"player_id": ann.player_id, "nickname": "Ann"}]


async def test_progress_of_all_nodes_reaches_the_host_at_most_four_times_a_second(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=3, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host = await hall.host(at=0)
    players = [await hall.player(f"Player {n}", at=n % 3) for n in range(24)]
    await host.does("start")
    loop = asyncio.get_running_loop()
    began = loop.time()
    for player in players:
        await player.sent("question")
        await player.answer(1, [1])
        await asyncio.sleep(0.05)
    await host.sent("progress", counted(1, 24))
    events = [payload for name, payload in host.frames if name == "progress"]
    assert len(events) <= 4 * (loop.time() - began) + 2
    assert [event["answered"] for event in events] == sorted(event["answered"] for event in events)


async def test_a_player_who_is_removed_is_cut_off_at_every_node(open_cluster: Open, redis: Redis) -> None:
    cluster = await open_cluster(nodes=3, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    twin, ben = await hall.again(ann, at=2), await hall.player("Ben", at=2)
    await host.does("kick", player_id=ann.player_id)
    for connection in (ann, twin):
        await connection.sent("kicked")
        await asyncio.wait_for(connection.gone.wait(), 10)
    await ben.sent("state", lambda state: state["players"] == 1)
    assert not ben.gone.is_set()


async def test_a_question_made_void_at_one_node_changes_the_totals_at_all(open_cluster: Open, redis: Redis) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    await host.does("start")
    await ann.answer(1, [1])
    await host.does("close")
    assert (await ann.sent("result"))["total"] > 0
    await host.does("void", question=1)
    state = await ann.sent("state", lambda event: event["version"] == host.acked)
    assert state["you"]["total"] == 0


async def test_a_player_goes_on_at_another_node_with_the_seat_and_the_answer(open_cluster: Open, redis: Redis) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=0)
    await host.does("start")
    first = await ann.answer(1, [1], "one")
    await ann.leave()
    back = await hall.again(ann, at=1)
    assert back.last("state")["you"]["answered"] is True
    assert await back.answer(1, [1], "one") == first


async def test_standings_and_doors_are_told_right_by_a_node_that_has_no_clients(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url, QUIZ_PICTURE_LIFETIME_MS="0")
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=0, by=0)
    idle = cluster.apis[1]
    await host.does("start")
    await ann.answer(1, [1])
    await host.does("close")
    await host.does("lock")
    _, door = await idle.call("GET", f"/sessions/{hall.made['pin']}")
    assert (door["phase"], door["locked"]) == ("reveal", True)
    for _ in range(2):
        status, page = await idle.call("GET", f"/sessions/{hall.made['id']}/standings", token=hall.made["host_token"])
        assert status == 200
        assert [(line["nickname"], line["correct"]) for line in page["items"]] == [("Ann", 1)]
        assert page["items"][0]["points"] == (await ann.sent("result"))["total"]


async def test_in_a_running_game_nodes_hardly_ever_ask_the_database_for_a_session(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    hall = await cluster.hall(quiz(*[CHOICE] * 4))
    host = await hall.host(at=0)
    players = [await hall.player(f"Player {n}", at=n % 2, by=n % 2) for n in range(10)]
    await host.does("start")
    before = [lookups(node) for node in cluster.nodes]
    for number in range(1, 5):
        for player in players:
            await player.sent("question", about(number))
            await player.answer(number, [1])
        for step in ("close", "next", "next"):
            await host.does(step)
    for node, (hits, asked) in zip(cluster.nodes, before, strict=True):
        more_hits, more_asked = lookups(node)
        assert (more_hits - hits) / (more_asked - asked) > 0.95


def lookups(node: Node) -> tuple[float, float]:
    """Looks for sessions that found them in the node, and all of them."""
    found = {
        sample.labels["tier"]: sample.value
        for metric in node.metrics.registry.collect()
        for sample in metric.samples
        if sample.name == "quiz_cache_lookups_total" and sample.labels["kind"] == "session"
    }
    return found.get("node", 0), sum(found.values())
