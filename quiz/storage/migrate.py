"""Bringing a database's tables up to this code, and telling whether they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from alembic import command
from quiz.domain.ids import Millis
from quiz.storage.dialects import dialect_of, read_url
from quiz.storage.engine import Database, outages_as_unavailable
from quiz.storage.settings import StorageSettings

LOCK_TIMEOUT: Final = Millis(60_000)
"""How long a migration waits for another one, or for those who use the tables."""

_ROOM: Final = Path(__file__).parent
_IN_WHEEL: Final = _ROOM / "alembic"
_IN_CHECKOUT: Final = _ROOM.parents[1] / "alembic"

_Result = TypeVar("_Result")


async def migrate(url: str, lock_timeout_ms: Millis = LOCK_TIMEOUT) -> Sequence[str]:
    """Bring the database to head, all of the way or not at all; gives the revisions it applied, oldest first.

    Safe to call from several processes at once: they take turns, and all but the first find nothing to do. A database
    that newer code has migrated further is left as it is.

    Raises:
        Unavailable: when the database cannot be reached, or another one does not let go in time.
        ValueError: when the URL is not one of a database we speak.
    """
    return await change_tables(url, _upgrade, lock_timeout_ms)


async def pending(url: str) -> Sequence[str]:
    """The revisions that the database lacks, oldest first. None when newer code has migrated it further.

    Raises:
        Unavailable: when the database cannot be reached.
        ValueError: when the URL is not one of a database we speak.
    """
    database = Database(StorageSettings(url=url))
    try:
        async with database.read() as connection:
            return await connection.run_sync(_pending)
    finally:
        await database.close()


async def is_at_head(url: str) -> bool:
    """Whether the database has every table as this code wants it; raises as `pending` does."""
    return not await pending(url)


async def change_tables(
    url: str, change: Callable[[Connection], _Result], lock_timeout_ms: Millis = LOCK_TIMEOUT
) -> _Result:
    """Run `change` in a transaction of its own while no other process changes tables. Raises as `migrate` does."""
    place = read_url(url)
    dialect = dialect_of(place)
    engine = dialect.migration_engine(place, lock_timeout_ms)
    try:
        with outages_as_unavailable(dialect):
            async with engine.connect() as connection:
                await dialect.take_turn(connection)
                result = await connection.run_sync(change)
                await dialect.verify(connection)
                await connection.commit()
                return result
    finally:
        await engine.dispose()


def _upgrade(connection: Connection) -> Sequence[str]:
    if missing := _pending(connection):
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return missing


def _pending(connection: Connection) -> Sequence[str]:
    scripts = ScriptDirectory.from_config(_config())
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    present = MigrationContext.configure(connection).get_current_heads()
    if not present:
        return known
    newest = present[0]
    return known[known.index(newest) + 1 :] if newest in known else []


def _config() -> Config:
    config = Config()
    scripts = _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    return config
