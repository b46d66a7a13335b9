"""Waiting for something that no event tells of."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

LOOK_AGAIN_S = 0.05


async def until(look: Callable[[], Awaitable[T | None]], within_s: float = 10.0) -> T:
    """Look again and again until what is found is true, and give it."""
    async with asyncio.timeout(within_s):
        while not (found := await look()):  # noqa: ASYNC110  (there is no event)
            await asyncio.sleep(LOOK_AGAIN_S)
    return found
