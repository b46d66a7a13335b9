"""One transaction that stores a batch of answers, of any number of sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.session import Phase
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import AnswerRefusal, PendingAnswer
from quiz.storage.answer_rows import COLUMNS, stored_answer
from quiz.storage.documents import to_text
from quiz.storage.engine import Database
from quiz.storage.group_commit import GroupCommit
from quiz.storage.tables import SEATED, answers, players, sessions

AnswerCommit = GroupCommit[PendingAnswer, StoredAnswer | AnswerRefusal]
Key = tuple[int, str, int, str]
Judge = Callable[[PendingAnswer], AnswerRefusal | None]


async def write_answers(database: Database, batch: Sequence[PendingAnswer]) -> Sequence[StoredAnswer | AnswerRefusal]:
    """Store the answers that are in time, from seated players and the first of their kind; give each one's outcome.

    Whose answer is stored already gets the stored one, be it from the same batch or long ago, the question open or not.

    Raises:
        Unavailable: when the database cannot be reached.
        Exception: when one of the answers cannot be stored; then none is.
    """
    async with database.write() as connection:
        judge = await _judge(connection, batch)
        judged = [(pending, judge(pending)) for pending in batch]
        accepted = [pending for pending, refusal in judged if refusal is None]
        rows = [_row(pending) for pending in sorted(accepted, key=_key)]
        inserted = await database.dialect.insert_new(connection, answers, rows) if rows else 0
        seated = [pending for pending, refusal in judged if refusal is not AnswerRefusal.UNSEATED]
        earlier = await _stored(connection, seated) if inserted < len(seated) else {}
    return [earlier.get(_key(pending)) or refusal or _as_stored(pending) for pending, refusal in judged]


async def _judge(connection: AsyncConnection, batch: Sequence[PendingAnswer]) -> Judge:
    """Look at the sessions and the seats of a batch, and hold the sessions until it is committed.

    Two queries, one after the other: the first may wait for a command that is being written, and only a statement
    that begins after it sees whom that has kicked. Sessions are held in the order of their ids, and rows are written
    in that of their keys, so that two batches never wait for each other in a circle.
    """
    held = await connection.execute(
        select(sessions.c.id, sessions.c.phase, sessions.c.question)
        .where(sessions.c.id.in_(sorted({pending.session_id for pending in batch})))
        .order_by(sessions.c.id)
        .with_for_update(read=True)
    )
    questions = {id_: question if phase == Phase.QUESTION else None for id_, phase, question in held}
    seats = await connection.execute(
        select(players.c.id, players.c.session_id).where(
            players.c.id.in_(sorted({pending.player_id for pending in batch})), SEATED
        )
    )
    seated = {(session, player) for player, session in seats}

    def judge(pending: PendingAnswer) -> AnswerRefusal | None:
        if (pending.session_id, pending.player_id) not in seated:
            return AnswerRefusal.UNSEATED
        question = questions[pending.session_id]
        if question is None:
            return AnswerRefusal.CLOSED
        return None if question == pending.question else AnswerRefusal.WRONG_QUESTION

    return judge


async def _stored(connection: AsyncConnection, pendings: Sequence[PendingAnswer]) -> Mapping[Key, StoredAnswer]:
    keys = sorted({_key(pending) for pending in pendings})
    query = select(answers.c.month, answers.c.session_id, *COLUMNS).where(tuple_(*answers.primary_key).in_(keys))
    stored: dict[Key, StoredAnswer] = {}
    for month, session, *columns in await connection.execute(query):
        answer = stored_answer(*columns)
        stored[month, session, answer.question, answer.player_id] = answer
    return stored


def _key(pending: PendingAnswer) -> Key:
    return pending.month, pending.session_id, pending.question, pending.player_id


def _row(pending: PendingAnswer) -> dict[str, object]:
    return {
        "month": pending.month,
        "session_id": pending.session_id,
        "question": pending.question,
        "player_id": pending.player_id,
        "submission": pending.submission,
        "answer": to_text(pending.answer),
        "received_at": pending.received_at,
        "elapsed_ms": pending.elapsed_ms,
    }


def _as_stored(pending: PendingAnswer) -> StoredAnswer:
    return StoredAnswer(
        pending.player_id,
        pending.question,
        pending.submission,
        pending.answer,
        pending.received_at,
        pending.elapsed_ms,
    )
