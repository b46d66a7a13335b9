"""The Engine.IO server below Socket.IO: python-engineio's requests and rules, our sessions."""

from __future__ import annotations

import asyncio
from collections import deque
from functools import partial
from typing import Any, Final

import engineio
import structlog
from aiohttp import web

from quiz.realtime.family import Family
from quiz.realtime.frames import opening
from quiz.realtime.link import REQUEST, SID_HEADER, Link
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.sink import Sink
from quiz.realtime.websocket import Handshake, WebSocket
from quiz.realtime.wheel import TimerWheel

log = structlog.get_logger("quiz.realtime")

LINGER_S: Final = 5.0
"""How long the last packets of a session that has ended wait for the poll that fetches them."""
ENDS_AT_ONCE: Final = 100
"""So many ends are seen to before whoever else has something to do gets a turn."""


class Engine(engineio.AsyncServer):  # type: ignore[misc]
    """Serves Engine.IO requests, and keeps the sessions."""

    def __init__(self, *, sink: Sink, limits: RealtimeSettings, wheel: TimerWheel, **options: Any) -> None:
        super().__init__(monitor_clients=False, **options)
        self.sink = sink
        self.limits = limits
        self.wheel = wheel
        self.websockets: Family[WebSocket] = Family()
        self._ended: deque[tuple[Link, str]] = deque()

    async def handle_request(self, request: web.Request) -> web.StreamResponse:
        """Answer a request as the Engine.IO protocol has it, also where python-engineio does not."""
        link: Link | None = self.sockets.get(request.query.get("sid"))
        if link is None:
            return await self._handle(request)
        if (link.upgraded or link.trying) and _wants_websocket(request):
            return await self._turn_away(request)
        if request.method != "POST":
            return await self._handle(request)
        if link.posting:
            link.end(self.reason.TRANSPORT_ERROR)
            return web.Response(status=400, text="Two bodies at a time.")
        link.posting = True
        try:
            return await self._handle(request)
        finally:
            link.posting = False

    def ended(self, link: Link, reason: str) -> None:
        """A session is over, and sends nothing any more; what else there is to do is done soon.

        Thousands may leave together. Whoever else has something to do gets a turn between a few and the next.
        """
        if not self._ended:
            asyncio.get_running_loop().call_soon(self._settle)
        self._ended.append((link, reason))

    async def shutdown(self) -> None:
        """Stop whatever runs."""
        await super().shutdown()
        for websocket in self.websockets:
            websocket.abort()
        while self._ended:
            self._settle()
        self.wheel.close()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        response: web.StreamResponse = await super().handle_request(request)
        return response

    def _settle(self) -> None:
        for _ in range(min(ENDS_AT_ONCE, len(self._ended))):
            link, reason = self._ended.popleft()
            if link.closed:
                self.sockets.pop(link.sid, None)
            else:  # its last packets are still to be fetched
                self.wheel.call_in(LINGER_S, partial(self.sockets.pop, link.sid, None))
            try:
                self.sink.ended(link, reason)
            except Exception:  # the ends of the others are still to be seen to
                log.exception("an end was not seen to", action="disconnect")
        if self._ended:
            asyncio.get_running_loop().call_soon(self._settle)

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: int | None = None) -> Any:
        """Begin a session."""
        sid = self.generate_id()
        link = Link(self, sid)
        self.sockets[sid] = link
        self.sink.opened(link)
        upgrades = self._upgrades(sid, transport)
        largest = self.max_http_buffer_size
        link.put(opening(sid, upgrades, self.ping_interval, self.ping_timeout, largest))
        link.start()
        if transport == "websocket":
            try:
                return await link.open_websocket(environ[REQUEST])
            except BaseException:
                link.end(self.reason.TRANSPORT_ERROR)
                self.sockets.pop(sid, None)
                raise
        link.connected = True
        return self._ok(link.take(), headers=[(SID_HEADER, sid)], jsonp_index=jsonp_index)

    async def _turn_away(self, request: web.Request) -> web.StreamResponse:
        """A session has one websocket: a second is opened only to be closed."""

        def make(transport: Any) -> WebSocket:
            return WebSocket(_Nobody(), transport, self.wheel, self.websockets, budget=1024, largest=1024)

        handshake = Handshake({})
        websocket, _ = await handshake.take(request, make, self.limits.kernel_bytes)
        websocket.close()
        return handshake


class _Nobody:
    """The session of a websocket that has none."""

    def received(self, text: str) -> None: ...

    def received_binary(self) -> None: ...

    def bears(self, asides: int) -> bool:
        return False

    def unreadable(self) -> None: ...

    def lost(self, websocket: WebSocket) -> None: ...

    def falls_behind(self) -> None: ...

    def caught_up(self) -> None: ...


def _wants_websocket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"
