"""The protected names of python-socketio and python-engineio that we lean on still look the way we think."""

from __future__ import annotations

import importlib
import inspect
import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import engineio
import pytest
from aiohttp import web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http_websocket import WebSocketError, WebSocketReader
from aiohttp.web_protocol import RequestHandler

from quiz.realtime.settings import SEAMS

PYPROJECT = Path(__file__).parent.parent.parent.parent / "pyproject.toml"


@pytest.mark.parametrize("name", SEAMS)
def test_a_protected_name_takes_the_arguments_we_know(name: str) -> None:
    module, _, path = name.rpartition(".")
    try:
        owner = importlib.import_module(module)
    except ModuleNotFoundError:
        package, _, class_name = module.rpartition(".")
        owner = getattr(importlib.import_module(package), class_name)
    assert tuple(inspect.signature(getattr(owner, path)).parameters) == SEAMS[name]


async def test_the_driver_table_is_where_requests_come_from() -> None:
    server = engineio.AsyncServer(async_mode="aiohttp")
    assert callable(server._async["translate_request"])
    source = inspect.getsource(engineio.AsyncServer.handle_request)
    assert "self._async['translate_request']" in source


def test_a_session_is_judged_by_the_attributes_that_a_link_keeps() -> None:
    source = inspect.getsource(engineio.AsyncServer.handle_request)
    judged = set(re.findall(r"\bsocket\.(\w+)", source)) - {"handle_get_request", "handle_post_request"}
    assert judged == {"connected", "upgraded"}
    assert ".closed" in inspect.getsource(engineio.AsyncServer._get_socket)


def test_aiohttp_writes_the_handshake_before_it_sets_up_its_reader() -> None:
    source = inspect.getsource(web.WebSocketResponse.prepare)
    steps = [source.index(step) for step in ("self._pre_start(", "super().prepare(", "self._post_start(")]
    assert steps == sorted(steps)
    assert web.WebSocketResponse._send_headers_immediately


def test_what_comes_behind_a_handshake_is_kept_where_it_is_looked_for() -> None:
    assert "_message_tail" in inspect.getsource(RequestHandler.data_received)


def test_the_frame_parser_reads_into_a_queue_that_was_never_initialised() -> None:
    class Straight(WebSocketDataQueue):
        def __init__(self) -> None:
            self.heard: list[object] = []

        def feed_data(self, data: object, size: int) -> None:
            self.heard.append(data)

        def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
            self.heard.append(exc)

    straight = Straight()
    reader = WebSocketReader(straight, 1_000, compress=False, decode_text=True)
    for _ in range(1_000):
        reader.feed_data(b"\x81\x8112344")
    assert len(straight.heard) == 1_000
    reader.feed_data(b"\xff\x00")
    assert isinstance(straight.heard[-1], WebSocketError)


@pytest.mark.parametrize("package", ["python-socketio", "python-engineio"])
def test_the_versions_are_pinned_to_those_that_were_read(package: str) -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    assert f"{package}=={version(package)}" in project["dependencies"]
