"""A database for each test, and a storage open on it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.databases import ADAPTERS, Databases, PostgresqlDatabases
from tests.contract.storage.games import Stage


@pytest.fixture(scope="session")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Databases]]:
    """Gives the databases of a kind, set up when they are first asked for."""
    there: dict[str, Databases] = {}
    with ExitStack() as stack:

        def databases_of(kind: str) -> Databases:
            if kind not in there:
                there[kind] = stack.enter_context(ADAPTERS[kind](tmp_path_factory.mktemp(kind)))
            return there[kind]

        yield databases_of


@pytest.fixture(params=ADAPTERS)
def databases(request: pytest.FixtureRequest, set_up: Callable[[str], Databases]) -> Databases:
    return set_up(request.param)


@pytest.fixture
def on_postgresql(set_up: Callable[[str], Databases]) -> PostgresqlDatabases:
    """For what only PostgreSQL has."""
    databases = set_up("postgresql")
    assert isinstance(databases, PostgresqlDatabases)
    return databases


@pytest.fixture
def url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """An empty database with all tables."""
    with databases.fresh(tmp_path) as url:
        yield url


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    async with Storage(StorageSettings(url=url)) as storage:
        yield storage


@pytest.fixture
async def stage(storage: Storage) -> Stage:
    """A quiz master with a session of three questions, and a way to play it."""
    return await Stage.set(storage)
