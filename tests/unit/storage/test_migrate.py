"""A database is brought to head, once, by whoever comes first."""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from alembic.config import main
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.storage.dialects import read_url
from quiz.storage.migrate import change_tables, is_at_head, migrate, pending
from quiz.storage.tables import metadata

ROOT = Path(__file__).parents[3]
MIGRATE = "import asyncio, sys; from quiz.storage.migrate import migrate; print(*asyncio.run(migrate(sys.argv[1])))"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new.db"


@pytest.fixture
def empty(path: Path) -> str:
    """A database without tables."""
    return f"sqlite+aiosqlite:///{path}"


def execute(path: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection, connection:
        return [row for statement in statements for row in connection.execute(statement)]


async def test_an_empty_database_is_brought_to_head(empty: str) -> None:
    missing = await pending(empty)
    assert missing
    assert not await is_at_head(empty)
    assert await migrate(empty) == missing
    assert await pending(empty) == []
    assert await is_at_head(empty)


async def test_a_database_at_head_is_left_alone(empty: str, path: Path) -> None:
    await migrate(empty)
    before = execute(path, "PRAGMA schema_version")
    assert await migrate(empty) == []
    assert execute(path, "PRAGMA schema_version") == before


async def test_constraints_and_conditions_are_the_same_in_migrations_and_code(url: str, tmp_path: Path) -> None:
    """What comparing tables leaves out: checks, conditions of indexes, tables without row ids."""

    def create(connection: Connection) -> None:
        metadata.create_all(connection)

    other = f"sqlite+aiosqlite:///{tmp_path / 'other.db'}"
    await change_tables(other, create)
    query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'alembic%'"
    migrated, created = (
        {name: sorted(re.findall(r"'[^']*'|\w+|[^\s\w,]", str(sql))) for name, sql in execute(Path(place), query)}
        for place in (read_url(url).database or "", tmp_path / "other.db")
    )
    assert migrated == created


async def test_several_processes_may_migrate_at_once(empty: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            MIGRATE,
            empty,
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        for _ in range(3)
    ]
    outputs = [await process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0] * 3, outputs
    applied = [out.decode().split() for out, _ in outputs]
    assert sorted(map(bool, applied)) == [False] * 2 + [True]
    assert await is_at_head(empty)


async def test_many_tasks_may_migrate_at_once(empty: str) -> None:
    applied = await asyncio.gather(*(migrate(empty) for _ in range(5)))
    assert sorted(map(bool, applied)) == [False] * 4 + [True]


async def test_a_migration_waits_only_so_long_for_another(empty: str, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            await migrate(empty, Millis(50))
    await migrate(empty)


async def test_a_database_that_newer_code_has_migrated_is_left_as_it_is(url: str) -> None:
    path = Path(read_url(url).database or "")
    execute(path, "UPDATE alembic_version SET version_num = 'from the future'")
    assert await pending(url) == []
    assert await migrate(url) == []
    assert execute(path, "SELECT version_num FROM alembic_version") == [("from the future",)]


async def test_a_change_that_fails_leaves_nothing_behind(empty: str, path: Path) -> None:
    def change(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        connection.execute(text("CREATE TABLE half (id INTEGER)"))

    with pytest.raises(OperationalError):
        await change_tables(empty, change)
    assert execute(path, "SELECT * FROM sqlite_master") == []


async def test_a_change_that_leaves_rows_pointing_nowhere_is_undone(url: str) -> None:
    def change(connection: Connection) -> None:
        connection.execute(text("INSERT INTO scripts VALUES ('no such session', '{}')"))

    with pytest.raises(RuntimeError, match="scripts"):
        await change_tables(url, change)
    assert execute(Path(read_url(url).database or ""), "SELECT * FROM scripts") == []


async def test_logging_is_left_as_it_was(empty: str) -> None:
    root = logging.getLogger()
    before = (root.level, [*root.handlers], logging.getLogger("sqlalchemy").level)
    canary = logging.getLogger("canary")
    await migrate(empty)
    assert (root.level, root.handlers, logging.getLogger("sqlalchemy").level) == before
    assert not canary.disabled


@pytest.fixture
def alembic(path: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., None]:
    """Alembic's own command, as developers call it."""
    ini = tmp_path / "alembic.ini"
    ini.write_text(f"[alembic]\nscript_location = {ROOT / 'alembic'}\n", encoding="utf-8")
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{path}")
    return lambda *arguments: main(["-c", str(ini), *arguments])


def test_developers_can_use_alembics_own_command(alembic: Callable[..., None], empty: str, path: Path) -> None:
    alembic("upgrade", "head")
    assert asyncio.run(is_at_head(empty))
    alembic("check")
    execute(path, "DROP TABLE answers")
    with pytest.raises(SystemExit):
        alembic("check")


def test_alembics_own_command_can_print_the_sql(
    alembic: Callable[..., None], path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    alembic("upgrade", "head", "--sql")
    printed = capsys.readouterr().out
    assert all(f"CREATE TABLE {table}" in printed for table in metadata.tables)
    assert not path.exists()


def test_the_sql_that_is_printed_for_postgresql_needs_no_server(
    alembic: Callable[..., None], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@nowhere/quiz")
    alembic("upgrade", "head", "--sql")
    assert "PARTITION BY RANGE (month)" in capsys.readouterr().out
