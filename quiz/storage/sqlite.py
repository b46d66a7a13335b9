"""SQLite: one file, one connection that writes and some that read."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection, Sequence
from typing import Final, TypeVar

from sqlalchemy import URL, ColumnElement, Connection, Table, delete, event, text, tuple_
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from quiz.domain.ids import Millis
from quiz.game.ports import PendingAnswer
from quiz.storage.dialect import Change, Engines, NewRow, key_of, values_of
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import NAME, named
from quiz.storage.tables import answers

_Value = TypeVar("_Value")

_FULL: Final = 2
"""Of `synchronous`: a commit is on disk before it is confirmed."""


class Sqlite:
    """A `Dialect`.

    All writers share one connection, so they stand in line in this process, where the line is fair, and not at the
    file's lock, where they would poll. WAL lets readers see the last commit meanwhile.
    """

    stores_plain = False
    _OUTAGES: Final = frozenset(
        {
            sqlite3.SQLITE_BUSY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_INTERRUPT,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_LOCKED,
            sqlite3.SQLITE_NOMEM,
            sqlite3.SQLITE_PROTOCOL,
            sqlite3.SQLITE_READONLY,
        }
    )

    def engines(self, url: URL, settings: StorageSettings) -> Engines:
        def engine(connections: int, begin: str, *pragmas: str) -> AsyncEngine:
            made = create_async_engine(
                url,
                pool_size=connections,
                max_overflow=0,
                pool_timeout=settings.connection_wait_ms / 1000,
                hide_parameters=True,
            )
            _prepare(made, begin, f"busy_timeout = {settings.lock_timeout_ms}", *pragmas)
            return made

        durable = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
        writer = engine(1, "BEGIN IMMEDIATE", *durable)
        reader = engine(settings.readers, "BEGIN", *durable, "query_only = ON")
        return Engines(writer, reader, (writer, reader))

    def among(self, column: ColumnElement[_Value], values: Collection[_Value]) -> ColumnElement[bool]:
        return column.in_(values)

    def rows_among(self, table: Table, names: Sequence[str], values: Sequence[Sequence[object]]) -> ColumnElement[bool]:
        return tuple_(*(table.columns[name] for name in names)).in_(values)

    async def insert_new(self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow]) -> int:
        statement = sqlite.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        return (await connection.execute(named(f"insert {table.name}", statement), rows)).rowcount

    async def store_plain(self, connection: AsyncConnection, batch: Sequence[PendingAnswer]) -> int:
        return 0  # statements are calls in this process: fewer of them would save little

    async def upsert(self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow]) -> None:
        statement = sqlite.insert(table)
        changes = {name: statement.excluded[name] for name in values_of(table)}
        upsert = statement.on_conflict_do_update(index_elements=key_of(table), set_=changes)
        await connection.execute(named(f"set {table.name}", upsert), rows)

    async def insert_or_change(
        self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow], change: Change
    ) -> None:
        statement = sqlite.insert(table)
        merge = statement.on_conflict_do_update(
            index_elements=key_of(table),
            set_={name: statement.excluded[name] for name in change.columns},
            where=change.when(statement.excluded),
        )
        await connection.execute(named(f"merge {table.name}", merge), rows)

    async def queue(
        self,
        connection: AsyncConnection,
        session_ids: Collection[str],
        *,
        shared: bool,
        idle_ms: Millis | None = None,
    ) -> None:
        """Writers stand in one line already, and nobody ends the transaction of one that is idle."""

    async def now(self, engine: AsyncEngine) -> Millis:
        return Millis(time.time_ns() // 1_000_000)

    async def weaknesses(self, connection: AsyncConnection) -> Sequence[str]:
        synchronous = await connection.scalar(named("read durability", text("PRAGMA synchronous")))
        return [] if synchronous is not None and synchronous >= _FULL else [f"synchronous is {synchronous}"]

    async def partition(self, connection: AsyncConnection, month: int) -> bool:
        return False

    async def drop_before(self, connection: AsyncConnection, month: int) -> None:
        await connection.execute(named("drop answers", delete(answers).where(answers.c.month < month)))

    def is_outage(self, error: DBAPIError) -> bool:
        code = getattr(error.orig, "sqlite_errorcode", None)
        # The lowest byte is the kind, those above say more; an error of the driver's own making has no code.
        return error.connection_invalidated if code is None else code & 0xFF in self._OUTAGES

    def migration_engine(self, url: URL, lock_timeout_ms: Millis) -> AsyncEngine:
        engine = create_async_engine(url, poolclass=NullPool)
        # SQLite changes a table by making it anew and dropping the old one, which enforced keys would not survive;
        # and whether they are enforced cannot change inside a transaction.
        _prepare(engine, "BEGIN IMMEDIATE", f"busy_timeout = {lock_timeout_ms}", "foreign_keys = OFF")
        return engine

    async def take_turn(self, connection: AsyncConnection) -> None:
        await connection.begin()

    async def verify(self, connection: AsyncConnection) -> None:
        if broken := (await connection.execute(text("PRAGMA foreign_key_check"))).all():
            raise RuntimeError(f"{len(broken)} rows would point nowhere, the first in {broken[0][0]}")


def _prepare(engine: AsyncEngine, begin: str, *pragmas: str) -> None:
    """Set up each new connection, and begin transactions ourselves: the driver's own way would begin them too late."""

    def connected(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        try:
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
        except BaseException:
            # The pool has not taken it over yet, and its thread would wait for work until the interpreter ends.
            connection.close()
            raise

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(begin, execution_options={NAME: "begin"})

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)
