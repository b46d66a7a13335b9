"""How connections end: for good, or as if the network had failed, after which stock clients come back by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakKeyDictionary

import socketio

from quiz.realtime.connection import Connection


class Endings:
    """Ends connections of one server, beside whatever else it does.

    Args:
        grace_s: how long a client may take to take in what was sent to it before; then its transport is aborted.
    """

    def __init__(self, server: socketio.AsyncServer, grace_s: float) -> None:
        self._server = server
        self._grace_s = grace_s
        self._transports: WeakKeyDictionary[Any, asyncio.Transport] = WeakKeyDictionary()
        self._tasks: set[asyncio.Task[None]] = set()

    def opened(self, socket: object, transport: asyncio.Transport) -> None:
        """Note the transport below an Engine.IO socket: a client that does not read can be ended no other way."""
        self._transports[socket] = transport

    def part(self, connection: Connection, reason: str) -> None:
        """End a connection for good."""
        self._own(self._part(connection, reason))

    def hang_up(self, connection: Connection, reason: str) -> None:
        """End a connection so that its client comes back."""
        self._own(self.hung_up(connection, reason))

    async def hung_up(self, connection: Connection, reason: str) -> None:
        """As `hang_up`, and return when it is done, except that what was sent before may still be under way."""
        connection.ended_by = connection.ended_by or reason
        socket = self._server.eio.sockets.pop(connection.eio_sid, None)
        if socket is None:
            return
        await socket.close(wait=False, abort=True, reason=self._server.reason.SERVER_DISCONNECT)
        socket.queue.put_nowait(None)
        if (transport := self._transports.get(socket)) is not None:
            asyncio.get_running_loop().call_later(self._grace_s, transport.abort)

    async def settled(self) -> None:
        """Return when every ending is done, or has had its time."""
        await within(self._grace_s, list(self._tasks))

    async def _part(self, connection: Connection, reason: str) -> None:
        connection.ended_by = connection.ended_by or reason
        if connection.sid is not None:
            await self._server.disconnect(connection.sid)
        await self.hung_up(connection, reason)

    def _own(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def within(seconds: float, work: Sequence[Awaitable[object]]) -> None:
    """Wait for all of it, but not for ever."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*work, return_exceptions=True)
