"""One transaction that stores a batch of answers, of any number of sessions.

Nearly always nothing stands against any of them, and one statement stores them all. When something does, the batch
takes the long way: that is right whatever the short one has stored already, because storing is safe to repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.session import Phase
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import AnswerRefusal, PendingAnswer
from quiz.storage.answer_rows import COLUMNS, Key, key_of, row_of, stored_answer
from quiz.storage.dialect import Dialect
from quiz.storage.engine import Database
from quiz.storage.group_commit import GroupCommit
from quiz.storage.held_sessions import hold_sessions
from quiz.storage.statements import named
from quiz.storage.tables import SEATED, answers, players

AnswerCommit = GroupCommit[PendingAnswer, StoredAnswer | AnswerRefusal]
Judge = Callable[[PendingAnswer], AnswerRefusal | None]


async def write_answers(database: Database, batch: Sequence[PendingAnswer]) -> Sequence[StoredAnswer | AnswerRefusal]:
    """Store the answers that are in time, from seated players and the first of their kind; give each one's outcome.

    Whose answer is stored already gets the stored one, be it from the same batch or long ago, the question open or not.

    Raises:
        Unavailable: when the database cannot be reached.
        Exception: when one of the answers cannot be stored; then none is.
    """
    if database.dialect.stores_plain:
        async with database.write_at_once("store answers") as connection:
            plain = await database.dialect.store_plain(connection, batch)
        if plain == len(batch):
            return [pending.as_stored() for pending in batch]
    return await _judge_and_write(database, batch)


async def _judge_and_write(
    database: Database, batch: Sequence[PendingAnswer]
) -> Sequence[StoredAnswer | AnswerRefusal]:
    dialect = database.dialect
    async with database.write() as connection:
        judge = await _judge(connection, dialect, batch)
        judged = [(pending, judge(pending)) for pending in batch]
        accepted = [pending for pending, refusal in judged if refusal is None]
        rows = [row_of(pending) for pending in sorted(accepted, key=key_of)]
        inserted = await dialect.insert_new(connection, answers, rows) if rows else 0
        seated = [pending for pending, refusal in judged if refusal is not AnswerRefusal.UNSEATED]
        earlier = await _stored(connection, dialect, seated) if inserted < len(seated) else {}
    return [earlier.get(key_of(pending)) or refusal or pending.as_stored() for pending, refusal in judged]


async def _judge(connection: AsyncConnection, dialect: Dialect, batch: Sequence[PendingAnswer]) -> Judge:
    """Look at the sessions and the seats of a batch, and hold the sessions until it is committed.

    Two queries, one after the other: the first may wait for a command that is being written, and only a statement
    that begins after it sees whom that has kicked.
    """
    held = await hold_sessions(connection, dialect, {pending.session_id for pending in batch})
    asking = sorted({pending.player_id for pending in batch})
    query = select(players.c.id, players.c.session_id).where(dialect.among(players.c.id, asking), SEATED)
    seats = await connection.execute(named("find seats for answers", query))
    seated = {(session, player) for player, session in seats}

    def judge(pending: PendingAnswer) -> AnswerRefusal | None:
        if (pending.session_id, pending.player_id) not in seated:
            return AnswerRefusal.UNSEATED
        session = held[pending.session_id]
        if session.phase is not Phase.QUESTION:
            return AnswerRefusal.CLOSED
        return None if session.question == pending.question else AnswerRefusal.WRONG_QUESTION

    return judge


async def _stored(
    connection: AsyncConnection, dialect: Dialect, pendings: Sequence[PendingAnswer]
) -> Mapping[Key, StoredAnswer]:
    keys = sorted({key_of(pending) for pending in pendings})
    wanted = dialect.rows_among(answers, ("month", "session_id", "question", "player_id"), keys)
    query = select(answers.c.month, answers.c.session_id, *COLUMNS).where(wanted)
    stored: dict[Key, StoredAnswer] = {}
    for month, session, *columns in await connection.execute(named("read answers back", query)):
        answer = stored_answer(*columns)
        stored[month, session, answer.question, answer.player_id] = answer
    return stored
