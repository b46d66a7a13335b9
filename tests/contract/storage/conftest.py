"""A database for each test, and a storage open on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.databases import ADAPTERS, Adapter
from tests.contract.storage.games import Stage


@pytest.fixture(params=ADAPTERS)
def adapter(request: pytest.FixtureRequest) -> Adapter:
    return ADAPTERS[request.param]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    """What each adapter has made for all tests."""
    return {}


@pytest.fixture
def url(adapter: Adapter, templates: dict[int, str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """An empty database with all tables."""
    if id(adapter) not in templates:
        templates[id(adapter)] = adapter.template(tmp_path_factory.mktemp("template"))
    return adapter.fresh(templates[id(adapter)], tmp_path)


@pytest.fixture
async def storage(url: str) -> AsyncIterator[Storage]:
    async with Storage(StorageSettings(url=url)) as storage:
        yield storage


@pytest.fixture
async def stage(storage: Storage) -> Stage:
    """A quiz master with a session of three questions, and a way to play it."""
    return await Stage.set(storage)
