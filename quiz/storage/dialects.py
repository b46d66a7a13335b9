"""What differs between SQLite and PostgreSQL: all of it is here, and nothing else is.

The queries themselves are the same for both. `FOR SHARE` needs no branch either: SQLAlchemy leaves it out on SQLite,
where a transaction that writes has the file to itself.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final, Protocol, TypedDict

from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    URL,
    BindParameter,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    event,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from quiz.domain.ids import Millis
from quiz.storage.settings import StorageSettings

Row = Mapping[str, object]


class Engines(Struct, frozen=True):
    """Where transactions begin that write, and those that only read and see one instant throughout."""

    writer: AsyncEngine
    reader: AsyncEngine


class Dialect(Protocol):
    """One kind of database."""

    def engines(self, settings: StorageSettings) -> Engines:
        """Engines that connect when first used."""
        ...

    async def insert_new(self, connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> int:
        """Insert rows, leaving out those that break a unique key; says how many went in."""
        ...

    async def upsert(self, connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows, or set all columns of those that are there by primary key. `rows` are distinct and not empty."""
        ...

    def is_outage(self, error: DBAPIError) -> bool:
        """Whether the database is unreachable, busy or full: the same may succeed later."""
        ...

    def migration_engine(self, url: URL, lock_timeout_ms: Millis) -> AsyncEngine:
        """An engine for one connection that changes tables."""
        ...

    async def take_turn(self, connection: AsyncConnection) -> None:
        """Begin a transaction that changes tables, once no other such is under way."""
        ...

    async def verify(self, connection: AsyncConnection) -> None:
        """Raise when the change of tables that is about to be committed left something inconsistent."""
        ...


class PartialIndex(TypedDict):
    """Arguments of an `Index` over some rows only."""

    sqlite_where: ColumnElement[bool]
    postgresql_where: ColumnElement[bool]


def partial(condition: ColumnElement[bool]) -> PartialIndex:
    """Limit an index to the rows that fulfil a condition."""
    return {"sqlite_where": condition, "postgresql_where": condition}


def read_url(raw: str) -> URL:
    """Read a database URL; the driver is always ours.

    Raises:
        ValueError: when it is no URL, or one of a database we do not speak.
    """
    try:
        url = make_url(raw)
    except ArgumentError as error:
        raise ValueError("The database URL cannot be read; it looks like sqlite:///quiz.db.") from error
    match url.get_backend_name():
        case "sqlite":
            if url.database in {None, "", ":memory:"}:
                raise ValueError("SQLite needs a file: what lives in memory is seen by one connection only.")
            return url.set(drivername="sqlite+aiosqlite")
        case "postgresql" | "postgres":
            return url.set(drivername="postgresql+asyncpg")
        case other:
            raise ValueError(f"There is no storage on {other}; use sqlite or postgresql.")


def dialect_of(url: URL) -> Dialect:
    """The dialect that a URL of `read_url` speaks."""
    return _Sqlite() if url.get_backend_name() == "sqlite" else _Postgresql()


class _Sqlite:
    """One file, one connection that writes and some that read.

    All writers share one connection, so they stand in line in this process, where the line is fair, and not at the
    file's lock, where they would poll. WAL lets readers see the last commit meanwhile.
    """

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

    def engines(self, settings: StorageSettings) -> Engines:
        url = read_url(settings.url)

        def engine(connections: int, begin: str, *pragmas: str) -> AsyncEngine:
            made = create_async_engine(
                url, pool_size=connections, max_overflow=0, pool_timeout=settings.connection_wait_ms / 1000
            )
            _prepare(made, begin, f"busy_timeout = {settings.lock_timeout_ms}", *pragmas)
            return made

        durable = ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON")
        return Engines(
            writer=engine(1, "BEGIN IMMEDIATE", *durable),
            reader=engine(settings.readers, "BEGIN", *durable, "query_only = ON"),
        )

    async def insert_new(self, connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> int:
        statement = sqlite.insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)
        return (await connection.execute(statement, rows)).rowcount

    async def upsert(self, connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
        statement = sqlite.insert(table)
        changes = {name: statement.excluded[name] for name in _values(table)}
        await connection.execute(statement.on_conflict_do_update(index_elements=_key(table), set_=changes), rows)

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
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "connect", connected)
    event.listen(engine.sync_engine, "begin", begun)


class _Postgresql:
    """A server; writers and readers share one pool.

    Those that write see each statement's own instant (READ COMMITTED), so that what they read after waiting for a
    session's row is what those they waited for have left. Those that read see one instant (REPEATABLE READ).
    """

    _OUTAGE_CLASSES: Final = ("08", "40", "53", "55", "57", "58")
    """SQLSTATE classes: connection, rollback by the server, resources, object in use, operator, system."""
    _READ_ONLY: Final = "25006"
    """What a server says that has become a standby."""
    _MIGRATIONS: Final = 0x7175697A
    """Names the advisory lock: "quiz"."""

    def engines(self, settings: StorageSettings) -> Engines:
        writer = create_async_engine(
            read_url(settings.url),
            pool_size=settings.connections,
            max_overflow=0,
            pool_timeout=settings.connection_wait_ms / 1000,
            pool_pre_ping=True,
            connect_args={
                "timeout": settings.connect_timeout_ms / 1000,
                # The server's own bound comes first; this one is for a server that has fallen silent.
                "command_timeout": (settings.statement_timeout_ms + settings.connect_timeout_ms) / 1000,
                "server_settings": {
                    "application_name": "quiz",
                    "statement_timeout": str(settings.statement_timeout_ms),
                    "lock_timeout": str(settings.lock_timeout_ms),
                    "idle_in_transaction_session_timeout": str(2 * settings.statement_timeout_ms),
                },
            },
        )
        reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return Engines(writer, reader)

    async def insert_new(self, connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> int:
        statement = _insert_unnested(table).on_conflict_do_nothing()
        return (await connection.execute(statement, _columns(table, rows))).rowcount

    async def upsert(self, connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
        statement = _insert_unnested(table)
        changes = {name: statement.excluded[name] for name in _values(table)}
        upsert = statement.on_conflict_do_update(index_elements=_key(table), set_=changes)
        await connection.execute(upsert, _columns(table, rows))

    def is_outage(self, error: DBAPIError) -> bool:
        state = getattr(error.orig, "sqlstate", None) or ""
        return error.connection_invalidated or state[:2] in self._OUTAGE_CLASSES or state == self._READ_ONLY

    def migration_engine(self, url: URL, lock_timeout_ms: Millis) -> AsyncEngine:
        return create_async_engine(
            url, poolclass=NullPool, connect_args={"server_settings": {"lock_timeout": str(lock_timeout_ms)}}
        )

    async def take_turn(self, connection: AsyncConnection) -> None:
        await connection.begin()
        await connection.execute(select(func.pg_advisory_xact_lock(self._MIGRATIONS)))

    async def verify(self, connection: AsyncConnection) -> None:
        """PostgreSQL keeps its keys through every change."""


def _insert_unnested(table: Table) -> postgresql.Insert:
    """One statement for any number of rows, with one array for each column: it is planned once and sent in one go."""
    names = [column.name for column in table.columns]
    arrays: list[BindParameter[object]] = [
        bindparam(_array(name), type_=ARRAY(table.columns[name].type)) for name in names
    ]
    rows = func.unnest(*arrays).table_valued(*names, name="rows").render_derived()
    return postgresql.insert(table).from_select(names, select(*rows.columns))


def _columns(table: Table, rows: Sequence[Row]) -> dict[str, list[object]]:
    return {_array(column.name): [row.get(column.name) for row in rows] for column in table.columns}


def _array(name: str) -> str:
    # A parameter of an insert may not be called like one of its columns.
    return f"every_{name}"


def _key(table: Table) -> list[str]:
    return [column.name for column in table.primary_key]


def _values(table: Table) -> list[str]:
    return [column.name for column in table.columns if not column.primary_key]
