"""Quizzes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from quiz.domain.ids import Millis, QuizId, UserId
from quiz.domain.quiz import Quiz


class StoredQuiz(Struct, frozen=True):
    """A quiz and the revision that its ETag names; revisions grow by one with every change."""

    id: QuizId
    owner: UserId
    revision: int
    updated_at: Millis
    quiz: Quiz


class QuizSummary(Struct, frozen=True):
    """A line in a list of quizzes; `questions` is how many there are."""

    id: QuizId
    title: str
    language: str
    questions: int
    updated_at: Millis


class QuizStore(Protocol):
    """Quizzes, each seen by its owner only."""

    async def add(self, quiz_id: QuizId, owner: UserId, quiz: Quiz, now: Millis) -> None:
        """Store a new quiz at revision 1."""
        ...

    async def get(self, quiz_id: QuizId, owner: UserId) -> StoredQuiz | None: ...

    async def page(self, owner: UserId, limit: int, after: tuple[Millis, QuizId] | None) -> Sequence[QuizSummary]:
        """The owner's quizzes, last changed first, at most `limit`, those behind the `after` line only."""
        ...

    async def replace(self, quiz_id: QuizId, owner: UserId, quiz: Quiz, revision: int, now: Millis) -> int | None:
        """Store a new revision if `revision` is the present one; the new revision, or None if it was not."""
        ...

    async def delete(self, quiz_id: QuizId, owner: UserId, revision: int | None) -> bool:
        """Remove a quiz (only at `revision`, when given); sessions made from it play on. False: nothing removed."""
        ...
