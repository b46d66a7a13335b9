"""Measurements that are repeated, and thrown away where the machine got in the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from loadtests.bench.game.figures import Unusable

T = TypeVar("T")

MOST_THROWN_AWAY: Final = 3


async def repeat(times: int, attempt: Callable[[], Awaitable[T]]) -> list[T]:
    """So many usable results; the first attempt is not among them, since it is slower: pages, plans, caches.

    Raises:
        Unusable: more than three attempts were.
    """
    found: list[T] = []
    thrown_away = 0
    while len(found) <= times:
        try:
            found.append(await attempt())
        except Unusable:
            thrown_away += 1
            if thrown_away > MOST_THROWN_AWAY:
                raise
    return found[1:]
