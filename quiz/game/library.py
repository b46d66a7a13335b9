"""A quiz master's quizzes: kept, changed, imported and exported. Everybody sees their own only."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from typing import Final

from msgspec import Struct

from quiz.domain.ids import Millis, QuizId, UserId
from quiz.domain.quiz import Quiz
from quiz.domain.validation import InvalidQuiz
from quiz.game.errors import Refused
from quiz.game.files import FileKind, QuizFiles, SkippedEntry
from quiz.game.new_ids import new_quiz_id
from quiz.game.ports import Clock, QuizStore, QuizSummary, StoredQuiz

_ATTEMPTS: Final = 5
"""How often a change of whatever revision is there is tried again when others change the quiz meanwhile."""

Revisions = Collection[int] | None
"""The revisions that a change was made for; None: for whichever is there."""


class Kept(Struct, frozen=True):
    """A quiz as it is now stored."""

    id: QuizId
    revision: int


class ImportedQuiz(Struct, frozen=True):
    """A quiz made of a file, and what was left out."""

    id: QuizId
    imported: int
    skipped: Sequence[SkippedEntry]


class ExportedQuiz(Struct, frozen=True):
    """A quiz as a file."""

    title: str
    kind: FileKind
    data: bytes


class Library:
    """Use cases about quizzes. All raise `Refused` `not_found` for a quiz that the owner does not have."""

    def __init__(self, store: QuizStore, files: QuizFiles, clock: Clock) -> None:
        self._store = store
        self._files = files
        self._clock = clock

    async def page(self, owner: UserId, limit: int, after: tuple[Millis, QuizId] | None) -> Sequence[QuizSummary]:
        """The owner's quizzes, last changed first, at most `limit`."""
        return await self._store.page(owner, limit, after)

    async def get(self, owner: UserId, quiz_id: QuizId) -> StoredQuiz:
        """One quiz with its revision."""
        if (stored := await self._store.get(quiz_id, owner)) is None:
            raise Refused("not_found", "There is no such quiz.")
        return stored

    async def add(self, owner: UserId, quiz: Quiz) -> Kept:
        """Keep a new quiz."""
        quiz_id = new_quiz_id()
        await self._store.add(quiz_id, owner, quiz, self._clock.now())
        return Kept(quiz_id, revision=1)

    async def replace(self, owner: UserId, quiz_id: QuizId, quiz: Quiz, revisions: Revisions) -> Kept:
        """Put another version in the place of one of `revisions`.

        Raises:
            Refused: `precondition_failed` when the present revision is none of them.
        """
        for _ in range(_ATTEMPTS):
            present = await self._present(owner, quiz_id, revisions)
            if (revision := await self._store.replace(quiz_id, owner, quiz, present, self._clock.now())) is not None:
                return Kept(quiz_id, revision)
        raise Refused("precondition_failed")

    async def remove(self, owner: UserId, quiz_id: QuizId, revisions: Revisions) -> None:
        """Remove a quiz; sessions made from it play on.

        Raises:
            Refused: `precondition_failed` when the present revision is none of `revisions`.
        """
        for _ in range(_ATTEMPTS):
            present = None if revisions is None else await self._present(owner, quiz_id, revisions)
            if await self._store.delete(quiz_id, owner, present):
                return
            if present is None:
                raise Refused("not_found", "There is no such quiz.")
        raise Refused("precondition_failed")

    async def import_file(self, owner: UserId, data: bytes, format_name: str, title: str | None) -> ImportedQuiz:
        """Keep the quiz that a file holds.

        Raises:
            Refused: `invalid` for an unknown format or a title that cannot be used, `not_this_format`.
        """
        _check_format(format_name, self._files.readable)
        try:
            read = await asyncio.to_thread(self._files.read, data, format_name, title)
        except InvalidQuiz as invalid:
            raise refusal_of(invalid) from None
        kept = await self.add(owner, read.quiz)
        return ImportedQuiz(kept.id, read.imported, read.skipped)

    async def export(self, owner: UserId, quiz_id: QuizId, format_name: str) -> ExportedQuiz:
        """A quiz as a file.

        Raises:
            Refused: `invalid` for an unknown format.
        """
        _check_format(format_name, self._files.writable)
        quiz = (await self.get(owner, quiz_id)).quiz
        data = await asyncio.to_thread(self._files.write, quiz, format_name)
        return ExportedQuiz(quiz.title, self._files.kind(format_name), data)

    async def _present(self, owner: UserId, quiz_id: QuizId, revisions: Revisions) -> int:
        present = (await self.get(owner, quiz_id)).revision
        if revisions is not None and present not in revisions:
            raise Refused("precondition_failed")
        return present


def refusal_of(invalid: InvalidQuiz) -> Refused:
    """What is wrong with a quiz, by field; of several problems of one field the first."""
    fields: dict[str, str] = {}
    for problem in invalid.problems:
        fields.setdefault(problem.field or "quiz", problem.message)
    return Refused("invalid", invalid.problems[0].message, fields=fields)


def _check_format(name: str, known: Collection[str]) -> None:
    if name not in known:
        message = f"The format should be one of {', '.join(sorted(known))}."
        raise Refused("invalid", message, fields={"format": message})
