"""Two nodes want the same thing at the same moment: one wins, the other tells its truth."""

from __future__ import annotations

import asyncio

import pytest

from quiz.domain.session import Phase, Session
from tests.node.quizzes import CHOICE, quiz
from tests.nodes.conftest import Open
from tests.servers.redis import Redis
from tests.waiting import until


@pytest.mark.parametrize("with_redis", [True, False], ids=["with Redis", "without Redis"])
async def test_of_two_hosts_with_the_same_command_one_wins_and_the_other_learns_the_version(
    open_cluster: Open, redis: Redis, with_redis: bool
) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url if with_redis else None)
    hall = await cluster.hall(quiz(*[CHOICE] * 8))
    here, there = await hall.host(at=0), await hall.host(at=1)
    await here.does("start")
    for step in ["close", "next", "next"] * 6:
        version = here.acked
        acks = await asyncio.gather(here.call(step, {"version": version}), there.call(step, {"version": version}))
        won = [ack for ack in acks if ack["ok"]]
        lost = [ack["error"] for ack in acks if not ack["ok"]]
        assert [ack["version"] for ack in won] == [version + 1]
        assert [(error["code"], error["version"]) for error in lost] == [("stale", version + 1)]
        here.acked = version + 1
    for host in (here, there):
        await host.sent("question", lambda event: event["version"] == here.acked)


@pytest.mark.parametrize("with_redis", [True, False], ids=["with Redis", "without Redis"])
async def test_a_deadline_that_all_nodes_keep_closes_the_question_once(
    open_cluster: Open, redis: Redis, with_redis: bool
) -> None:
    cluster = await open_cluster(
        nodes=3, redis=redis.url if with_redis else None, QUIZ_DEADLINE_JITTER_MS="0", QUIZ_DEADLINE_GRACE_MS="100"
    )
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": 5}))
    host = await hall.host(at=0)
    players = [await hall.player(f"Player {n}", at=n) for n in range(3)]
    await host.does("start")
    for player in players:
        await player.sent("question")
        await player.answer(1, [1])
    for client in hall.clients:
        reveal = await client.sent("reveal")
        assert reveal["version"] == host.acked + 1
        assert reveal["answered"] == 3
    for player in players:
        assert (await player.sent("result"))["version"] == host.acked + 1
        assert [name for name, _ in player.frames].count("reveal") == 1
    picture = await cluster.nodes[0].storage.sessions.load(hall.made["id"])
    assert picture is not None
    assert picture.session.version == host.acked + 1


async def test_a_question_that_nobody_watches_any_more_is_closed_all_the_same(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=2)
    hall = await cluster.hall(quiz({**CHOICE, "time_limit": 5}))
    host = await hall.host(at=0)
    await host.does("start")
    await host.leave()
    # What the first node would do is not done: as if it had died. The second has never heard of the session.
    deadlines = cluster.nodes[0].game.deadlines
    await deadlines.close()
    opened = host.last("question")
    store = cluster.nodes[1].storage.sessions

    async def closed() -> Session | None:
        picture = await store.load(hall.made["id"])
        return picture.session if picture and picture.session.phase is Phase.REVEAL else None

    assert (await until(closed)).closes_at == opened["closes_at"]
