"""What differs between databases stands behind this protocol, with an adapter for each kind, and nothing else does.

The queries themselves are the same for all. `FOR SHARE` needs no branch either: SQLAlchemy leaves it out on SQLite,
where a transaction that writes has the file to itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Protocol, TypeAlias, TypedDict, TypeVar

from msgspec import Struct
from sqlalchemy import URL, ColumnElement, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from quiz.domain.ids import Millis
from quiz.game.ports import PendingAnswer
from quiz.storage.settings import StorageSettings

_Value = TypeVar("_Value")

NewRow = Mapping[str, object]
Columns: TypeAlias = "ReadOnlyColumnCollection[str, ColumnElement[object]]"


class Engines(Struct, frozen=True):
    """Where transactions begin that write, and those that only read and see one instant throughout.

    `pools` are those that have connections of their own.
    """

    writer: AsyncEngine
    reader: AsyncEngine
    pools: tuple[AsyncEngine, ...]


class Change(Struct, frozen=True):
    """What becomes of a row that is there when another comes with its primary key: `columns` are set to the new values.

    `when` is given the new row's columns and says whether.
    """

    columns: tuple[str, ...]
    when: Callable[[Columns], ColumnElement[bool]]


class Dialect(Protocol):
    """One kind of database.

    `stores_plain` says whether `store_plain` is worth calling.
    """

    stores_plain: bool

    def engines(self, url: URL, settings: StorageSettings) -> Engines:
        """Engines that connect when first used."""
        ...

    def among(self, column: ColumnElement[_Value], values: Collection[_Value]) -> ColumnElement[bool]:
        """Whether a column has one of any number of values, in SQL that is the same for every number."""
        ...

    def rows_among(self, table: Table, names: Sequence[str], values: Sequence[Sequence[object]]) -> ColumnElement[bool]:
        """The same for columns of a table that are taken together; `values` has a sequence for each row wanted."""
        ...

    async def insert_new(self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow]) -> int:
        """Insert rows, leaving out those that break a unique key; says how many went in."""
        ...

    async def store_plain(self, connection: AsyncConnection, batch: Sequence[PendingAnswer]) -> int:
        """Store those of a batch of answers that nothing stands against, and commit; says how many that were.

        Nothing stands against the first answer of a seated player to the open question of a session that does not
        move meanwhile. It is for speed only: a dialect may leave some out, or all, and which it was is not said.

        Args:
            connection: in no transaction.

        Raises:
            Unavailable: when the database does not answer in time; all of them may have been stored.
        """
        ...

    async def upsert(self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow]) -> None:
        """Insert rows, or set all columns of those that are there by primary key. `rows` are distinct and not empty."""
        ...

    async def insert_or_change(
        self, connection: AsyncConnection, table: Table, rows: Sequence[NewRow], change: Change
    ) -> None:
        """Insert or change rows, which are as for `upsert`."""
        ...

    async def queue(
        self,
        connection: AsyncConnection,
        session_ids: Collection[str],
        *,
        shared: bool,
        idle_ms: Millis | None = None,
    ) -> None:
        """Stand in line for sessions until the transaction ends; those who share stand there together.

        Before a transaction holds the rows of sessions, because rows know no line: whoever shares one is let in past
        somebody who waits to change it, and a host's command would wait for as long as answers keep coming. It is for
        fairness only, and what is right does not depend on it.

        With `idle_ms` the transaction may from there on be idle for so long, and not for what its connection allows.
        """
        ...

    async def now(self, engine: AsyncEngine) -> Millis:
        """The database's clock at this very moment, in milliseconds since the epoch."""
        ...

    async def weaknesses(self, connection: AsyncConnection) -> Sequence[str]:
        """What could lose a commit that was confirmed: settings of this connection, as people would say it."""
        ...

    async def partition(self, connection: AsyncConnection, month: int) -> bool:
        """Give the answers of a month a partition of their own; False when they have one or cannot be given one."""
        ...

    async def drop_before(self, connection: AsyncConnection, month: int) -> None:
        """Remove all answers of earlier months."""
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


def key_of(table: Table) -> list[str]:
    """The columns of a table's primary key."""
    return [column.name for column in table.primary_key]


def values_of(table: Table) -> list[str]:
    """The columns of a table outside its primary key."""
    return [column.name for column in table.columns if not column.primary_key]
