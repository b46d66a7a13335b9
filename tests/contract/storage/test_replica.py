"""A standby serves reports and history while it has all that the primary has, and nobody notices when it has not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

import msgspec
import pytest
from sqlalchemy import event, make_url
from sqlalchemy.engine import ExecutionContext

from quiz.domain.commands import Close, End, Kick, Start
from quiz.domain.ids import Millis
from quiz.domain.session import Phase
from quiz.storage.settings import StorageSettings
from quiz.storage.statements import NAME
from quiz.storage.storage import Storage
from tests.contract.storage.databases import Databases, PostgresqlDatabases
from tests.contract.storage.games import NOON, Stage
from tests.servers.postgresql import Postgresql, standby

REPORTS = {"list sessions", "list players", "read answers of question", "read answers of player", "read end"}
HOW_FAR = "read replayed position"


class Following:
    """A primary with a database, its standby, and a storage that knows both."""

    def __init__(self, primary: Postgresql, copy: Postgresql, url: str) -> None:
        self.primary = primary
        self.copy = copy
        self.settings = StorageSettings(
            url=url,
            replica_url=copy.url(make_url(url).database or ""),
            replica_wait_ms=Millis(20_000),
            replica_retry_ms=Millis(600_000),
            connect_timeout_ms=Millis(500),
        )
        self.asked: list[str] = []
        """Names of statements that the standby was sent."""
        self.asked_how_far = asyncio.Event()

    @asynccontextmanager
    async def storage(self, **changes: object) -> AsyncIterator[Storage]:
        async with Storage(msgspec.structs.replace(self.settings, **changes)) as storage:
            replica = storage._database._replica
            assert replica is not None
            event.listen(replica._pool.sync_engine, "before_cursor_execute", self._hear)
            yield storage

    def _hear(
        self, connection: object, cursor: object, sql: str, parameters: object, context: ExecutionContext, many: bool
    ) -> None:
        self.asked.append(context.execution_options[NAME])
        if self.asked[-1] == HOW_FAR:
            self.asked_how_far.set()

    def hold_back(self) -> None:
        """Let the standby fall behind."""
        self.copy.execute("SELECT pg_wal_replay_pause()")

    def go_on(self) -> None:
        self.copy.execute("SELECT pg_wal_replay_resume()")


@pytest.fixture(scope="module")
def copy(set_up: Callable[[str], Databases]) -> Iterator[Postgresql]:
    databases = set_up("postgresql")
    assert isinstance(databases, PostgresqlDatabases)
    with standby(databases.server) as copy:
        yield copy


@pytest.fixture
def following(on_postgresql: PostgresqlDatabases, copy: Postgresql) -> Iterator[Following]:
    with on_postgresql.cloned() as url:
        following = Following(on_postgresql.server, copy, url)
        copy.catch_up(on_postgresql.server)
        yield following
        copy.resume()
        copy.start()
        following.go_on()


async def play(storage: Storage) -> Stage:
    stage = await Stage.set(storage)
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await stage.answer(ada, [0])
    await stage.answer(bob, [1])
    await stage.play(Close(), Kick(bob))
    return stage


async def check_reports(storage: Storage, stage: Stage) -> None:
    """Everything that has been committed is in them."""
    session = stage.session
    (line,) = await storage.sessions.page(session.owner, 10, None)
    assert (line.id, line.phase, line.players) == (session.id, Phase.REVEAL, 1)
    players = await storage.sessions.players(session.id)
    assert [(player.nickname, player.kicked) for player in players] == [("Ada", False), ("Bob", True)]
    assert sorted([each.answer async for each in storage.sessions.answers(session)], key=str) == [[0], [1]]
    (ada,) = stage.board.seats
    assert [each.answer for each in await storage.sessions.answers_by(session, ada)] == [[0]]
    assert await storage.sessions.finished_at(session.id) is None


async def test_reports_and_history_are_read_from_the_standby_and_show_all_that_was_committed(
    following: Following,
) -> None:
    async with following.storage() as storage:
        stage = await play(storage)
        assert following.asked == []
        await check_reports(storage, stage)
    assert {*following.asked} == {*REPORTS, HOW_FAR}


async def test_a_running_games_truth_is_never_read_from_the_standby(following: Following) -> None:
    async with following.storage() as storage:
        stage = await play(storage)
        session, (ada,) = stage.session, stage.board.seats
        await storage.sessions.load(session.id)
        await storage.sessions.marks([session.id])
        await storage.sessions.find(session.pin)
        await storage.sessions.player(session.id, ada)
        await storage.sessions.open_questions()
        await storage.sessions.overdue(NOON)
        await storage.sessions.unfinished_since(NOON)
        await storage.answers.find(session, 1, ada)
        await storage.answers.count(session, 1)
        await storage.users.by_id(session.owner)
        await storage.now()
        await storage.check()
    assert following.asked == []


async def test_a_report_waits_for_a_standby_that_is_a_little_behind(following: Following) -> None:
    async with following.storage() as storage:
        stage = await play(storage)
        await check_reports(storage, stage)
        await asyncio.to_thread(following.hold_back)
        await stage.play(End())
        report = asyncio.create_task(storage.sessions.page(stage.session.owner, 10, None))
        for _ in range(2):
            following.asked_how_far.clear()
            await following.asked_how_far.wait()
        await asyncio.to_thread(following.go_on)
        assert [line.phase for line in await report] == [Phase.FINISHED]
    assert following.asked[-1] == "list sessions"


async def test_of_a_standby_that_stays_behind_nothing_is_read(following: Following) -> None:
    async with following.storage(replica_wait_ms=Millis(20)) as storage:
        await asyncio.to_thread(following.hold_back)
        stage = await play(storage)
        await check_reports(storage, stage)
    assert {*following.asked} == {HOW_FAR}


@pytest.mark.parametrize("fault", ["stop", "kill", "pause"])
async def test_without_the_standby_reports_are_read_from_the_primary_and_it_is_left_alone(
    following: Following, fault: str
) -> None:
    async with following.storage(statement_timeout_ms=Millis(300)) as storage:
        stage = await play(storage)
        await check_reports(storage, stage)
        await asyncio.to_thread(getattr(following.copy, fault))
        await check_reports(storage, stage)
        following.asked.clear()
        await check_reports(storage, stage)
    assert following.asked == []


async def test_a_standby_that_is_back_is_used_again(following: Following) -> None:
    async with following.storage(replica_retry_ms=Millis(0)) as storage:
        stage = await play(storage)
        await asyncio.to_thread(following.copy.stop)
        await check_reports(storage, stage)
        assert following.asked == []
        await asyncio.to_thread(following.copy.start)
        await check_reports(storage, stage)
    assert {*following.asked} == {*REPORTS, HOW_FAR}


async def test_a_server_that_is_no_standby_is_not_read(following: Following) -> None:
    async with following.storage(replica_url=following.settings.url, replica_wait_ms=Millis(20)) as storage:
        await check_reports(storage, await play(storage))
    assert {*following.asked} == {HOW_FAR}


@pytest.mark.parametrize(
    ("url", "replica"),
    [("sqlite:///quiz.db", "sqlite:///copy.db"), ("sqlite:///quiz.db", "postgresql://host/quiz")],
)
def test_only_postgresql_has_replicas(url: str, replica: str) -> None:
    with pytest.raises(ValueError, match="replica"):
        Storage(StorageSettings(url=url, replica_url=replica))
