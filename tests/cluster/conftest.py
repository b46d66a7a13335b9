"""The real nginx before nodes that echo."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from yarl import URL

from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.nginx import Nginx
from quiz.cli.local_cluster.ports import free_port
from quiz.cli.local_cluster.sweeper import Sweeper
from quiz.cli.local_cluster.wheels import find_programs
from tests.cluster.echo_nodes import JSON, EchoNode, echo_nodes


class Front:
    """nginx, the nodes behind it, and a client before it."""

    def __init__(self, nginx: Nginx, url: str, nodes: list[EchoNode], http: aiohttp.ClientSession) -> None:
        self.nginx = nginx
        self.url = url
        self.nodes = nodes
        self.http = http

    async def call(self, method: str, path: str, **more: JSON) -> tuple[int, JSON]:
        """Status and decoded JSON of a request; the path is sent as it is written."""
        async with self.http.request(method, URL(self.url + path, encoded=True), **more) as reply:
            return reply.status, await reply.json(content_type=None)

    async def ask(self, path: str, **more: JSON) -> JSON:
        """What a node answers to a GET."""
        status, body = await self.call("GET", path, **more)
        assert status == 200, body
        return body

    async def shake_hands(self, affinity: str | None = None) -> JSON:
        """A long-polling handshake."""
        room = f"&affinity={affinity}" if affinity is not None else ""
        return await self.ask(f"/socket.io/?EIO=4&transport=polling{room}")

    @asynccontextmanager
    async def websocket(self, query: str = "", **more: JSON) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        url = f"{self.url}/socket.io/?EIO=4&transport=websocket{query}"
        async with self.http.ws_connect(url, **more) as websocket:
            yield websocket


@pytest.fixture
async def front() -> AsyncIterator[Front]:
    home, _ = Home.make(None, {})
    sweeper = Sweeper(home.run)
    port = free_port(set())
    nginx = Nginx(home, sweeper, find_programs().nginx, "127.0.0.1", port)
    async with echo_nodes("127.0.0.1", "127.0.0.1", "127.0.0.1") as nodes, aiohttp.ClientSession() as http:
        nginx.set_nodes(node.address for node in nodes)
        await sweeper.start()
        try:
            await nginx.start()
            yield Front(nginx, f"http://127.0.0.1:{port}", nodes, http)
        finally:
            await nginx.stop()
            home.release()
            await sweeper.done()
