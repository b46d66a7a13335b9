"""Thousands who leave at once cost what each of them costs, and the others are served meanwhile."""

from __future__ import annotations

import asyncio
from typing import Final

import pytest

from tests.adversary.conftest import Session
from tests.adversary.crowd import Crowd
from tests.adversary.door import Door
from tests.adversary.environs import PLAIN
from tests.adversary.victim import Victim
from tests.waiting import until

ENVIRON = PLAIN

FEW: Final = 500
MANY: Final = 2_000


@pytest.mark.timeout(120)
async def test_thousands_leave_at_the_cost_of_each_of_them_while_the_others_are_served(
    victim: Victim, door: Door, session: Session, crowd: Crowd
) -> None:
    token = await session.seat("Everybody")
    _, few = await come_and_go(victim, door, token, FEW)
    asking = asyncio.create_task(longest_wait(crowd))
    joining, many = await come_and_go(victim, door, token, MANY)
    asking.cancel()
    longest = await asking
    assert many < 2 * few * MANY / FEW, "the cost grows with their number, and no faster"
    assert many < joining, "leaving is less work than coming"
    assert longest < joining / 4, "nobody waits for all of it"


async def come_and_go(victim: Victim, door: Door, token: str, number: int) -> tuple[float, float]:
    """CPU seconds of the node for so many joining, and for all of them leaving at once."""
    descriptors = victim.descriptors()
    before = victim.cpu_s()
    sockets = await door.players([token] * number)
    joined = victim.cpu_s()
    for socket in sockets:
        socket.wire.reset()

    async def gone() -> bool:
        return victim.descriptors() <= descriptors

    await until(gone, 30.0)
    return joined - before, victim.cpu_s() - joined


async def longest_wait(crowd: Crowd) -> float:
    """The longest that anybody waits for an ack, in seconds, until cancelled."""
    longest = 0.0
    try:
        while True:
            longest = max(longest, *await crowd.p99s(windows=1))
    except asyncio.CancelledError:
        return longest
