"""What SQLite is told, and which of its complaints mean that a later try may succeed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.commands import Start
from quiz.domain.ids import Millis, UserId
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.storage.dialects import read_url
from quiz.storage.engine import Database
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.games import CHOICE, Stage, add_user, quiz_of, store_quiz

FULL = 2
"""Of `synchronous`: a commit is on disk before it is acked."""


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database(StorageSettings(url=url, lock_timeout_ms=Millis(1234)))
    yield database
    await database.close()


async def pragma(connection: AsyncConnection, name: str) -> object:
    return await connection.scalar(text(f"PRAGMA {name}"))


async def test_every_connection_is_durable_patient_and_checks_keys(database: Database) -> None:
    for transaction in (database.write, database.read, database.read):
        async with transaction() as connection:
            assert await pragma(connection, "journal_mode") == "wal"
            assert await pragma(connection, "synchronous") == FULL
            assert await pragma(connection, "foreign_keys") == 1
            assert await pragma(connection, "busy_timeout") == 1234


async def test_a_reading_transaction_cannot_write(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(OperationalError, match="readonly"):
            await connection.execute(text("DELETE FROM users"))


async def test_a_reading_transaction_sees_one_instant_throughout(database: Database) -> None:
    count = text("SELECT count(*) FROM users")
    async with database.read() as reader:
        assert await reader.scalar(count) == 0
        async with database.write() as writer:
            await writer.execute(text("INSERT INTO users VALUES ('u', 'U', 'u', 'hash', 1)"))
        assert await reader.scalar(count) == 0
    async with database.read() as reader:
        assert await reader.scalar(count) == 1


async def test_a_writing_transaction_that_raises_is_undone(database: Database) -> None:
    async def half() -> None:
        async with database.write() as connection:
            await connection.execute(text("INSERT INTO users VALUES ('u', 'U', 'u', 'hash', 1)"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await half()
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM users")) == 0


async def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    async with Storage(StorageSettings(url=f"sqlite:///{tmp_path}/no/such/directory/quiz.db")) as storage:
        with pytest.raises(Unavailable):
            await storage.check()
        with pytest.raises(Unavailable):
            await storage.users.count()


async def test_a_file_that_is_no_database_is_an_error_and_no_outage(tmp_path: Path) -> None:
    (tmp_path / "quiz.db").write_bytes(b"once upon a time " * 100)
    async with Storage(StorageSettings(url=f"sqlite:///{tmp_path}/quiz.db")) as storage:
        with pytest.raises(DatabaseError, match="not a database"):
            await storage.users.count()


async def test_a_missing_table_is_an_error_and_no_outage(tmp_path: Path) -> None:
    async with Storage(StorageSettings(url=f"sqlite:///{tmp_path}/quiz.db")) as storage:
        with pytest.raises(OperationalError, match="no such table"):
            await storage.users.count()


async def test_a_row_that_would_point_nowhere_is_an_error_and_no_outage(url: str) -> None:
    async with Storage(StorageSettings(url=url)) as storage:
        with pytest.raises(IntegrityError):
            await store_quiz(storage, UserId("nobody"), quiz_of(CHOICE))


async def test_a_full_disk_is_unavailable_until_there_is_room(url: str) -> None:
    async with Storage(StorageSettings(url=url)) as storage:
        stage = await Stage.set(storage)
        (ada,) = await stage.seat("Ada")
        await stage.play(Start())
        # The limit holds for the connection that sets it, and there is one that writes.
        async with storage._database.write() as connection:
            pages = await pragma(connection, "page_count")
            await pragma(connection, f"max_page_count = {pages}")
        with pytest.raises(Unavailable, match="full"):
            await stage.answer(ada, "a long story " * 5000)
        async with storage._database.write() as connection:
            await pragma(connection, "max_page_count = 1000000")
        assert isinstance(await stage.answer(ada, "a long story " * 5000), StoredAnswer)


async def test_waiting_too_long_for_a_connection_is_unavailable(url: str) -> None:
    database = Database(StorageSettings(url=url, readers=1, connection_wait_ms=Millis(20)))
    async with database.read():
        with pytest.raises(Unavailable, match="connection"):
            async with database.read():
                pass
    async with database.read() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
    await database.close()


async def test_readiness_is_bounded_by_its_own_timeout(url: str) -> None:
    database = Database(StorageSettings(url=url, readers=1, check_timeout_ms=Millis(300)))
    async with database.read():
        with pytest.raises(Unavailable):
            await database.check()
    await database.check()
    await database.close()


async def test_closing_leaves_one_file_behind(url: str) -> None:
    path = Path(read_url(url).database or "")
    async with Storage(StorageSettings(url=url)) as storage:
        await add_user(storage)
        await storage.users.count()
    assert [each.name for each in path.parent.iterdir()] == [path.name]
