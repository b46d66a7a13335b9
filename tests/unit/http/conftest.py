from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.http.world import World, a_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path) as world:
        yield world


@pytest.fixture
async def ada(world: World) -> str:
    """The token of a quiz master."""
    return await world.add_user("ada")


@pytest.fixture
async def eve(world: World) -> str:
    """The token of another quiz master."""
    return await world.add_user("eve")
