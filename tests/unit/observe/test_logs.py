"""Logs: every line once, in one form, and no client can raise an alarm."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import msgspec
import pytest
import socketio
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from quiz.observe.logs import set_up_logs

TOUCHED = ("", "aiosqlite", "engineio", "socketio", "asyncio", "alembic", "sqlalchemy.engine")
SERVERS = ("engineio.server", "socketio.server")


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Logging is the process's; begin with servers that nobody has set up, and leave all as it was found."""
    loggers = [logging.getLogger(name) for name in (*TOUCHED, *SERVERS)]
    before = [(logger, logger.level, logger.handlers[:], logger.filters[:]) for logger in loggers]
    for name in SERVERS:
        server = logging.getLogger(name)
        server.setLevel(logging.NOTSET)
        server.handlers.clear()
        server.filters.clear()
    yield
    for logger, level, handlers, filters in before:
        logger.setLevel(level)
        logger.handlers[:], logger.filters[:] = handlers, filters
    structlog.reset_defaults()


def set_up(level: str) -> io.StringIO:
    stream = io.StringIO()
    set_up_logs(level, json=True, stream=stream)
    return stream


def lines(stream: io.StringIO) -> list[tuple[str, str]]:
    """Level and text of what the servers have to say; every line has to be JSON."""
    decoded = [msgspec.json.decode(line, type=dict[str, str]) for line in stream.getvalue().splitlines()]
    return [(line["level"], line["event"]) for line in decoded if line["logger"] in SERVERS]


async def make_mistakes(server: socketio.AsyncServer) -> None:
    """What a client can get wrong before it is connected."""
    app = web.Application()
    server.attach(app)
    async with TestClient(TestServer(app)) as http:
        for query, headers in (
            ("EIO=4&transport=polling&sid=nobodys", {}),
            ("EIO=4&transport=polling", {"Origin": "https://evil.example"}),
            ("EIO=3&transport=polling", {}),
            ("EIO=4&transport=pigeon", {}),
            ("EIO=4&transport=polling&j=x", {}),
        ):
            assert (await http.get(f"/socket.io/?{query}", headers=headers)).status == 400
        assert (await http.post("/socket.io/?EIO=4&transport=polling&sid=nobodys", data="4")).status == 400


@pytest.mark.parametrize("level", ["info", "error"])
async def test_what_clients_get_wrong_is_not_logged(level: str, capfd: pytest.CaptureFixture[str]) -> None:
    stream = set_up(level)
    await make_mistakes(socketio.AsyncServer(async_mode="aiohttp"))
    assert lines(stream) == []
    assert capfd.readouterr().err == ""


async def test_who_looks_for_mistakes_finds_them_below_the_level_of_errors() -> None:
    stream = set_up("debug")
    await make_mistakes(socketio.AsyncServer(async_mode="aiohttp"))
    seen = lines(stream)
    assert {level for level, _ in seen} == {"debug"}
    for words in ("Invalid session", "not an accepted origin", "unsupported version", "Invalid transport"):
        assert sum(words in text for _, text in seen) == 1, words


@pytest.mark.parametrize("servers_first", [False, True])
async def test_what_goes_wrong_on_our_side_is_logged_once_as_an_error(
    servers_first: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    early = socketio.AsyncServer(async_mode="aiohttp") if servers_first else None
    stream = set_up("info")
    server = early or socketio.AsyncServer(async_mode="aiohttp")
    server.logger.error("rooms are broken")
    server.eio.logger.error("sockets are broken")
    server.eio._log_error_once("The WebSocket transport is not available, install one", "no-websocket")
    assert [(level, text.partition(",")[0]) for level, text in lines(stream)] == [
        ("error", "rooms are broken"),
        ("error", "sockets are broken"),
        ("error", "The WebSocket transport is not available"),
    ]
    assert capfd.readouterr().err == ""
