"""The whole room, opened and closed at once."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AsyncExitStack
from functools import partial
from types import TracebackType
from typing import Final, Self

import structlog
from sqlalchemy.exc import DBAPIError

from quiz.domain.ids import Millis
from quiz.domain.session import month_of
from quiz.game.ports import AnswerLog, ContentCache, QuizStore, SessionStore, UserStore
from quiz.storage.answer_batch import AnswerCommit, write_answers
from quiz.storage.answers import SqlAnswers
from quiz.storage.engine import Database, PoolUse
from quiz.storage.group_commit import GroupCommitObserver, Unobserved
from quiz.storage.partitions import next_month
from quiz.storage.quizzes import SqlQuizzes
from quiz.storage.scripts import CacheObserver, Scripts
from quiz.storage.seat_batch import SeatCommit, write_seats
from quiz.storage.sessions import SqlSessions
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import QueryObserver
from quiz.storage.users import SqlUsers

_MONTHS: Final = 3
"""For how many months there are partitions: a node that makes none for two months is no harm."""

log = structlog.get_logger("quiz.storage")


class Storage:
    """Every store over one database, which has been migrated. Enter it once; leaving it writes what waits.

    Args:
        answers_observer: is told how the group commit of answers fares.
        seats_observer: the same for seats.
        queries_observer: is told of slow statements.
        cache: content that all nodes share, asked before the database.
        cache_observer: is told where content was found.

    Raises:
        ValueError: when the URL is not one of a database we speak, or a replica is named that it cannot have.
    """

    def __init__(
        self,
        settings: StorageSettings,
        *,
        answers_observer: GroupCommitObserver | None = None,
        seats_observer: GroupCommitObserver | None = None,
        queries_observer: QueryObserver | None = None,
        cache: ContentCache | None = None,
        cache_observer: CacheObserver | None = None,
    ) -> None:
        self._database = database = Database(settings, queries_observer)
        self._answers = AnswerCommit(
            partial(write_answers, database), settings.answers, answers_observer or Unobserved()
        )
        self._seats = SeatCommit(partial(write_seats, database), settings.seats, seats_observer or Unobserved())
        self._open = AsyncExitStack()
        self.users: Final[UserStore] = SqlUsers(database)
        self.quizzes: Final[QuizStore] = SqlQuizzes(database)
        scripts = Scripts(settings.scripts_kept, cache, cache_observer)
        self.sessions: Final[SessionStore] = SqlSessions(database, self._seats, scripts)
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

    async def check_durability(self) -> None:
        """Look whether what the database confirms is there after a crash, as far as its settings tell.

        Raises:
            NotDurable: when it may not be.
            Unavailable: when the database does not answer in time.
        """
        await self._database.check_durability()

    async def now(self) -> Millis:
        """The database's clock, in milliseconds since the epoch; with SQLite it is this machine's.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        return await self._database.now()

    def pool_use(self) -> PoolUse:
        """How busy the connections to the database are."""
        return self._database.pool_use()

    async def ensure_partitions(self, now: Millis) -> Sequence[int]:
        """Make the partitions of this month and the next two, where answers have partitions; gives those it made.

        To be called now and then by every node, at the same time too. What cannot be made is not missed: the default
        partition takes its answers.

        Raises:
            Unavailable: when the database does not answer in time, or the tables are too busy.
        """
        made, month = [], month_of(now)
        for _ in range(_MONTHS):
            try:
                async with self._database.write() as connection:
                    if await self._database.dialect.partition(connection, month):
                        made.append(month)
            except DBAPIError as error:
                # The role may not make tables, or a row for the default partition was quicker.
                log.warning("no partition made", action="partitions", month=month, reason=str(error.orig))
            month = next_month(month)
        return made

    async def drop_before(self, month: int) -> None:
        """Remove all answers of sessions made before a month like 202611. Totals stay; they can be counted no more.

        Raises:
            Unavailable: when the database does not answer in time, or the tables are too busy.
        """
        async with self._database.write() as connection:
            await self._database.dialect.drop_before(connection, month)
