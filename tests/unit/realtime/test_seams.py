"""The protected names of python-socketio and python-engineio that we lean on still look the way we think."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path

import engineio
import pytest
from engineio.async_drivers.aiohttp import WebSocket

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


async def test_the_driver_table_is_where_requests_and_websockets_come_from() -> None:
    server = engineio.AsyncServer(async_mode="aiohttp")
    assert server._async["websocket"] is WebSocket
    assert callable(server._async["translate_request"])
    source = inspect.getsource(engineio.AsyncServer.handle_request)
    assert "self._async['translate_request']" in source


def test_a_websocket_of_the_driver_has_the_methods_we_replace() -> None:
    assert {"close", "send", "wait", "__call__"} <= set(vars(WebSocket))


@pytest.mark.parametrize("package", ["python-socketio", "python-engineio"])
def test_the_versions_are_pinned_to_those_that_were_read(package: str) -> None:
    project = tomllib.loads(PYPROJECT.read_text(encoding="utf-8"))["project"]
    assert f"{package}=={version(package)}" in project["dependencies"]
