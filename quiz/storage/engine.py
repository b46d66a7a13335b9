"""Transactions, and the one place where a driver's error becomes `Unavailable`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.game.errors import Unavailable
from quiz.storage.dialects import Dialect, dialect_of, read_url
from quiz.storage.settings import StorageSettings
from quiz.storage.tables import users


class Database:
    """Connections to one database. Nothing connects before the first transaction; you must call `close` at the end.

    Raises:
        ValueError: when the URL is not one of a database we speak.
    """

    def __init__(self, settings: StorageSettings) -> None:
        self.dialect = dialect_of(read_url(settings.url))
        self._engines = self.dialect.engines(settings)
        self._check_timeout = settings.check_timeout_ms / 1000

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block, unless it raises or the block has rolled it back.

        Raises:
            Unavailable: then nothing was written, or, when it was lost on the way back from COMMIT, all of it.
        """
        with outages_as_unavailable(self.dialect):
            async with self._engines.writer.connect() as connection:
                yield connection
                await connection.commit()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that sees one instant throughout and cannot write.

        Raises:
            Unavailable: when the database does not answer in time.
        """
        with outages_as_unavailable(self.dialect):
            async with self._engines.reader.connect() as connection:
                yield connection

    async def check(self) -> None:
        """Read something within the bound for readiness.

        Raises:
            Unavailable: when it did not succeed.
        """
        with outages_as_unavailable(self.dialect):
            async with asyncio.timeout(self._check_timeout), self.read() as connection:
                # A bare SELECT 1 would not touch SQLite's file.
                await connection.execute(select(users.c.id).limit(1))

    async def close(self) -> None:
        """Close every connection."""
        await self._engines.reader.dispose()
        # Last, because on SQLite the last to leave may write, and tidies up the log.
        await self._engines.writer.dispose()


@contextmanager
def outages_as_unavailable(dialect: Dialect) -> Iterator[None]:
    """Let errors that a later try may not meet leave the block as `Unavailable`, and all others as they are."""
    try:
        yield
    except DBAPIError as error:
        if dialect.is_outage(error):
            raise Unavailable(f"The database: {error.orig}") from error
        raise
    except NoConnectionFree as error:
        raise Unavailable("No connection to the database became free in time.") from error
    except OSError as error:  # TimeoutError is one of them
        raise Unavailable(f"The database cannot be reached: {error}") from error
