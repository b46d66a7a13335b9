"""Letting go of many websockets at once."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import cast

from quiz.realtime.family import CLOSES_AT_ONCE, Family


class Leaving:
    """A transport that counts itself out."""

    def __init__(self, closed: list[Leaving]) -> None:
        self._closed = closed

    def close(self) -> None:
        self._closed.append(self)


async def test_others_get_a_turn_while_thousands_are_let_go_of_in_the_order_they_went() -> None:
    family: Family[object] = Family()
    closed: list[Leaving] = []
    leaving = [Leaving(closed) for _ in range(10 * CLOSES_AT_ONCE)]
    for transport in leaving:
        family.close_soon(cast(asyncio.Transport, transport))
    assert closed == [], "not while they are being read"
    seen = [0]
    while len(closed) < len(leaving):
        await asyncio.sleep(0)
        seen.append(len(closed))
    assert closed == leaving
    assert max(after - before for before, after in pairwise(seen)) <= CLOSES_AT_ONCE


async def test_members_are_counted_and_may_leave_while_they_are_looked_through() -> None:
    family: Family[str] = Family()
    for name in ("ann", "ben", "ann"):
        family.add(name)
    assert len(family) == 2
    for name in family:
        family.discard(name)
    family.discard("ann")
    assert not family
