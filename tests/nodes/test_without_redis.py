"""Redis is away, or comes and goes: the game goes on, with a second's delay between the nodes."""

from __future__ import annotations

import asyncio

from tests.node.people import about
from tests.node.quizzes import CHOICE, quiz
from tests.nodes.conftest import Cluster, Open
from tests.servers.redis import Redis
from tests.waiting import until

MOST_S = 2.0


async def play(cluster: Cluster, questions: int) -> float:
    """Play a game over all nodes; the longest any player waited for an event that another node announced."""
    hall = await cluster.hall(quiz(*[CHOICE] * questions))
    loop = asyncio.get_running_loop()
    host = await hall.host(at=0)
    players = [await hall.player(f"Player {n}", at=n % len(cluster.nodes)) for n in range(6)]
    longest = 0.0

    async def everyone(event: str) -> None:
        nonlocal longest
        began = loop.time()
        await asyncio.gather(*(player.sent(event, lambda e: e["version"] >= host.acked) for player in players))
        longest = max(longest, loop.time() - began)

    await host.does("start")
    for number in range(1, questions + 1):
        await everyone("question")
        for player in players:
            await player.sent("question", about(number))
            assert (await player.answer(number, [1]))["ok"]
        await host.does("close")
        await everyone("reveal")
        await everyone("result")
        await host.does("next")
        await everyone("standings")
        await host.does("next")
    await everyone("finished")
    totals = {player.last("result")["total"] for player in players}
    assert min(totals) > 0
    return longest


async def test_nodes_without_redis_play_a_whole_game(open_cluster: Open) -> None:
    assert await play(await open_cluster(nodes=3), questions=2) < MOST_S


async def test_a_cluster_that_never_reaches_its_redis_plays_a_whole_game(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=3, redis="redis://127.0.0.1:1/0")
    assert await play(cluster, questions=2) < MOST_S


async def test_a_redis_that_dies_and_comes_back_empty_is_noticed_only_by_the_metrics(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url)
    await play(cluster, questions=1)
    await asyncio.to_thread(redis.kill)
    await play(cluster, questions=1)
    assert all(b"quiz_bus_up 0.0" in node.metrics.render() for node in cluster.nodes)
    redis.empty()
    await asyncio.to_thread(redis.start)

    async def up() -> bool:
        return all(b"quiz_bus_up 1.0" in node.metrics.render() for node in cluster.nodes)

    await until(up)
    assert await play(cluster, questions=1) < MOST_S
