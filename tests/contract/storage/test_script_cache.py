"""Frozen quizzes are read from the database once, and then from nearer by."""

from __future__ import annotations

import pytest

from quiz.domain.ids import SessionId
from quiz.storage.scripts import KIND, Tier
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.games import Stage


class Shared:
    """A `ContentCache` in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    async def get(self, kind: str, key: str) -> bytes | None:
        return self.kept.get((kind, key))

    async def put(self, kind: str, key: str, content: bytes) -> None:
        self.kept[kind, key] = content


class Ear:
    """A `CacheObserver` that keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, Tier]] = []

    def looked_up(self, kind: str, tier: Tier) -> None:
        self.heard.append((kind, tier))

    def tiers(self) -> list[Tier]:
        assert {kind for kind, _ in self.heard} <= {KIND}
        tiers, self.heard = [tier for _, tier in self.heard], []
        return tiers


@pytest.fixture
def shared() -> Shared:
    return Shared()


@pytest.fixture
def ear() -> Ear:
    return Ear()


async def check_loaded(storage: Storage, stage: Stage) -> None:
    picture = await storage.sessions.load(stage.session.id)
    assert picture is not None
    assert picture.session == stage.session


async def test_a_script_is_read_from_the_database_once_for_all_nodes(
    stage: Stage, url: str, shared: Shared, ear: Ear
) -> None:
    async with Storage(StorageSettings(url=url), cache=shared, cache_observer=ear) as node:
        for _ in range(3):
            await check_loaded(node, stage)
        assert ear.tiers() == ["database", "node", "node"]
    async with Storage(StorageSettings(url=url), cache=shared, cache_observer=ear) as other_node:
        for _ in range(3):
            await check_loaded(other_node, stage)
        assert ear.tiers() == ["shared", "node", "node"]


async def test_without_a_shared_cache_there_are_two_places(stage: Stage, url: str, ear: Ear) -> None:
    async with Storage(StorageSettings(url=url), cache_observer=ear) as node:
        for _ in range(2):
            await check_loaded(node, stage)
    assert ear.tiers() == ["database", "node"]


async def test_what_a_node_has_no_room_for_is_in_the_shared_cache(storage: Storage, url: str, ear: Ear) -> None:
    stages = [await Stage.set(storage) for _ in range(3)]
    async with Storage(StorageSettings(url=url, scripts_kept=2), cache=Shared(), cache_observer=ear) as node:
        for stage in [*stages, stages[1], stages[0], stages[1]]:
            await check_loaded(node, stage)
    assert ear.tiers() == ["database"] * 3 + ["node", "shared", "node"]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b'{"quiz": 5}'])
async def test_what_cannot_be_read_is_read_from_the_database_and_replaced(
    stage: Stage, url: str, shared: Shared, ear: Ear, content: bytes
) -> None:
    place = (KIND, stage.session.id)
    shared.kept[place] = content
    async with Storage(StorageSettings(url=url), cache=shared, cache_observer=ear) as node:
        await check_loaded(node, stage)
    assert ear.tiers() == ["database"]
    assert shared.kept[place] != content


async def test_a_session_that_does_not_exist_has_no_script_anywhere(storage: Storage, url: str, shared: Shared) -> None:
    async with Storage(StorageSettings(url=url), cache=shared) as node:
        assert await node.sessions.load(SessionId("nowhere")) is None
    assert shared.kept == {}
