"""Transactions, and the one place where a driver's error becomes `Unavailable`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, NamedTuple, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.pool import QueuePool

from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.storage.dialect import Dialect
from quiz.storage.dialects import dialect_of, read_url
from quiz.storage.group_commit import HeldUp
from quiz.storage.replica import Replica
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import QueryObserver, SlowStatements, named
from quiz.storage.tables import users

_Result = TypeVar("_Result")


class NotDurable(Exception):
    """The database is set up so that it may lose what it has confirmed. Says how, for people."""


class PoolUse(NamedTuple):
    """How many connections to the database are in use, of how many that there may be."""

    in_use: int
    size: int


class Database:
    """Connections to one database. Nothing connects before the first transaction; you must call `close` at the end.

    Raises:
        ValueError: when the URL is not one of a database we speak, or a replica is named that it cannot have.
    """

    def __init__(self, settings: StorageSettings, observer: QueryObserver | None = None) -> None:
        url = read_url(settings.url)
        self.dialect = dialect_of(url)
        self.turn_idle_timeout_ms: Final = settings.turn_idle_timeout_ms
        self._engines = self.dialect.engines(url, settings)
        self._check_timeout = settings.check_timeout_ms / 1000
        self._slow = SlowStatements(settings.slow_query_ms, observer)
        for pool in self._engines.pools:
            self._slow.attach(pool)
        self._replica: Replica | None = None
        if settings.replica_url is not None:
            self._replica = Replica(read_url(settings.replica_url), url, settings, self._slow)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block, unless it raises or the block has rolled it back.

        Raises:
            Unavailable: then nothing was written, or, when it was lost on the way back from COMMIT, all of it.
        """
        with outages_as_unavailable(self.dialect):
            async with self._engines.writer.connect() as connection:
                yield connection
                with self._slow.watch("commit"):
                    await connection.commit()

    @asynccontextmanager
    async def write_at_once(self, name: str) -> AsyncIterator[AsyncConnection]:
        """A connection for something that is a transaction by itself, watched under a name like a statement.

        Raises:
            Unavailable: then nothing was written, or all of it.
        """
        with outages_as_unavailable(self.dialect):
            async with self._engines.writer.connect() as connection:
                try:
                    with self._slow.watch(name):
                        yield connection
                except Exception:
                    await connection.invalidate()  # it may still be busy with what failed
                    raise

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one instant throughout and cannot write.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        with outages_as_unavailable(self.dialect):
            async with self._engines.reader.connect() as connection:
                yield connection

    async def read_history(self, query: Callable[[AsyncConnection], Awaitable[_Result]]) -> _Result:
        """Read in a transaction of the replica, if there is one and it has all that is committed at this moment.

        `query` is called again, on the primary, when the replica cannot be used or breaks off.

        Raises:
            Unavailable: when the primary does not answer in time.
        """
        if self._replica is not None and self._replica.is_worth_a_try():
            async with self.read() as connection:
                position = await self._replica.position(connection)
            try:
                with outages_as_unavailable(self.dialect):
                    async with self._replica.read(position) as connection:
                        return await query(connection)
            except (Unavailable, DBAPIError) as error:
                self._replica.leave_alone(str(error.orig if isinstance(error, DBAPIError) else error))
        async with self.read() as connection:
            return await query(connection)

    async def now(self) -> Millis:
        """The database's clock, in milliseconds since the epoch.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        with outages_as_unavailable(self.dialect):
            return await self.dialect.now(self._engines.reader)

    async def check(self) -> None:
        """Read something within the bound for readiness.

        Raises:
            Unavailable: when it did not succeed.
        """
        with outages_as_unavailable(self.dialect):
            async with asyncio.timeout(self._check_timeout), self.read() as connection:
                # A bare SELECT 1 would not touch SQLite's file.
                await connection.execute(named("check", select(users.c.id).limit(1)))

    async def check_durability(self) -> None:
        """Look whether what this database confirms is there after a crash.

        Raises:
            NotDurable: when it may not be.
            Unavailable: when the database does not answer in time.
        """
        async with self.write() as connection:
            weaknesses = await self.dialect.weaknesses(connection)
        if weaknesses:
            raise NotDurable(f"The database may lose what it has confirmed: {', '.join(weaknesses)}.")

    def pool_use(self) -> PoolUse:
        """How busy the connections are, those to a replica aside."""
        pools = [engine.sync_engine.pool for engine in self._engines.pools]
        queues = [pool for pool in pools if isinstance(pool, QueuePool)]
        return PoolUse(sum(pool.checkedout() for pool in queues), sum(pool.size() for pool in queues))

    async def close(self) -> None:
        """Close every connection."""
        if self._replica is not None:
            await self._replica.close()
        # The writer comes last, because on SQLite the last to leave may write, and tidies up the log.
        for engine in reversed(self._engines.pools):
            await engine.dispose()


_IDLE_TOO_LONG: Final = "idle-in-transaction timeout"
"""What the server's words hold, under whichever code the driver passes them on."""


@contextmanager
def outages_as_unavailable(dialect: Dialect) -> Iterator[None]:
    """Let errors that a later try may not meet leave the block as `Unavailable`, and all others as they are."""
    try:
        yield
    except DBAPIError as error:
        if _IDLE_TOO_LONG in str(error.orig):
            raise HeldUp(f"The database: {error.orig}") from error
        if dialect.is_outage(error):
            raise Unavailable(f"The database: {error.orig}") from error
        raise
    except NoConnectionFree as error:
        raise Unavailable("No connection to the database became free in time.") from error
    except OSError as error:  # TimeoutError is one of them
        raise Unavailable(f"The database cannot be reached: {str(error) or 'no answer in time'}.") from error
