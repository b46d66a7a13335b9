"""One statement for nearly every batch of answers: it stores what nothing stands against, and judges nothing else.

It does in one go what `answer_batch` does step by step, in the same order: stand in line, hold the sessions, look at
the seats, insert. Being one statement it sees one instant, which may lie before the moment it got hold of a session.
So it goes by the version: a session that has moved in between, by a kick among other things, is left to the long way.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.session import Phase
from quiz.game.ports import PendingAnswer
from quiz.storage.documents import to_text

# The lines are stood in before the first session is held, because what is counted has been called.
# A seat is a subquery and no join, so that it is found by its key whatever the planner believes to know of the tables.
# Rows go in by the order of their keys, as in every batch, and by that of their coming among those with the same key.
_STORE: Final = f"""
WITH line AS MATERIALIZED (
    SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1::bigint[]) AS keys (key)
), held AS MATERIALIZED (
    SELECT id, version, question FROM sessions
    WHERE id = ANY ($2::text[]) AND phase = '{Phase.QUESTION.value}' AND (SELECT count(*) FROM line) > 0
    ORDER BY id FOR SHARE
), still AS MATERIALIZED (
    SELECT id, question FROM held WHERE version = (SELECT seen.version FROM sessions AS seen WHERE seen.id = held.id)
)
INSERT INTO answers (month, session_id, question, player_id, submission, answer, received_at, elapsed_ms)
SELECT new.month, new.session_id, new.question, new.player_id,
    new.submission, new.answer, new.received_at, new.elapsed_ms
FROM unnest($3::int[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::bigint[])
    WITH ORDINALITY AS new
    (month, session_id, question, player_id, submission, answer, received_at, elapsed_ms, place)
WHERE (new.session_id, new.question) IN (SELECT id, question FROM still)
    AND (
        SELECT players.kicked_at IS NULL AND players.session_id = new.session_id
        FROM players WHERE players.id = new.player_id
    )
ORDER BY new.month, new.session_id COLLATE "C", new.question, new.player_id COLLATE "C", new.place
ON CONFLICT DO NOTHING
"""  # noqa: S608  (the phase is a constant)


async def store_plain(connection: AsyncConnection, lines: Sequence[int], batch: Sequence[PendingAnswer]) -> int:
    """Store those answers that nothing stands against, and commit; says how many.

    Args:
        connection: in no transaction.
        lines: of the batch's sessions, in order.

    Raises:
        asyncpg.PostgresError: as the driver has it. Nothing is stored, or all of it when the connection was lost.
    """
    driver: asyncpg.Connection | None = (await connection.get_raw_connection()).driver_connection
    if driver is None:
        return 0
    status = await driver.execute(
        _STORE,
        lines,
        sorted({pending.session_id for pending in batch}),
        [pending.month for pending in batch],
        [pending.session_id for pending in batch],
        [pending.question for pending in batch],
        [pending.player_id for pending in batch],
        [pending.submission for pending in batch],
        [to_text(pending.answer) for pending in batch],
        [pending.received_at for pending in batch],
        [pending.elapsed_ms for pending in batch],
    )
    return int(status.rpartition(" ")[2])
