"""One transaction that stores answers which were acked before they were in the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import msgspec
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import SessionId
from quiz.game.ports import PendingAnswer
from quiz.storage.answer_rows import Key, key_of, row_of
from quiz.storage.dialect import Change, Columns, Dialect
from quiz.storage.engine import Database
from quiz.storage.held_sessions import hold_sessions
from quiz.storage.statements import named
from quiz.storage.tables import answers, players


def _came_earlier(new: Columns) -> ColumnElement[bool]:
    return and_(answers.c.submission == new["submission"], answers.c.received_at > new["received_at"])


_EARLIER_ARRIVAL: Final = Change(("received_at", "elapsed_ms"), _came_earlier)


async def restore_answers(database: Database, batch: Sequence[PendingAnswer]) -> Collection[SessionId]:
    """Do what `AnswerLog.restore` says.

    The sessions are held as for any answer. So a close that has not been yet counts what is stored here, and one that
    has been is seen here, and its session is given back.

    Raises:
        Unavailable: when the database cannot be reached.
        Exception: when one of the answers cannot be stored; then none is.
    """
    if not batch:
        return set()
    async with database.write() as connection:
        held = await hold_sessions(connection, database.dialect, {pending.session_id for pending in batch})
        known = await _players(connection, database.dialect, batch)
        wanted = [pending for pending in batch if (pending.session_id, pending.player_id) in known]
        rows = [row_of(pending) for pending in _first_of_each(wanted)]
        if not rows:
            return set()
        await database.dialect.insert_or_change(connection, answers, rows, _EARLIER_ARRIVAL)
        late = [pending for pending in wanted if held[pending.session_id].has_closed(pending.question)]
        return await _with_their_rows(connection, database.dialect, late) if late else set()


async def _players(
    connection: AsyncConnection, dialect: Dialect, batch: Sequence[PendingAnswer]
) -> Collection[tuple[SessionId, str]]:
    """Who ever sat in these sessions: those who were kicked may have answered before."""
    asking = sorted({pending.player_id for pending in batch})
    query = select(players.c.session_id, players.c.id).where(dialect.among(players.c.id, asking))
    return {(session, player) for session, player in await connection.execute(named("find players", query))}


async def _with_their_rows(
    connection: AsyncConnection, dialect: Dialect, batch: Sequence[PendingAnswer]
) -> Collection[SessionId]:
    """The sessions in which a row is one of these submissions, whether it has just been stored or long been there."""
    submissions = sorted({(*key_of(pending), pending.submission) for pending in batch})
    columns = ("month", "session_id", "question", "player_id", "submission")
    query = select(answers.c.session_id).where(dialect.rows_among(answers, columns, submissions)).distinct()
    return {SessionId(found) for found in await connection.scalars(named("find restored answers", query))}


def _first_of_each(batch: Sequence[PendingAnswer]) -> Sequence[PendingAnswer]:
    """One answer for each key, in the order of keys like every batch: the first, at the earliest that it arrived."""
    first: dict[Key, PendingAnswer] = {}
    for pending in batch:
        kept = first.setdefault(key_of(pending), pending)
        if pending.submission == kept.submission and pending.received_at < kept.received_at:
            first[key_of(pending)] = msgspec.structs.replace(
                kept, received_at=pending.received_at, elapsed_ms=pending.elapsed_ms
            )
    return [first[key] for key in sorted(first)]
