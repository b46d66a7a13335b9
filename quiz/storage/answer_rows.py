"""Rows of `answers` as stored answers, and the queries that read them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import Millis, PlayerId, SubmissionId
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import PendingAnswer
from quiz.storage.dialect import Dialect
from quiz.storage.documents import answer_from, to_text
from quiz.storage.statements import named
from quiz.storage.tables import KICKED, answers, players
from quiz.storage.thinking import think

COLUMNS: Final = (
    answers.c.player_id,
    answers.c.question,
    answers.c.submission,
    answers.c.answer,
    answers.c.received_at,
    answers.c.elapsed_ms,
)


Key = tuple[int, str, int, str]
"""The primary key of a row. Rows are written in the order of their keys, so that no two batches wait in a circle."""


def key_of(pending: PendingAnswer) -> Key:
    """The key of a new answer's row."""
    return pending.month, pending.session_id, pending.question, pending.player_id


def row_of(pending: PendingAnswer) -> dict[str, object]:
    """A new answer's row."""
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


def stored_answer(
    player: str, question: int, submission: str, answer: str, received_at: int, elapsed_ms: int
) -> StoredAnswer:
    """Read a row of `COLUMNS`."""
    return StoredAnswer(
        PlayerId(player),
        question,
        SubmissionId(submission),
        answer_from(answer),
        Millis(received_at),
        Millis(elapsed_ms),
    )


async def answers_to(connection: AsyncConnection, session: Session, question: int) -> Sequence[StoredAnswer]:
    """Every stored answer to a question, kicked players' included, by arrival."""
    query = select(*COLUMNS).where(_asked(session, question)).order_by(answers.c.received_at, answers.c.player_id)
    found = (await connection.execute(named("read answers of question", query))).all()
    return await think(len(found), lambda: [stored_answer(*row) for row in found])


async def answer_of(
    connection: AsyncConnection, session: Session, question: int, player_id: PlayerId
) -> StoredAnswer | None:
    """A player's answer to a question."""
    query = select(*COLUMNS).where(_asked(session, question), answers.c.player_id == player_id)
    row = (await connection.execute(named("find answer", query))).one_or_none()
    return row and stored_answer(*row)


async def answers_of(
    connection: AsyncConnection, dialect: Dialect, session: Session, question: int, asking: Collection[PlayerId]
) -> Mapping[PlayerId, StoredAnswer]:
    """The answers of these players to a question."""
    query = select(*COLUMNS).where(_asked(session, question), dialect.among(answers.c.player_id, asking))
    found = (await connection.execute(named("find answers", query))).all()
    stored = await think(len(found), lambda: [stored_answer(*row) for row in found])
    return {each.player_id: each for each in stored}


async def answers_by(
    connection: AsyncConnection, dialect: Dialect, session: Session, player_id: PlayerId
) -> Sequence[StoredAnswer]:
    """A player's answers to all questions that have been opened."""
    # With every question named, each row is found by its whole key; without, the session's would all be read.
    questions = dialect.among(answers.c.question, range(1, session.question + 1))
    query = select(*COLUMNS).where(
        answers.c.month == session.month,
        answers.c.session_id == session.id,
        questions,
        answers.c.player_id == player_id,
    )
    found = await connection.execute(named("read answers of player", query.order_by(answers.c.question)))
    return [stored_answer(*row) for row in found]


async def count_seated_answers(connection: AsyncConnection, session: Session, question: int) -> int:
    """How many answers to a question are stored by players who still have their seat."""
    # Few are kicked: leaving those out is much cheaper than looking every seat up.
    kicked = select(players.c.id).where(players.c.session_id == session.id, KICKED)
    query = (
        select(func.count()).select_from(answers).where(_asked(session, question), answers.c.player_id.not_in(kicked))
    )
    return await connection.scalar(named("count answers", query)) or 0


def _asked(session: Session, question: int) -> ColumnElement[bool]:
    return and_(answers.c.month == session.month, answers.c.session_id == session.id, answers.c.question == question)
