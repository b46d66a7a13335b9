"""Looking at a session's row all the time, so that it is known when a question closed, whoever was told of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg

from tests.chaos.clock import now_ms

LOOK_S: Final = 0.05
_ANSWER_S: Final = 2.0
_QUERY: Final = "SELECT question, phase FROM sessions WHERE id = $1"


@asynccontextmanager
async def watching(dsn: str, session_id: str) -> AsyncIterator[dict[int, int]]:
    """Gives a growing record of when each question was first seen closed, in milliseconds since the epoch."""
    closed: dict[int, int] = {}
    looking = asyncio.create_task(_look(dsn, session_id, closed))
    try:
        yield closed
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _look(dsn: str, session_id: str, closed: dict[int, int]) -> None:
    while True:
        try:
            connection = await asyncpg.connect(dsn, timeout=_ANSWER_S)
            try:
                while True:
                    row = await connection.fetchrow(_QUERY, session_id, timeout=_ANSWER_S)
                    if row["phase"] not in ("lobby", "question"):
                        closed.setdefault(row["question"], now_ms())
                    await asyncio.sleep(LOOK_S)
            finally:
                connection.terminate()
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
            await asyncio.sleep(LOOK_S)
