"""Nodes come and go under a game that is being played."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from itertools import count

import aiohttp
import pytest

from tests.compose.engine.guests import RETRY_S, Guest, host_of
from tests.compose.engine.stack import Stack
from tests.node.people import Api, Party
from tests.node.quizzes import CHOICE, quiz

pytestmark = pytest.mark.timeout(600)

GUESTS = 36
UNTIMED = quiz({**CHOICE, "time_limit": None}, {**CHOICE, "time_limit": None})
SPREAD_S = 30.0
PLAYERS = re.compile(r'^quiz_connections{.*role="player".*} (\S+)$', re.MULTILINE)


@pytest.fixture
async def party(stack: Stack) -> AsyncIterator[Party]:
    """A session on two nodes."""
    await asyncio.to_thread(stack.scale, 2)
    async with aiohttp.ClientSession() as http:
        api = await Api(http, stack.url).sign_in(stack.secrets()["admin_password"])
        party = Party(api, await api.make_session(await api.add_quiz(UNTIMED)), ("websocket",))
        yield party
        await party.go_home()


async def test_no_answer_is_lost_while_two_nodes_become_four_and_then_one(stack: Stack, party: Party) -> None:
    host = await host_of(party)
    guests = [await Guest.come(party, number) for number in range(GUESTS)]
    guests += await come_until_nodes_have_players(2, stack, party, len(guests))
    await host.does("start")
    early, later, last = guests[:12], guests[12:24], guests[24:]
    await answer_all(early, 1)

    growing = asyncio.create_task(asyncio.to_thread(stack.scale, 4))
    await answer_all(later, 1)
    await growing
    last += await come_until_nodes_have_players(4, stack, party, len(guests))

    shrinking = asyncio.create_task(asyncio.to_thread(stack.scale, 1))
    await asyncio.gather(*(guest.answer_when_sent_away(1, [1], shrinking) for guest in last))
    await shrinking
    guests = early + later + last
    assert len(await players_by_node(stack)) == 1

    host = await host_of(party)
    await host.does("close")
    await host.does("next")
    await host.does("next")
    await answer_all(guests, 2)
    await host.does("close")
    assert await answers_stored(party) == sorted((guest.player_id, number) for guest in guests for number in (1, 2))


async def test_a_node_that_is_told_to_end_sends_its_players_elsewhere_and_ends_cleanly(
    stack: Stack, party: Party
) -> None:
    host = await host_of(party)
    guests = [await Guest.come(party, number) for number in range(GUESTS)]
    await host.does("start")
    node = max((await players_by_node(stack)).items(), key=lambda item: item[1])[0]

    # The time the contract leaves a node; past it the engine kills it and the status is 137.
    ending = asyncio.create_task(asyncio.to_thread(stack.docker.run, "stop", "--time=30", node))
    await asyncio.gather(*(guest.answer_when_sent_away(1, [1], ending) for guest in guests))
    await ending

    assert stack.inspect(node)["State"]["ExitCode"] == 0
    assert any(guest.sent_away.is_set() for guest in guests)
    assert await answers_stored(party) == sorted((guest.player_id, 1) for guest in guests)


async def test_a_roll_out_replaces_every_node_and_loses_no_answer(stack: Stack, party: Party) -> None:
    host = await host_of(party)
    guests = [await Guest.come(party, number) for number in range(GUESTS)]
    await host.does("start")
    old = set(stack.containers("node"))

    rolling = asyncio.create_task(asyncio.to_thread(stack.roll_out))
    await asyncio.gather(*(guest.answer_when_sent_away(1, [1], rolling) for guest in guests))
    await rolling

    assert all(guest.sent_away.is_set() for guest in guests)
    new = set(stack.containers("node"))
    assert len(new) == len(old) == 2
    assert new.isdisjoint(old)
    assert await answers_stored(party) == sorted((guest.player_id, 1) for guest in guests)


async def answer_all(guests: list[Guest], question: int) -> None:
    await asyncio.gather(*(guest.answer(question, [1]) for guest in guests))


async def answers_stored(party: Party) -> list[tuple[str, int]]:
    """Who answered which question, once for each row."""
    made = party.made
    path = f"/sessions/{made['id']}/results?format=json"
    status, results = await party.api.call("GET", path, token=made["host_token"])
    while status == 503:  # nginx has just asked a node that is gone
        await asyncio.sleep(RETRY_S)
        status, results = await party.api.call("GET", path, token=made["host_token"])
    assert status == 200, results
    return sorted((row["player_id"], row["question"]) for row in results["answers"])


async def come_until_nodes_have_players(nodes: int, stack: Stack, party: Party, first: int) -> list[Guest]:
    """Newcomers, as many as it takes until so many nodes are known to nginx and chosen; none if they are already."""
    guests: list[Guest] = []
    async with asyncio.timeout(SPREAD_S):
        for number in count(first):
            if len(await players_by_node(stack)) == nodes:
                break
            guests.append(await Guest.come(party, number))
    return guests


async def players_by_node(stack: Stack) -> dict[str, int]:
    """How many players each node has that has any, by container."""

    def look(node: str) -> int:
        metrics = stack.docker.attempt("exec", node, "healthy", "/metrics").stdout
        return sum(int(float(number)) for number in PLAYERS.findall(metrics))

    nodes = stack.containers("node")
    players = await asyncio.gather(*(asyncio.to_thread(look, node) for node in nodes))
    return {node: number for node, number in zip(nodes, players, strict=True) if number}
