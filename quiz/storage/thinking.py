"""Pure work in the middle of a transaction: a little of it is done at once, and a lot in a thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, TypeVar

_Result = TypeVar("_Result")

AT_ONCE: Final = 500
"""Most rows that are worked on in the event loop: some milliseconds, in which it does nothing else."""


async def think(rows: int, work: Callable[[], _Result]) -> _Result:
    """Do work that takes as long as so many rows, and that nothing else touches meanwhile."""
    return work() if rows <= AT_ONCE else await asyncio.to_thread(work)
