"""What PostgreSQL is told, and what happens when it falls silent, dies, or is set up to forget."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, suppress

import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.commands import Close, Start
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.game.ports import AnswerRefusal
from quiz.storage.engine import Database, NotDurable
from quiz.storage.held_sessions import hold_sessions
from quiz.storage.migrate import migrate
from quiz.storage.settings import GroupCommitSettings, StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.databases import PostgresqlDatabases
from tests.contract.storage.games import Stage
from tests.servers.postgresql import Postgresql, postgresql


@pytest.fixture
def url(on_postgresql: PostgresqlDatabases) -> Iterator[str]:
    with on_postgresql.cloned() as url:
        yield url


@pytest.fixture
def server(on_postgresql: PostgresqlDatabases) -> Iterator[Postgresql]:
    """A server that may be ill-treated: it is well again afterwards."""
    yield on_postgresql.server
    on_postgresql.server.resume()
    on_postgresql.server.start()


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    settings = StorageSettings(
        url=url,
        statement_timeout_ms=Millis(300),
        lock_timeout_ms=Millis(250),
        idle_timeout_ms=Millis(200),
        connect_timeout_ms=Millis(300),
        check_timeout_ms=Millis(100),
        connections=3,
    )
    database = Database(settings)
    yield database
    await database.close()


async def until(happens: Callable[[], bool]) -> None:
    """Look again and again, in a thread, until it has happened."""
    while not await asyncio.to_thread(happens):
        pass


async def answering(database: Database) -> None:
    """Wait until it answers within the short time that it is given; a busy machine may need several looks."""
    while True:
        with suppress(Unavailable):
            return await database.check()


async def setting(connection: AsyncConnection, name: str) -> object:
    return await connection.scalar(text(f"SHOW {name}"))


async def test_every_connection_is_told_its_timeouts(database: Database) -> None:
    # Those who only read hold nobody up.
    for transaction, idle in ((database.write, "200ms"), (database.read, "5s")):
        async with transaction() as connection:
            assert await setting(connection, "statement_timeout") == "300ms"
            assert await setting(connection, "lock_timeout") == "250ms"
            assert await setting(connection, "idle_in_transaction_session_timeout") == idle
            assert await setting(connection, "application_name") == "quiz"


async def test_those_that_read_see_one_instant_and_cannot_write(database: Database) -> None:
    async with database.read() as connection:
        assert await setting(connection, "transaction_isolation") == "repeatable read"
        assert await setting(connection, "transaction_read_only") == "on"
    async with database.write() as connection:
        assert await setting(connection, "transaction_isolation") == "read committed"
        assert await setting(connection, "transaction_read_only") == "off"


async def test_a_statement_that_takes_too_long_is_given_up(database: Database) -> None:
    with pytest.raises(Unavailable, match="statement timeout"):
        async with database.read() as connection:
            await connection.execute(text("SELECT pg_sleep(60)"))
    await answering(database)


async def test_a_transaction_that_does_nothing_for_too_long_lets_go_what_it_holds(
    database: Database, server: Postgresql, url: str
) -> None:
    async def freeze_while_holding_sessions() -> None:
        async with database.write() as connection:
            await connection.execute(text("LOCK TABLE sessions"))
            await asyncio.to_thread(server.execute, "BEGIN; LOCK TABLE sessions", make_url(url).database or "")
            await connection.execute(text("SELECT 1"))

    with pytest.raises(Unavailable):
        await freeze_while_holding_sessions()
    await answering(database)


async def test_connections_are_counted_and_no_more_are_made_than_there_may_be(database: Database) -> None:
    assert database.pool_use() == (0, 3)
    async with database.read(), database.write():
        assert database.pool_use() == (2, 3)
    assert database.pool_use() == (0, 3)


async def test_those_that_write_do_not_wait_for_those_that_read_nor_the_other_way_round(url: str) -> None:
    database = Database(StorageSettings(url=url, connections=5, connection_wait_ms=Millis(50)))
    for mine, others, most in ((database.read, database.write, 3), (database.write, database.read, 2)):
        async with AsyncExitStack() as stack:
            for _ in range(most):
                await stack.enter_async_context(mine())
            assert database.pool_use() == (most, 5)
            with pytest.raises(Unavailable, match="No connection"):
                async with mine():
                    pass
            async with others() as connection:
                await connection.execute(text("SELECT 1"))
    await database.close()


async def test_who_waits_too_long_for_a_connection_is_told(url: str) -> None:
    database = Database(StorageSettings(url=url, connections=1, connection_wait_ms=Millis(50)))
    async with database.read():
        with pytest.raises(Unavailable, match="No connection"):
            await database.check()
    await database.close()


async def test_an_address_that_takes_connections_and_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings = StorageSettings(url=f"postgresql://nobody@127.0.0.1:{port}/quiz", connect_timeout_ms=Millis(100))
        database = Database(settings)
        with pytest.raises(Unavailable):
            await database.now()
        await database.close()


async def test_a_server_that_freezes_is_given_up_and_used_again_when_it_goes_on(
    database: Database, server: Postgresql
) -> None:
    await answering(database)
    await asyncio.to_thread(server.pause)
    for _ in range(4):  # one more than there are connections
        with pytest.raises(Unavailable):
            await database.now()
        with pytest.raises(Unavailable):
            await database.check()
    await asyncio.to_thread(server.resume)
    await answering(database)
    assert database.pool_use().in_use == 0


@pytest.mark.parametrize("end", ["stop", "kill"])
async def test_storage_works_again_as_soon_as_the_server_is_back(url: str, server: Postgresql, end: str) -> None:
    async with Storage(StorageSettings(url=url)) as storage:
        stage = await Stage.set(storage)
        ada, bob = await stage.seat("Ada", "Bob")
        await stage.play(Start())
        first = await stage.answer(ada, [0])
        await asyncio.to_thread(getattr(server, end))
        for _ in range(3):
            with pytest.raises(Unavailable):
                await stage.answer(bob, [0])
            with pytest.raises(Unavailable):
                await storage.check()
        await asyncio.to_thread(server.start)
        assert await storage.answers.find(stage.session, 1, ada) == first
        assert isinstance(await stage.answer(bob, [0]), StoredAnswer)


async def test_everything_acked_is_there_after_the_server_was_killed(url: str, server: Postgresql) -> None:
    async with Storage(StorageSettings(url=url, answers=GroupCommitSettings(batch_rows=8))) as storage:
        stage = await Stage.set(storage)
        names = [f"Player {number}" for number in range(600)]
        await asyncio.gather(*map(stage.try_seat, names))
        await stage.play(Start())
        coming = iter([PlayerId(f"{stage.session.id}-{name}") for name in names])
        acked: list[PlayerId] = []
        enough = asyncio.Event()

        async def keep_answering() -> None:
            for player in coming:
                try:
                    await stage.answer(player, [0])
                except Unavailable:
                    return
                acked.append(player)
                if len(acked) >= 60:
                    enough.set()

        answering = [asyncio.create_task(keep_answering()) for _ in range(8)]
        await enough.wait()
        await asyncio.to_thread(server.kill)
        await asyncio.gather(*answering)
        await asyncio.to_thread(server.start)
        stored = {each.player_id async for each in storage.sessions.answers(stage.session)}
    assert 60 <= len(acked) < 600, "it was killed too late"
    assert {*acked} - stored == set()


async def test_a_command_that_waits_for_answers_lets_no_more_of_them_past(url: str, server: Postgresql) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    node, other_node, holder = (Storage(StorageSettings(url=url)) for _ in range(3))
    async with node, other_node, holder:
        stage = await Stage.set(node)
        ada, bob = await stage.seat("Ada", "Bob")
        await stage.play(Start())
        early, late = stage.pending(ada, [0]), stage.pending(bob, [0])
        async with holder._database.write() as connection:
            await hold_sessions(connection, holder._database.dialect, [stage.session.id])
            # Who shares the row is not held up,
            assert isinstance(await other_node.answers.append(early), StoredAnswer)
            closing = asyncio.create_task(stage.play(Close()))
            await until(lambda: server.execute(waiting) == "1")
            # but now stands behind the command.
            answering = asyncio.create_task(other_node.answers.append(late))
            await until(lambda: server.execute(waiting) == "2")
        assert (await closing).tally(ada).score.correct == 1
        assert await answering is AnswerRefusal.CLOSED


async def test_a_character_that_it_does_not_store_costs_no_batch_mate_its_place(url: str) -> None:
    async with Storage(StorageSettings(url=url)) as storage:
        stage = await Stage.set(storage)
        seats = await asyncio.gather(*(stage.try_seat(f"Player {n}") for n in range(8)), return_exceptions=True)
        seats += await asyncio.gather(*map(stage.try_seat, ["Cat", "N\0body", "Dan"]), return_exceptions=True)
        assert [isinstance(seat, DBAPIError) for seat in seats] == [False] * 9 + [True, False]
        await stage.play(Start())
        players = [*stage.board.seats]
        answers = [stage.answer(player, [0], "s\0" if number == 4 else "s") for number, player in enumerate(players)]
        outcomes = await asyncio.gather(*answers, return_exceptions=True)
        assert [isinstance(outcome, StoredAnswer) for outcome in outcomes] == [n != 4 for n in range(10)]
        assert isinstance(outcomes[4], DBAPIError)
        # The same text inside an answer is no trouble: what is stored of it is JSON.
        assert isinstance(await stage.answer(players[4], "a\0b"), StoredAnswer)


async def test_the_clock_is_the_databases(url: str, server: Postgresql) -> None:
    def seen() -> int:
        return int(server.execute("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)"))

    async with Storage(StorageSettings(url=url)) as storage:
        before = await asyncio.to_thread(seen)
        now = await storage.now()
        assert before <= now <= await asyncio.to_thread(seen)
        assert isinstance(now, int)


async def test_a_database_that_confirms_what_is_on_disk_is_durable(url: str) -> None:
    async with Storage(StorageSettings(url=url)) as storage:
        await storage.check_durability()


@pytest.mark.parametrize(("value", "durable"), [("on", True), ("remote_apply", True), ("local", False), ("off", False)])
async def test_what_counts_is_how_our_own_connections_commit(
    url: str, server: Postgresql, value: str, durable: bool
) -> None:
    name = make_url(url).database
    await asyncio.to_thread(server.execute, f"ALTER DATABASE {name} SET synchronous_commit = {value}")
    async with Storage(StorageSettings(url=url)) as storage:
        if durable:
            await storage.check_durability()
        else:
            with pytest.raises(NotDurable, match=f"synchronous_commit is {value}"):
                await storage.check_durability()


async def test_a_server_that_does_not_wait_for_its_disk_is_not_durable() -> None:
    with postgresql(fsync="off", full_page_writes="off") as careless:
        await migrate(careless.url())
        async with Storage(StorageSettings(url=careless.url())) as storage:
            with pytest.raises(NotDurable, match="fsync is off, full_page_writes is off"):
                await storage.check_durability()
