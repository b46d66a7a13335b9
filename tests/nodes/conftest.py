"""Several nodes in one process, over one real PostgreSQL and one real Redis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack

import aiohttp
import msgspec
import pytest

from quiz.app import Node, running
from quiz.config import read_settings
from quiz.storage.migrate import migrate
from tests.node.people import Api
from tests.nodes.hall import Hall
from tests.servers.postgresql import Postgresql, postgresql
from tests.servers.redis import Redis
from tests.servers.redis import redis as redis_server

PASSWORD = "correct horse"
KEY = "k" * 64

Open = Callable[..., Awaitable["Cluster"]]


class Cluster:
    """Nodes of one cluster, and whoever is signed in at the first of them."""

    def __init__(self, nodes: list[Node], apis: list[Api], stack: AsyncExitStack) -> None:
        self.nodes = nodes
        self.apis = apis
        self._stack = stack

    async def hall(self, document: object, transports: tuple[str, ...] = ("websocket",), **settings: object) -> Hall:
        """A session of a quiz, made at the first node; everyone who came goes home after the test."""
        quiz_id = await self.apis[0].add_quiz(msgspec.to_builtins(document))
        hall = Hall(self.apis, await self.apis[0].make_session(quiz_id, **settings), transports)
        self._stack.push_async_callback(hall.go_home)
        return hall


@pytest.fixture(scope="session")
def database_server() -> Iterator[Postgresql]:
    with postgresql() as server:
        yield server


@pytest.fixture(scope="session")
def migrated(database_server: Postgresql) -> str:
    """The name of a database to copy."""
    name = database_server.create_database()
    asyncio.run(migrate(database_server.url(name)))
    return name


@pytest.fixture
def database(database_server: Postgresql, migrated: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = database_server.create_database(template=migrated)
    yield database_server.url(name)
    database_server.drop_database(name)


@pytest.fixture
def redis() -> Iterator[Redis]:
    with redis_server("--appendonly", "yes") as server:
        yield server


@pytest.fixture
async def open_cluster(database: str, redis: Redis) -> AsyncIterator[Open]:
    """Start a cluster: `await open_cluster(nodes=3, redis=redis.url, QUIZ_…="…")`; it ends before its Redis does."""
    async with AsyncExitStack() as stack:

        async def open_(nodes: int = 3, redis: str | None = None, **environ: str) -> Cluster:
            http = await stack.enter_async_context(aiohttp.ClientSession())
            settings = read_settings(
                {
                    "DATABASE_URL": database,
                    "QUIZ_SECRET_KEY": KEY,
                    "QUIZ_ADMIN_PASSWORD": PASSWORD,
                    "QUIZ_DATABASE_CONNECTIONS": "4",
                    **({"REDIS_URL": redis} if redis else {}),
                    **environ,
                }
            )
            started = [await stack.enter_async_context(running(settings, "127.0.0.1", 0)) for _ in range(nodes)]
            first = await Api(http, started[0].url).sign_in(PASSWORD)
            apis = [first]
            for node in started[1:]:
                api = Api(http, node.url)
                api.token = first.token
                apis.append(api)
            return Cluster(started, apis, stack)

        yield open_
