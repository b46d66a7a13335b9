"""PostgreSQL: a server, with a pool of connections for those that write and one for those that only read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Final, TypeVar

import asyncpg
from sqlalchemy import (
    ARRAY,
    URL,
    BigInteger,
    ColumnElement,
    Table,
    any_,
    cast,
    extract,
    func,
    literal,
    select,
    true,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.game.ports import PendingAnswer
from quiz.storage import partitions
from quiz.storage.dialect import Change, Engines, NewRow, key_of, values_of
from quiz.storage.pinging import ping_when_stale
from quiz.storage.plain_answers import store_plain
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import named
from quiz.storage.thinking import think
from quiz.storage.unnest import among_unnested, array, columns_of, insert_unnested

_Value = TypeVar("_Value")

_NOW: Final = named("read clock", select(cast(func.floor(extract("epoch", func.clock_timestamp()) * 1000), BigInteger)))
"""Rounded down, as everywhere: a cast alone rounds to the nearest, and half of the time names an instant to come."""
_IDLE_TIMEOUT: Final = "idle_in_transaction_session_timeout"
_WRITERS_OF_TEN: Final = 4
_WRITERS_LEAST: Final = 2
_SETTINGS: Final = ("synchronous_commit", "fsync", "full_page_writes")
_WEAK: Final = {"off", "local"}
"""Values of theirs: `local` confirms what no standby has yet, though there are those that should."""
_DURABILITY: Final = named("read durability", select(*(func.current_setting(name) for name in _SETTINGS)))


class Postgresql:
    """A `Dialect`.

    Those that write see each statement's own instant (READ COMMITTED), so that what they read after waiting for a
    session's row is what those they waited for have left. Those that read see one instant (REPEATABLE READ).
    """

    stores_plain = True
    _OUTAGE_CLASSES: Final = ("08", "40", "53", "55", "57", "58")
    """SQLSTATE classes: connection, rollback by the server, resources, object in use, operator, system."""
    _READ_ONLY: Final = "25006"
    """What a server says that has become a standby."""
    _IDLE: Final = "25P03"
    """What it says to a transaction that was idle for too long."""
    _MIGRATIONS: Final = 0x7175697A
    """Names the advisory lock: "quiz"."""

    def engines(self, url: URL, settings: StorageSettings) -> Engines:
        # Thousands who reconnect at once wait for connections to read: answers and commands do not stand behind them.
        writers = max(_WRITERS_LEAST, settings.connections * _WRITERS_OF_TEN // 10)
        writers = max(1, min(writers, settings.connections - 1))
        writer = _pool(url, settings, writers, settings.idle_timeout_ms)
        reader = reading_pool(url, settings, max(1, settings.connections - writers))
        return Engines(writer, reader, (writer, reader))

    def among(self, column: ColumnElement[_Value], values: Collection[_Value]) -> ColumnElement[bool]:
        return column == any_(array([*values], column.type))

    def rows_among(self, table: Table, names: Sequence[str], values: Sequence[Sequence[object]]) -> ColumnElement[bool]:
        return among_unnested(table, names, values)

    async def insert_new(self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow]) -> int:
        statement = named(f"insert {table.name}", insert_unnested(table).on_conflict_do_nothing())
        return (await connection.execute(statement, columns_of(table, rows))).rowcount

    async def store_plain(self, connection: AsyncConnection, batch: Sequence[PendingAnswer]) -> int:
        lines = sorted({_line(session_id) for session_id in {pending.session_id for pending in batch}})
        try:
            return await store_plain(connection, lines, batch)
        except asyncpg.PostgresError as error:
            if self._is_outage(error.sqlstate) and not isinstance(error, asyncpg.PostgresConnectionError):
                raise Unavailable(f"The database: {error}") from error
        except (asyncpg.InterfaceError, ValueError):
            pass
        # The connection is gone, or one of them cannot be stored: the long way takes another, or says which.
        await connection.invalidate()
        return 0

    async def upsert(self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow]) -> None:
        statement = insert_unnested(table)
        changes = {name: statement.excluded[name] for name in values_of(table)}
        upsert = statement.on_conflict_do_update(index_elements=key_of(table), set_=changes)
        columns = await think(len(rows), lambda: columns_of(table, rows))
        await connection.execute(named(f"set {table.name}", upsert), columns)

    async def insert_or_change(
        self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow], change: Change
    ) -> None:
        statement = insert_unnested(table)
        merge = statement.on_conflict_do_update(
            index_elements=key_of(table),
            set_={name: statement.excluded[name] for name in change.columns},
            where=change.when(statement.excluded),
        )
        await connection.execute(named(f"merge {table.name}", merge), columns_of(table, rows))

    async def queue(
        self,
        connection: AsyncConnection,
        session_ids: Collection[str],
        *,
        shared: bool,
        idle_ms: Millis | None = None,
    ) -> None:
        lock = func.pg_advisory_xact_lock_shared if shared else func.pg_advisory_xact_lock
        # In the order of the keys, so that two who want the same ones never wait for each other in a circle.
        keys = literal(sorted({_line(session_id) for session_id in session_ids}), ARRAY(BigInteger))
        lines = func.unnest(keys).column_valued("line")
        wanted = [lock(lines)]
        if idle_ms is not None:
            # In the same way there and back; the `true` means until the transaction ends.
            wanted.append(func.set_config(_IDLE_TIMEOUT, str(idle_ms), true()))
        await connection.execute(named("queue for sessions", select(*wanted)))

    async def now(self, engine: AsyncEngine) -> Millis:
        # The way there and back is what makes a clock uncertain: no transaction, which would be two more.
        async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
            return Millis(await connection.scalar(_NOW) or 0)

    async def weaknesses(self, connection: AsyncConnection) -> Sequence[str]:
        values = (await connection.execute(_DURABILITY)).one()
        return [f"{name} is {value}" for name, value in zip(_SETTINGS, values, strict=True) if value in _WEAK]

    async def partition(self, connection: AsyncConnection, month: int) -> bool:
        return await partitions.add(connection, month)

    async def drop_before(self, connection: AsyncConnection, month: int) -> None:
        await partitions.drop_before(connection, month)

    def is_outage(self, error: DBAPIError) -> bool:
        return error.connection_invalidated or self._is_outage(getattr(error.orig, "sqlstate", None))

    def _is_outage(self, state: str | None) -> bool:
        state = state or ""
        return state[:2] in self._OUTAGE_CLASSES or state in {self._READ_ONLY, self._IDLE}

    def migration_engine(self, url: URL, lock_timeout_ms: Millis) -> AsyncEngine:
        return create_async_engine(
            url, poolclass=NullPool, connect_args={"server_settings": {"lock_timeout": str(lock_timeout_ms)}}
        )

    async def take_turn(self, connection: AsyncConnection) -> None:
        await connection.begin()
        await connection.execute(select(func.pg_advisory_xact_lock(self._MIGRATIONS)))

    async def verify(self, connection: AsyncConnection) -> None:
        """PostgreSQL keeps its keys through every change."""


def reading_pool(url: URL, settings: StorageSettings, connections: int) -> AsyncEngine:
    """Connections for transactions that see one instant and cannot write.

    They hold nobody up, and may be idle while much is made of what they have read.
    """
    pool = _pool(url, settings, connections, settings.turn_idle_timeout_ms)
    return pool.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _pool(url: URL, settings: StorageSettings, connections: int, idle_timeout_ms: Millis) -> AsyncEngine:
    pool = create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=settings.connection_wait_ms / 1000,
        hide_parameters=True,
        connect_args={
            "timeout": settings.connect_timeout_ms / 1000,
            # The server's own bound comes first; this one is for a server that has fallen silent.
            "command_timeout": (settings.statement_timeout_ms + settings.connect_timeout_ms) / 1000,
            "server_settings": {
                "application_name": "quiz",
                "statement_timeout": str(settings.statement_timeout_ms),
                "lock_timeout": str(settings.lock_timeout_ms),
                _IDLE_TIMEOUT: str(idle_timeout_ms),
            },
        },
    )
    ping_when_stale(pool)
    return pool


def _line(session_id: str) -> int:
    """The number of a session's line. Should two have the same, they wait for each other without need."""
    return int.from_bytes(blake2b(session_id.encode(), digest_size=8).digest(), signed=True)
