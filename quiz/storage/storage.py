"""The whole room, opened and closed at once."""

from __future__ import annotations

from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Final, Self

from quiz.game.ports import AnswerLog, QuizStore, SessionStore, UserStore
from quiz.storage.answer_batch import AnswerCommit, write_answers
from quiz.storage.answers import SqlAnswers
from quiz.storage.engine import Database
from quiz.storage.group_commit import GroupCommitObserver, Unobserved
from quiz.storage.quizzes import SqlQuizzes
from quiz.storage.seat_batch import SeatCommit, write_seats
from quiz.storage.sessions import SqlSessions
from quiz.storage.settings import StorageSettings
from quiz.storage.users import SqlUsers


class Storage:
    """Every store over one database, which has been migrated. Enter it once; leaving it writes what waits.

    Args:
        answers_observer: is told how the group commit of answers fares.
        seats_observer: the same for seats.

    Raises:
        ValueError: when the URL is not one of a database we speak.
    """

    def __init__(
        self,
        settings: StorageSettings,
        *,
        answers_observer: GroupCommitObserver | None = None,
        seats_observer: GroupCommitObserver | None = None,
    ) -> None:
        self._database = database = Database(settings)
        self._answers = AnswerCommit(
            partial(write_answers, database), settings.answers, answers_observer or Unobserved()
        )
        self._seats = SeatCommit(partial(write_seats, database), settings.seats, seats_observer or Unobserved())
        self._open = AsyncExitStack()
        self.users: Final[UserStore] = SqlUsers(database)
        self.quizzes: Final[QuizStore] = SqlQuizzes(database)
        self.sessions: Final[SessionStore] = SqlSessions(database, self._seats, settings.scripts_kept)
        self.answers: Final[AnswerLog] = SqlAnswers(database, self._answers)

    async def __aenter__(self) -> Self:
        self._open.push_async_callback(self._database.close)
        await self._open.enter_async_context(self._answers)
        await self._open.enter_async_context(self._seats)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._open.aclose()

    async def check(self) -> None:
        """Ask the database for something, for readiness.

        Raises:
            Unavailable: when it does not answer within the bound.
        """
        await self._database.check()
