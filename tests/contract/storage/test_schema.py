"""Migrations and code mean the same tables, on every database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, text

from alembic import command
from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.storage.migrate import _config, change_tables, is_at_head, migrate, pending
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from quiz.storage.tables import is_compared, metadata
from tests.contract.storage.databases import PostgresqlDatabases
from tests.contract.storage.games import NOON

DEFINITIONS = """
    SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND NOT conrelid::regclass::text LIKE 'answers\\_%'
    UNION ALL
    SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND NOT tablename LIKE 'answers\\_%'
    UNION ALL
    SELECT partrelid::regclass || ' ' || pg_get_partkeydef(partrelid) FROM pg_partitioned_table
    ORDER BY 1
"""


@pytest.fixture
def empty(on_postgresql: PostgresqlDatabases) -> Iterator[str]:
    """A database on PostgreSQL without tables."""
    server = on_postgresql.server
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


def upgrade(revision: str, connection: Connection) -> None:
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def columns(table: str, connection: Connection) -> Sequence[tuple[object, ...]]:
    return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4"))]  # noqa: S608


async def test_the_migrations_lead_to_the_tables_of_the_code(url: str) -> None:
    def differences(connection: Connection) -> object:
        opts = {"compare_server_default": True, "include_name": is_compared}
        return compare_metadata(MigrationContext.configure(connection, opts=opts), metadata)

    assert await change_tables(url, differences) == []


async def test_constraints_indexes_and_partitions_are_the_same_in_migrations_and_code(
    empty: str, on_postgresql: PostgresqlDatabases
) -> None:
    """What comparing tables leaves out."""
    server = on_postgresql.server
    await change_tables(empty, metadata.create_all)
    created = server.execute(DEFINITIONS, make_url(empty).database or "").splitlines()
    with on_postgresql.cloned() as migrated:
        definitions = server.execute(DEFINITIONS, make_url(migrated).database or "").splitlines()
    of_the_code = [line for line in definitions if "alembic" not in line]
    assert len(of_the_code) > 30
    assert of_the_code == created


@pytest.mark.parametrize("months", [[], [202501, 202502], [202501, 999911]])
async def test_answers_of_before_there_were_partitions_stay_where_they_are(
    empty: str, on_postgresql: PostgresqlDatabases, months: list[int]
) -> None:
    rows = [(month, "s", 1, f"player {number}", "a", "[0]", 5, 5) for month in months for number in range(3)]

    def fill(connection: Connection) -> object:
        upgrade("0001", connection)
        for row in rows:
            connection.execute(text(f"INSERT INTO answers VALUES {row}"))  # noqa: S608
        return connection.scalar(text("SELECT 'answers'::regclass::oid"))

    def look(connection: Connection) -> tuple[object, ...]:
        places = connection.execute(text("SELECT DISTINCT tableoid FROM answers"))
        return columns("answers", connection), [row[0] for row in places]

    before = await change_tables(empty, fill)
    assert list(await pending(empty)) == ["0002"]
    await migrate(empty)
    assert await change_tables(empty, look) == (rows, [before] if rows else [])
    assert await is_at_head(empty)


async def test_a_migrated_database_takes_what_storage_does_at_once(empty: str) -> None:
    await migrate(empty)
    async with Storage(StorageSettings(url=empty)) as storage:
        await storage.check()
        assert len(await storage.ensure_partitions(NOON)) == 3
    assert await is_at_head(empty)


async def test_many_may_migrate_at_once_and_one_does(empty: str) -> None:
    applied = await asyncio.gather(*(migrate(empty) for _ in range(4)))
    assert sorted(map(bool, applied)) == [False] * 3 + [True]


async def test_a_migration_waits_only_so_long_for_those_who_use_the_tables(
    empty: str, on_postgresql: PostgresqlDatabases
) -> None:
    def first(connection: Connection) -> None:
        upgrade("0001", connection)

    await change_tables(empty, first)
    with on_postgresql.server.holding("SELECT FROM answers", make_url(empty).database or ""):
        with pytest.raises(Unavailable):
            await migrate(empty, Millis(50))
        assert list(await pending(empty)) == ["0002"]
    await migrate(empty)
    assert await is_at_head(empty)
