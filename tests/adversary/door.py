"""Connections to one node, all of them closed when a test is over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from tests.adversary.raw_http import Barrier
from tests.adversary.raw_polling import HANDSHAKE as POLLING
from tests.adversary.raw_polling import RawPolling
from tests.adversary.raw_websocket import HANDSHAKE as WEBSOCKET
from tests.adversary.raw_websocket import RawWebSocket
from tests.adversary.wire import Wire

TOGETHER_MAX = 100
"""So many connects are under way at a time."""


class Door:
    """Opens connections to the node at a port, which end with `stack`."""

    def __init__(self, port: int, stack: ExitStack) -> None:
        self.port = port
        self._stack = stack

    async def wire(self, receive_buffer: int | None = None) -> Wire:
        """A bare connection."""
        wire = await Wire.open(self.port, receive_buffer)
        self._stack.callback(wire.close)
        return wire

    async def barrier(self) -> Barrier:
        return Barrier(await self.wire())

    async def websocket(
        self,
        query: str = WEBSOCKET,
        trailing: bytes = b"",
        receive_buffer: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> RawWebSocket:
        """A websocket that has read nothing yet."""
        return await RawWebSocket.over(await self.wire(receive_buffer), query, trailing, headers)

    async def player(self, token: str, receive_buffer: int | None = None) -> RawWebSocket:
        """A websocket that has joined."""
        socket = await (await self.websocket(receive_buffer=receive_buffer)).open()
        await socket.join(token)
        return socket

    async def players(self, tokens: Iterable[str], receive_buffer: int | None = None) -> list[RawWebSocket]:
        """As many as there are tokens, of which several may be the same."""
        turns = asyncio.Semaphore(TOGETHER_MAX)

        async def come(token: str) -> RawWebSocket:
            async with turns:
                return await self.player(token, receive_buffer)

        return await asyncio.gather(*(come(token) for token in tokens))

    async def polling(self, query: str = POLLING, headers: Mapping[str, str] | None = None) -> RawPolling:
        """A polling session."""
        return await RawPolling.open(self.port, query, headers)
