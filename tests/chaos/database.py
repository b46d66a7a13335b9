"""Reading rows as they are, without any of the server's code."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import asyncpg

from tests.chaos.clock import now_ms
from tests.chaos.record import AnswerRow, Rows, ScoreRow

_CONNECT_S: Final = 3.0
_QUERY_S: Final = 5.0
_TRY_AGAIN_S: Final = 0.1


async def fetch(url: str, query: str, *arguments: object, within_s: float = 30.0) -> list[Any]:
    """Rows of a query on a connection of its own; tried again while the database is away.

    Raises:
        TimeoutError: it stays away.
    """
    async with asyncio.timeout(within_s):
        while True:
            try:
                connection = await asyncpg.connect(url, timeout=_CONNECT_S)
                try:
                    found: list[Any] = await connection.fetch(query, *arguments, timeout=_QUERY_S)
                    return found
                finally:
                    await connection.close(timeout=1)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
                await asyncio.sleep(_TRY_AGAIN_S)


async def stored_times(url: str, session_id: str) -> tuple[int, int, int | None]:
    """The current question, when it opened, and when it closes or has closed."""
    [row] = await fetch(url, "SELECT question, opens_at, closes_at FROM sessions WHERE id = $1", session_id)
    return row["question"], row["opens_at"], row["closes_at"]


async def read_rows(url: str, session_id: str) -> Rows:
    """All that is stored of a session."""
    [session] = await fetch(url, "SELECT phase, version FROM sessions WHERE id = $1", session_id)
    answers = await fetch(
        url,
        "SELECT player_id, question, submission, answer, received_at FROM answers WHERE session_id = $1",
        session_id,
    )
    scores = await fetch(
        url,
        "SELECT p.id, p.nickname, coalesce(s.points, 0) AS points, coalesce(s.correct, 0) AS correct,"
        " coalesce(s.time_ms, 0) AS time_ms FROM players p LEFT JOIN scores s"
        " ON s.player_id = p.id AND s.session_id = p.session_id WHERE p.session_id = $1",
        session_id,
    )
    return Rows(
        session["phase"],
        session["version"],
        [
            AnswerRow(
                row["player_id"], row["question"], row["submission"], json.loads(row["answer"]), row["received_at"]
            )
            for row in answers
        ],
        [ScoreRow(row["id"], row["nickname"], row["points"], row["correct"], row["time_ms"]) for row in scores],
    )


async def clock_offset_ms(url: str) -> int:
    """How far the database's clock is ahead of this process's, as well as one question can tell."""
    connection = await asyncpg.connect(url, timeout=_CONNECT_S)
    try:
        best = (1_000_000, 0)
        for _ in range(10):
            before = now_ms()
            theirs = await connection.fetchval("SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint")
            after = now_ms()
            best = min(best, (after - before, int(theirs) - (before + after) // 2))
        return best[1]
    finally:
        await connection.close()
