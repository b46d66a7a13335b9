"""Many occasions, few messages: work for a key is done at most once in an interval."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog

from quiz.game.errors import Refused, Unavailable

K = TypeVar("K", bound=str)

log = structlog.get_logger("quiz.game")


class Coalescer(Generic[K]):
    """Runs `work(key)` soon after `touch(key)`, and never again for that key within `interval_ms`.

    The first touch after a pause is served at once. Work that fails because the database is away is tried again an
    interval later. Tasks belong to the coalescer and end with `close`.
    """

    def __init__(self, interval_ms: int, work: Callable[[K], Awaitable[None]]) -> None:
        self._interval = interval_ms / 1000
        self._work = work
        self._dirty: set[K] = set()
        self._tasks: dict[K, asyncio.Task[None]] = {}

    def touch(self, key: K) -> None:
        """Ask for the work to be done."""
        self._dirty.add(key)
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._serve(key), name=f"coalesce {key}")

    async def close(self) -> None:
        """End all tasks; what was asked for and not yet done is dropped."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, key: K) -> None:
        try:
            while key in self._dirty:
                self._dirty.discard(key)
                try:
                    await self._work(key)
                except Unavailable:
                    self._dirty.add(key)
                except Refused:
                    pass  # the session is gone, and with it the need to tell anybody
                except Exception:
                    log.exception("coalesced work failed", action="coalesce", key=key)
                await asyncio.sleep(self._interval)
        finally:
            self._dirty.discard(key)
            self._tasks.pop(key, None)
