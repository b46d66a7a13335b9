"""Answers by month on PostgreSQL: partitions come and go, and nobody who plays notices."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import make_url

from quiz.domain.commands import Start
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.session import Session, month_of
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.storage.partitions import next_month
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.databases import PostgresqlDatabases
from tests.contract.storage.games import CHOICE, NOON, Stage, add_user, new_session, quiz_of

MARCH = month_of(NOON)


@pytest.fixture
def database(on_postgresql: PostgresqlDatabases) -> Iterator[str]:
    """A URL; its tables may be changed."""
    with on_postgresql.cloned() as url:
        yield url


@pytest.fixture
async def storage(database: str) -> AsyncIterator[Storage]:
    async with Storage(StorageSettings(url=database)) as storage:
        yield storage


def in_month(year: int, month: int) -> Millis:
    return Millis(int(datetime(year, month, 3, tzinfo=UTC).timestamp() * 1000))


class Tables:
    """Looks where rows lie."""

    def __init__(self, databases: PostgresqlDatabases, url: str) -> None:
        self._server = databases.server
        self._name = make_url(url).database or ""

    def partitions(self) -> set[str]:
        query = "SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'answers'::regclass"
        return set(self._server.execute(query, self._name).split())

    def rows(self) -> dict[str, int]:
        """How many answers lie in which partition."""
        found = self._server.execute("SELECT tableoid::regclass, count(*) FROM answers GROUP BY 1", self._name)
        return {name: int(count) for name, count in (line.split("|") for line in found.splitlines())}


@pytest.fixture
def tables(on_postgresql: PostgresqlDatabases, database: str) -> Tables:
    return Tables(on_postgresql, database)


async def answered(storage: Storage, now: Millis) -> Session:
    """A session made at an instant, with one answer."""
    session = new_session(await add_user(storage), quiz_of(CHOICE), now=now)
    assert await storage.sessions.create(session, None)
    stage = Stage(storage, session)
    (ada,) = await stage.seat("Ada")
    await stage.play(Start(), now=now)
    assert isinstance(await stage.answer(ada, [0]), StoredAnswer)
    assert isinstance(await storage.answers.find(stage.session, 1, ada), StoredAnswer)
    return stage.session


async def test_partitions_are_made_for_this_month_and_the_next_two(storage: Storage, tables: Tables) -> None:
    before = tables.partitions()
    assert list(await storage.ensure_partitions(NOON)) == [203003, 203004, 203005]
    assert tables.partitions() - before == {"answers_203003", "answers_203004", "answers_203005"}
    assert list(await storage.ensure_partitions(NOON)) == []


async def test_the_year_turns(storage: Storage) -> None:
    assert list(await storage.ensure_partitions(in_month(2031, 11))) == [203111, 203112, 203201]
    assert next_month(203112) == 203201


async def test_a_month_of_before_there_were_partitions_gets_none(storage: Storage, tables: Tables) -> None:
    (legacy,) = (name for name in tables.partitions() if name.startswith("answers_until_"))
    last = int(legacy.removeprefix("answers_until_"))
    made = await storage.ensure_partitions(in_month(last // 100, last % 100))
    assert list(made) == [next_month(last), next_month(next_month(last))]


async def test_answers_lie_in_the_partition_of_the_month_their_session_started_in(
    storage: Storage, tables: Tables
) -> None:
    await storage.ensure_partitions(NOON)
    await answered(storage, NOON)
    await answered(storage, in_month(2030, 5))
    assert tables.rows() == {"answers_203003": 1, "answers_203005": 1}


async def test_without_a_partition_the_default_one_takes_the_answers_and_keeps_the_month(
    storage: Storage, tables: Tables
) -> None:
    session = await answered(storage, NOON)
    assert tables.rows() == {"answers_default": 1}
    assert list(await storage.ensure_partitions(NOON)) == [203004, 203005]
    await answered(storage, NOON)
    assert tables.rows() == {"answers_default": 2}
    assert [each.question async for each in storage.sessions.answers(session)] == [1]


async def test_many_nodes_make_partitions_at_once_and_each_is_made_by_one(
    storage: Storage, database: str, tables: Tables
) -> None:
    async with Storage(StorageSettings(url=database)) as other_node:
        made = await asyncio.gather(*(node.ensure_partitions(NOON) for node in (storage, other_node) * 3))
    assert sorted(month for months in made for month in months) == [203003, 203004, 203005]


async def test_answers_are_written_while_partitions_are_made(storage: Storage, tables: Tables) -> None:
    stage = await Stage.set(storage)
    players = await stage.seat(*(f"Player {number}" for number in range(60)))
    await stage.play(Start())
    coming, made = iter(players), asyncio.Event()
    outcomes: list[object] = []

    async def keep_answering() -> None:
        for player in coming:
            outcomes.append(await stage.answer(player, [0]))
            if len(outcomes) == 40:
                await made.wait()

    async def make() -> None:
        for year in range(2031, 2036):
            await storage.ensure_partitions(in_month(year, 1))
        made.set()

    await asyncio.gather(make(), *(keep_answering() for _ in range(4)))
    assert len(outcomes) == 60
    assert all(isinstance(outcome, StoredAnswer) for outcome in outcomes)
    assert tables.rows() == {"answers_default": 60}


async def test_while_the_tables_are_too_busy_no_partition_is_made_and_later_it_is(
    storage: Storage, database: str, on_postgresql: PostgresqlDatabases
) -> None:
    name = make_url(database).database or ""
    with on_postgresql.server.holding("SELECT FROM answers_default", name), pytest.raises(Unavailable):
        await storage.ensure_partitions(NOON)
    assert len(await storage.ensure_partitions(NOON)) == 3


async def test_a_role_that_may_not_make_tables_goes_without(
    storage: Storage, database: str, on_postgresql: PostgresqlDatabases, tables: Tables
) -> None:
    place = make_url(database)
    on_postgresql.server.execute(
        "DROP ROLE IF EXISTS player; CREATE ROLE player LOGIN;"
        " GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO player",
        place.database or "",
    )
    modest = place.set(username="player").render_as_string(hide_password=False)
    async with Storage(StorageSettings(url=modest)) as node:
        assert list(await node.ensure_partitions(NOON)) == []
        await answered(node, NOON)
    assert tables.rows() == {"answers_default": 1}


async def test_old_months_are_dropped_with_their_answers_and_the_others_stay(storage: Storage, tables: Tables) -> None:
    await answered(storage, in_month(2020, 1))
    stray = await answered(storage, in_month(2030, 2))
    await storage.ensure_partitions(NOON)
    march, april = await answered(storage, NOON), await answered(storage, in_month(2030, 4))
    await storage.drop_before(203004)
    assert tables.rows() == {"answers_203004": 1}
    assert tables.partitions() == {"answers_default", "answers_203004", "answers_203005"}
    for gone in (stray, march):
        assert [each async for each in storage.sessions.answers(gone)] == []
    assert [each.player_id async for each in storage.sessions.answers(april)] == [PlayerId(f"{april.id}-Ada")]
