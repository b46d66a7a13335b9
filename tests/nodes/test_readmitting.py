"""A removal that is taken back at one node is taken back at all, whether they are told of it or look for themselves."""

from __future__ import annotations

import asyncio

import pytest

from tests.node.people import Client, Host
from tests.node.quizzes import CHOICE, quiz
from tests.nodes.conftest import Open
from tests.nodes.hall import Hall
from tests.servers.redis import Redis


async def shown(client: Client, host: Host, players: int) -> None:
    """Wait until somebody has been sent a snapshot of the version that the host's last command led to."""
    state = await client.sent("state", lambda event: event["version"] == host.acked)
    assert state["players"] == players


async def undo(hall: Hall) -> None:
    """Ann answers at one node and is removed and readmitted at another; Ben and a screen look on from both."""
    host, screen = await hall.host(at=0), await hall.screen(at=1)
    ann, ben = await hall.player("Ann", at=1), await hall.player("Ben", at=1)
    await host.does("start")
    await ann.sent("question")
    await ann.answer(1, [1])
    await host.does("close")
    earned = (await ann.sent("result"))["total"]
    await host.does("kick", player_id=ann.player_id)
    await ann.sent("kicked")
    await asyncio.wait_for(ann.gone.wait(), 10)
    await shown(ben, host, players=1)
    kicked = host.acked
    await host.does("readmit", player_id=ann.player_id)
    back = await hall.again(ann, at=1)
    assert back.last("state")["you"]["total"] == earned > 0
    await shown(ben, host, players=2)
    # She may have come before the node has heard of the step: then she is told of like any newcomer.
    lobby = await screen.sent("lobby", lambda event: event["version"] >= kicked and "Ann" in event["joined"])
    assert lobby["seats"] == [{"player_id": ann.player_id, "nickname": "Ann"}]
    await host.does("end")
    assert (await ben.sent("finished"))["podium"][0]["nickname"] == "Ann"


async def test_a_readmitted_player_is_back_at_every_node(open_cluster: Open, redis: Redis) -> None:
    cluster = await open_cluster(nodes=2, redis=redis.url, QUIZ_VERSIONS_INTERVAL_MS="60000")
    await undo(await cluster.hall(quiz(CHOICE)))


async def test_a_node_that_nobody_tells_finds_the_readmission_by_looking(open_cluster: Open) -> None:
    cluster = await open_cluster(nodes=2, QUIZ_VERSIONS_INTERVAL_MS="300")
    await undo(await cluster.hall(quiz(CHOICE)))


@pytest.mark.parametrize("at_once", [False, True])
async def test_a_removal_taken_back_between_two_looks_costs_nobody_the_connection(
    open_cluster: Open, at_once: bool
) -> None:
    cluster = await open_cluster(nodes=2, QUIZ_VERSIONS_INTERVAL_MS="1500")
    hall = await cluster.hall(quiz(CHOICE))
    host, ann = await hall.host(at=0), await hall.player("Ann", at=1)
    if not at_once:
        await host.does("start")
        await ann.sent("question")
    await host.does("kick", player_id=ann.player_id)
    await host.does("readmit", player_id=ann.player_id)
    await shown(ann, host, players=1)
    assert not ann.gone.is_set()
    assert not [name for name, _ in ann.frames if name == "kicked"]
