"""Quizzes, in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, tuple_, update

from quiz.domain.ids import Millis, QuizId, UserId
from quiz.domain.quiz import Quiz
from quiz.game.ports import QuizSummary, StoredQuiz
from quiz.storage.documents import quiz_from, to_text
from quiz.storage.engine import Database
from quiz.storage.statements import named
from quiz.storage.tables import quizzes


class SqlQuizzes:
    """A `QuizStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, quiz_id: QuizId, owner: UserId, quiz: Quiz, now: Millis) -> None:
        row = {"id": quiz_id, "owner": owner, "revision": 1, "created_at": now, "updated_at": now, **_columns(quiz)}
        async with self._database.write() as connection:
            await self._database.dialect.insert_new(connection, quizzes, [row])

    async def get(self, quiz_id: QuizId, owner: UserId) -> StoredQuiz | None:
        query = select(quizzes.c.revision, quizzes.c.updated_at, quizzes.c.document)
        async with self._database.read() as connection:
            query = query.where(quizzes.c.id == quiz_id, quizzes.c.owner == owner)
            row = (await connection.execute(named("read quiz", query))).one_or_none()
        return row and StoredQuiz(quiz_id, owner, row.revision, row.updated_at, quiz_from(row.document))

    async def page(self, owner: UserId, limit: int, after: tuple[Millis, QuizId] | None) -> Sequence[QuizSummary]:
        place = tuple_(quizzes.c.updated_at, quizzes.c.id)
        query = (
            select(quizzes.c.id, quizzes.c.title, quizzes.c.language, quizzes.c.questions, quizzes.c.updated_at)
            .where(quizzes.c.owner == owner)
            .order_by(quizzes.c.updated_at.desc(), quizzes.c.id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(place < after)
        async with self._database.read() as connection:
            return [QuizSummary(*row) for row in await connection.execute(named("list quizzes", query))]

    async def replace(self, quiz_id: QuizId, owner: UserId, quiz: Quiz, revision: int, now: Millis) -> int | None:
        statement = (
            update(quizzes)
            .where(quizzes.c.id == quiz_id, quizzes.c.owner == owner, quizzes.c.revision == revision)
            .values(revision=revision + 1, updated_at=now, **_columns(quiz))
        )
        async with self._database.write() as connection:
            changed = (await connection.execute(named("replace quiz", statement))).rowcount
        return revision + 1 if changed else None

    async def delete(self, quiz_id: QuizId, owner: UserId, revision: int | None) -> bool:
        statement = delete(quizzes).where(quizzes.c.id == quiz_id, quizzes.c.owner == owner)
        if revision is not None:
            statement = statement.where(quizzes.c.revision == revision)
        async with self._database.write() as connection:
            return (await connection.execute(named("delete quiz", statement))).rowcount > 0


def _columns(quiz: Quiz) -> dict[str, str | int]:
    return {
        "title": quiz.title,
        "language": quiz.language,
        "questions": len(quiz.questions),
        "document": to_text(quiz),
    }
