"""Statements that take long are told of by their names, and by nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator

import msgspec
import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import ExecutionContext
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from quiz.domain.commands import Start
from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.storage.engine import Database
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import NAME, named
from quiz.storage.storage import Storage
from tests.contract.storage.databases import Databases
from tests.contract.storage.everything import use_everything
from tests.contract.storage.games import Stage, add_user

SECRET = "what nobody shall read"


class Ear:
    """A `QueryObserver` that counts what it is told."""

    def __init__(self) -> None:
        self.heard: Counter[str] = Counter()
        self.longest: dict[str, float] = {}

    def slow(self, name: str, seconds: float) -> None:
        self.heard[name] += 1
        self.longest[name] = max(seconds, self.longest.get(name, 0))


@pytest.fixture
def ear() -> Ear:
    return Ear()


@pytest.fixture
async def watched(url: str, ear: Ear) -> AsyncIterator[Storage]:
    """A storage to which everything is slow."""
    async with Storage(StorageSettings(url=url, slow_query_ms=Millis(0)), queries_observer=ear) as storage:
        yield storage


async def test_every_statement_has_a_name(url: str) -> None:
    unnamed: set[str] = set()

    def hear(
        connection: object, cursor: object, sql: str, parameters: object, context: ExecutionContext, _: bool
    ) -> None:
        if NAME not in context.execution_options:
            unnamed.add(sql)

    async with Storage(StorageSettings(url=url)) as storage:
        for pool in storage._database._engines.pools:
            event.listen(pool.sync_engine, "before_cursor_execute", hear)
        await use_everything(storage)
    assert unnamed == set()


async def test_each_is_told_with_its_name_and_how_long_it_took(watched: Storage, ear: Ear) -> None:
    stage = await Stage.set(watched)
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    ear.heard.clear()
    await stage.answer(ada, [0])
    await stage.answer(ada, [0], "another")
    long_way = ["hold sessions for answers", "find seats for answers", "insert answers", "commit"]
    heard = Counter({name: times for name, times in ear.heard.items() if name not in {"begin", "queue for sessions"}})
    if ear.heard["store answers"]:
        assert heard == Counter(["store answers", "store answers", *long_way, "read answers back"])
    else:
        assert heard == Counter([*long_way, *long_way, "read answers back"])
    assert all(0 < seconds < 60 for seconds in ear.longest.values())


async def test_the_log_has_names_and_times_and_nothing_that_was_stored(watched: Storage) -> None:
    with capture_logs() as lines:
        await add_user(watched, SECRET)
        await watched.users.by_name(SECRET)
    assert {line["query"] for line in lines} >= {"insert users", "find user", "commit"}
    assert all(line.keys() == {"action", "query", "ms", "event", "log_level"} for line in lines)
    assert SECRET not in str(lines)


async def test_a_storm_of_one_name_is_counted_in_full_and_logged_once_a_second(watched: Storage, ear: Ear) -> None:
    with capture_logs() as lines:
        for _ in range(20):
            await watched.users.count()
    assert ear.heard["count users"] == 20
    assert len([line for line in lines if line["query"] == "count users"]) < 20


async def test_what_is_quick_enough_is_not_told(url: str, ear: Ear) -> None:
    async with Storage(StorageSettings(url=url, slow_query_ms=Millis(60_000)), queries_observer=ear) as storage:
        with capture_logs() as lines:
            await storage.users.count()
    assert ear.heard == Counter()
    assert lines == []


async def test_waiting_for_others_counts_and_so_does_giving_up(
    stage: Stage, databases: Databases, url: str, ear: Ear
) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    settings = StorageSettings(url=url, lock_timeout_ms=Millis(150), slow_query_ms=Millis(100))
    async with Storage(settings, queries_observer=ear) as storage:
        with databases.held(url), pytest.raises(Unavailable):
            await storage.answers.append(stage.pending(ada, [0]))
    (name,) = ear.heard
    assert name in {"begin", "store answers"}
    assert ear.longest[name] >= 0.1


async def test_an_error_does_not_tell_what_was_to_be_stored(url: str) -> None:
    database = Database(StorageSettings(url=url))
    statement = named("break", text("INSERT INTO no_such_table VALUES (:secret)"))
    with pytest.raises(DBAPIError) as raised:
        async with database.write() as connection:
            await connection.execute(statement, {"secret": SECRET})
    assert SECRET not in str(raised.value)
    await database.close()


async def test_the_pools_use_is_told(url: str) -> None:
    settings = StorageSettings(url=url, readers=3, connections=4)
    database = Database(settings)
    assert database.pool_use() == (0, 4)
    async with database.read(), database.write():
        assert database.pool_use() == (2, 4)
    assert database.pool_use() == (0, 4)
    await database.close()
    async with Storage(msgspec.structs.replace(settings, connections=4)) as storage:
        assert storage.pool_use().size == 4
