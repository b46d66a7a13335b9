"""A node follows a session as long as it has clients in it, and no longer."""

from __future__ import annotations

from tests.node.quizzes import CHOICE, quiz
from tests.nodes.conftest import Open
from tests.servers.redis import Redis
from tests.waiting import until


async def test_a_node_whose_last_client_has_gone_asks_again_when_one_comes_back(
    open_cluster: Open, redis: Redis
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url, QUIZ_VERSIONS_INTERVAL_MS="60000")
    hall = await cluster.hall(quiz(CHOICE, CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    await host.does("start")
    await ann.sent("question")
    await ann.leave()

    async def left() -> bool:
        return b"quiz_sessions_hosted 0.0" in cluster.nodes[1].metrics.render()

    await until(left)
    for step in ("close", "next", "next"):
        await host.does(step)
    back = await hall.again(ann, at=1)
    state = back.last("state")
    assert (state["version"], state["question"]["number"]) == (host.acked, 2)
    await host.does("close")
    assert (await back.sent("reveal"))["question"] == 2


async def test_a_step_that_nobody_told_is_told_as_it_was_when_the_node_looks(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=2, QUIZ_VERSIONS_INTERVAL_MS="300")
    hall = await cluster.hall(quiz(CHOICE, CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    await host.does("start")
    assert (await ann.sent("question"))["version"] == host.acked
    metrics = cluster.nodes[1].metrics.render()
    assert b'quiz_resyncs_total{cause="poll"} 1.0' in metrics


async def test_several_steps_missed_at_once_come_as_one_snapshot(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=2, QUIZ_VERSIONS_INTERVAL_MS="1500")
    hall = await cluster.hall(quiz(CHOICE, CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    for step in ("start", "close", "next", "next"):
        await host.does(step)
    state = await ann.sent("state", lambda event: event["version"] == host.acked)
    assert state["question"]["number"] == 2
    assert not [name for name, _ in ann.frames if name in ("question", "reveal")]


async def test_a_host_hears_of_a_player_who_comes_before_the_notice_of_the_seat(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=2, QUIZ_VERSIONS_INTERVAL_MS="60000")
    hall = await cluster.hall(quiz(CHOICE))
    host = await hall.host(at=0)
    await hall.player("Ann", at=0, by=1)
    lobby = await host.sent("lobby", lambda event: event["players"] == 1)
    assert lobby["joined"] == ["Ann"]
