"""Nodes that tell who they are and what they were asked, and nothing else."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

JSON = Any
"""Decoded JSON, looked at by tests as it is."""


class EchoNode:
    """Answers Engine.IO handshakes with a sid in a header, as a node does, and everything else with an echo.

    `broken` nodes take requests and hang up on them; `old` ones do not have the files that are asked for.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.address = ""
        self.broken = False
        self.old = False
        self.asked = 0
        self._sids = itertools.count(1)
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        app = web.Application(client_max_size=100 * 1024 * 1024)
        app.router.add_get("/socket.io/", self._socket)
        app.router.add_post("/socket.io/", self._echo)
        app.router.add_route("*", "/{path:.*}", self._echo)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"{host}:{port}"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _echo(self, request: web.Request) -> web.Response:
        self.asked += 1
        if self.broken and request.transport is not None:
            request.transport.abort()
        if self.old:
            raise web.HTTPNotFound
        body = await request.read()
        return web.json_response(self._seen(request) | {"body": len(body)})

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        if request.query.get("transport") != "websocket":
            if "sid" in request.query:
                return await self._echo(request)
            sid = f"{self.name}-{next(self._sids)}"
            return web.json_response(self._seen(request) | {"sid": sid}, headers={"X-Engineio-Sid": sid})
        websocket = web.WebSocketResponse(compress=True)
        await websocket.prepare(request)
        await websocket.send_json(self._seen(request) | {"compressed": websocket.compress})
        async for message in websocket:
            await websocket.send_str(message.data)
        return websocket

    def _seen(self, request: web.Request) -> JSON:
        headers = {name: ",".join(request.headers.getall(name)) for name in request.headers}
        return {"node": self.name, "method": request.method, "path": request.path, "headers": headers}


@asynccontextmanager
async def echo_nodes(*hosts: str, port: int = 0) -> AsyncIterator[list[EchoNode]]:
    """One node for each host; all at the same port if one is given."""
    nodes = [EchoNode(f"echo{number}") for number, _ in enumerate(hosts, 1)]
    try:
        for node, host in zip(nodes, hosts, strict=True):
            await node.start(host, port)
        yield nodes
    finally:
        for node in nodes:
            await node.stop()
