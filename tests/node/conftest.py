"""A real node for each test: aiohttp on a free port, SQLite in a file of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import msgspec
import pytest

from quiz.app import Node, running
from quiz.config import Settings, read_settings
from tests.node.people import Api, Party

PASSWORD = "correct horse"

Throw = Callable[..., Awaitable[Party]]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a first start, quick to close questions."""
    return read_settings(
        {
            "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'quiz.db'}",
            "QUIZ_ADMIN_PASSWORD": PASSWORD,
            "QUIZ_DEADLINE_JITTER_MS": "0",
        }
    )


@pytest.fixture
async def node(settings: Settings) -> AsyncIterator[Node]:
    async with running(settings, "127.0.0.1", 0) as node:
        yield node


@pytest.fixture
async def api(node: Node) -> AsyncIterator[Api]:
    """Signed in as the quiz master."""
    async with aiohttp.ClientSession() as http:
        yield await Api(http, node.url).sign_in(PASSWORD)


@pytest.fixture(params=["websocket", "polling"])
def transport(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return (request.param,)


@pytest.fixture
async def throw(api: Api) -> AsyncIterator[Throw]:
    """Make a session of a quiz; everyone who came to it goes home after the test."""
    async with AsyncExitStack() as stack:

        async def throw_(document: object, transports: tuple[str, ...] = ("websocket",), **settings: object) -> Party:
            quiz_id = await api.add_quiz(msgspec.to_builtins(document))
            party = Party(api, await api.make_session(quiz_id, **settings), transports)
            stack.push_async_callback(party.go_home)
            return party

        yield throw_
