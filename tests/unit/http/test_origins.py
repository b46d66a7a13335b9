"""Pages of other origins that may use the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from quiz.http.settings import HttpSettings
from tests.unit.http.world import World, a_world

PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


@pytest.fixture
async def shared(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, HttpSettings(allowed_origins=("https://school.example",))) as world:
        yield world


async def test_pages_of_an_allowed_origin_may_read_answers(shared: World) -> None:
    got = await shared.get("/api/v1/sessions/1234567", headers={"Origin": "https://school.example"})
    assert got.headers["Access-Control-Allow-Origin"] == "https://school.example"
    assert got.headers["Access-Control-Expose-Headers"] == "ETag, Retry-After"
    assert "Origin" in got.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in got.headers


@pytest.mark.parametrize("origin", ["https://evil.example", "http://school.example", "null", ""])
async def test_pages_of_another_origin_may_not(shared: World, origin: str) -> None:
    got = await shared.get("/api/v1/sessions/1234567", headers={"Origin": origin})
    assert "Access-Control-Allow-Origin" not in got.headers
    assert "Origin" in got.headers["Vary"]


async def test_a_preflight_of_an_allowed_origin_is_answered(shared: World) -> None:
    headers = {"Origin": "https://school.example", **PREFLIGHT}
    async with shared.http.options("/api/v1/sessions/1234567/players", headers=headers) as response:
        assert response.status == 204
        assert response.headers["Access-Control-Allow-Origin"] == "https://school.example"
        assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
        assert "POST" in response.headers["Access-Control-Allow-Methods"]


async def test_by_default_no_other_origin_may_read_anything(world: World) -> None:
    got = await world.get("/api/v1/sessions/1234567", headers={"Origin": "https://school.example"})
    assert not [name for name in got.headers if name.startswith("Access-Control")]


async def test_an_asterisk_allows_every_origin(tmp_path: Path) -> None:
    async with a_world(tmp_path, HttpSettings(allowed_origins=("*",))) as world:
        got = await world.get("/api/v1/openapi.json", headers={"Origin": "https://any.example"})
        assert got.headers["Access-Control-Allow-Origin"] == "https://any.example"
