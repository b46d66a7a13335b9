"""Answers, in SQL."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import AnswerRefusal, PendingAnswer
from quiz.storage.answer_batch import AnswerCommit
from quiz.storage.answer_rows import answer_of, answers_of, count_seated_answers
from quiz.storage.engine import Database
from quiz.storage.restore import restore_answers


class SqlAnswers:
    """An `AnswerLog`.

    Args:
        commit: gathers the answers that come at the same time, and writes them by `write_answers`.
    """

    def __init__(self, database: Database, commit: AnswerCommit) -> None:
        self._database = database
        self._commit = commit

    async def append(self, pending: PendingAnswer) -> StoredAnswer | AnswerRefusal:
        return await self._commit.append(pending)

    def put(self, pending: PendingAnswer, settle: Callable[[StoredAnswer | AnswerRefusal | Exception], None]) -> None:
        self._commit.put(pending, settle)

    async def restore(self, batch: Sequence[PendingAnswer]) -> Collection[SessionId]:
        return await restore_answers(self._database, batch)

    async def flush(self) -> None:
        await self._commit.flush()

    async def find(self, session: Session, question: int, player_id: PlayerId) -> StoredAnswer | None:
        async with self._database.read() as connection:
            return await answer_of(connection, session, question, player_id)

    async def find_all(
        self, session: Session, question: int, players: Collection[PlayerId]
    ) -> Mapping[PlayerId, StoredAnswer]:
        async with self._database.read() as connection:
            return await answers_of(connection, self._database.dialect, session, question, players)

    async def count(self, session: Session, question: int) -> int:
        async with self._database.read() as connection:
            return await count_seated_answers(connection, session, question)
