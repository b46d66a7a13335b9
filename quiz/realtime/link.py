"""One client's Engine.IO session: everything that is sent to it takes one way, over whichever transport it has.

In place of python-engineio's queue and writer task. Nothing here waits for a client: what cannot be sent is held within
a budget, and a client that lets more pile up loses its connection and comes back to a snapshot.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import structlog
from aiohttp import web
from engineio import async_socket, exceptions

from quiz.realtime.frames import CLOSE, NOOP, PING, Frame, Kind, read_payload
from quiz.realtime.outbox import Outbox
from quiz.realtime.sink import Home
from quiz.realtime.upgrade import Upgrade
from quiz.realtime.websocket import Handshake, WebSocket
from quiz.realtime.wheel import Timer

log = structlog.get_logger("quiz.realtime")

REQUEST: Final = "aiohttp.request"
"""Where the environment of a request keeps the request itself."""
SID_HEADER: Final = "X-Engineio-Sid"
"""Names the session in the answer to a handshake, for proxies that keep a client at its node."""
_PROGRESS_OF_BUDGET: Final = 4
"""A client that takes in this fraction of its budget in the time it has is slow, but not stalled."""


class Link(async_socket.AsyncSocket):  # type: ignore[misc]
    """A session. `client` is whatever the layer above keeps with it.

    Before its websocket is open, and for ever if it only polls, frames wait in the outbox.
    """

    def __init__(self, engine: Home, sid: str) -> None:
        # Not the initialiser of python-engineio: its queue alone takes a kilobyte.
        self.server = engine
        self.sid = sid
        self.connected = self.upgrading = self.upgraded = self.closing = self.closed = False
        self.over = False
        """Whether the session has ended; `closed` tells python-engineio when the last packets have been fetched."""
        self.client: Any = None
        self.missed = False
        """Whether something was left out because the client was behind."""
        self._write: Callable[[bytes], None] | None = None
        """The way out, while the client keeps up."""
        self._websocket: WebSocket | None = None
        self._outbox = Outbox()
        self._owed = 0
        """Bytes that have waited for the client since it was last looked whether it takes anything in."""
        self._allowed = 0
        """Bytes of a snapshot under way, which may wait on top of everything else."""
        self.trying = False
        """Whether a websocket is open that it may change over to."""
        self.posting = False
        """Whether a body of it is being read; there may be one at a time."""
        self._heartbeat: Timer | None = None
        self._pong_due = False
        self._stall: Timer | None = None

    @property
    def transport_name(self) -> str:
        """`websocket` or `polling`."""
        return "websocket" if self.upgraded else "polling"

    def put(self, frame: Frame) -> None:
        """Send a frame. Never waits and never raises."""
        if self._write is not None:
            self._write(frame.wire)
        elif not self.over:
            self._hold(frame)

    def put_snapshot(self, frame: Frame) -> None:
        """Send a frame that may be larger than all that else may wait for a client."""
        if not self.over:
            self._hold(frame)

    def pause_reading(self) -> None:
        """Read nothing from the client for the time being, if it has a websocket."""
        if self._websocket is not None and self._websocket.open:
            self._websocket.transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        if self._websocket is not None and self._websocket.open:
            self._websocket.transport.resume_reading()

    def start(self) -> None:
        """Begin the heartbeat."""
        self._heartbeat = self.server.wheel.call_in(self.server.ping_interval, self._ping)

    def end(self, reason: str, *, abort: bool = False) -> None:
        """End the session.

        Args:
            reason: one of python-engineio's, or why this server wanted it.
            abort: throw away what waits for the client, and hang up.
        """
        if self.over:
            return
        self.closing = self.over = self.closed = True
        self._write = None
        for timer in (self._heartbeat, self._stall):
            if timer is not None:
                timer.cancel()
        if self._websocket is not None:
            if abort:
                self._websocket.abort()
            else:
                self._websocket.close()
        elif not self.upgraded:
            self._end_polls(reason, abort=abort)
        self.server.ended(self, reason)

    def _end_polls(self, reason: str, *, abort: bool) -> None:
        """Answer the waiting poll; without one, what it should have taken along may wait for the next.

        Engine.IO's CLOSE is for clients that broke the protocol. Stock Python clients take it as a wish that they stay
        away, and other ends are to look as if the network had failed.
        """
        names = self.server.reason
        lingers = reason == names.SERVER_DISCONNECT and not abort and bool(self._outbox)
        self.closed = self._outbox.polled or not lingers
        self._outbox.add(CLOSE if reason == names.TRANSPORT_ERROR else NOOP)
        self._outbox.release()

    # What follows is what python-engineio asks of a socket.

    async def send(self, pkt: Any) -> None:
        """Send a packet of python-engineio's own."""
        self.put(Frame(pkt.encode().encode()))

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """End the session."""
        self.end(reason or self.server.reason.SERVER_DISCONNECT, abort=abort)

    async def handle_get_request(self, environ: dict[str, Any]) -> Any:
        """Serve a poll, or the handshake of a websocket."""
        request: web.Request = environ[REQUEST]
        if environ.get("HTTP_UPGRADE", "").lower() == "websocket":
            return await self.open_websocket(request)
        if self.over:
            self.closed = True
            return self.take()
        if self._outbox.polled:
            self.end(self.server.reason.TRANSPORT_ERROR)
            raise exceptions.EngineIOError("Two polls at a time.")
        if self.upgrading:
            return [NOOP]
        if not self._outbox:
            await self._outbox.released()
            if request.transport is None or request.transport.is_closing():
                # Nobody is there to take it: better a new session than a frame lost.
                self.end(self.server.reason.TRANSPORT_CLOSE)
                return []
        return self.take()

    async def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Take in what a client posts."""
        try:
            packets = read_payload(await environ["wsgi.input"].read())
        except ValueError as error:
            self.unreadable()
            raise exceptions.EngineIOError(str(error)) from None
        for packet in packets:
            self.received(packet)

    def take(self) -> list[Frame]:
        """What waits for the next poll, which has it from now on."""
        frames = self._outbox.take()
        self.caught_up()
        return frames

    async def open_websocket(self, request: web.Request) -> web.StreamResponse:
        """Open a websocket: the session's first transport, or the one that it changes over to.

        Raises:
            web.HTTPBadRequest: this is no websocket handshake, or the client has gone.
        """
        engine = self.server
        session = Upgrade(self, engine.wheel, engine.limits.upgrade_timeout_s) if self.connected else self

        def make(transport: asyncio.Transport) -> WebSocket:
            budget, largest = engine.limits.outbound_budget_bytes, engine.limits.transport_bytes_max
            return WebSocket(session, transport, engine.wheel, engine.websockets, budget=budget, largest=largest)

        handshake = Handshake({SID_HEADER: self.sid})
        websocket, early = await handshake.take(request, make, engine.limits.kernel_bytes)
        if isinstance(session, Upgrade):
            session.opened(websocket)
        elif self.over:
            websocket.close()
        else:
            self.change_over(websocket)
        websocket.data_received(early)
        return handshake

    def change_over(self, websocket: WebSocket) -> None:
        """Send over a websocket from now on, first of all what has waited."""
        self.trying = False
        websocket.hand_to(self)
        self._websocket = websocket
        self.connected = self.upgraded = True
        self.upgrading = False
        self._outbox.release()
        for frame in self.take():
            self._hold(frame)

    def poll_on(self) -> None:
        """No websocket came of it: what has waited for one goes to polls again."""
        self.upgrading = False
        if self._outbox:
            self._outbox.release()

    def hold_polls(self) -> None:
        """A websocket works: nothing more goes to polls, and the one under way ends, so that its client may say so."""
        self.upgrading = True
        if self._outbox.polled:
            self._outbox.add(NOOP)
            self._outbox.release()

    # What follows is called by the websocket.

    def received(self, text: str) -> None:
        """An Engine.IO packet has come."""
        if self.over:
            return
        kind = text[:1]
        if kind == "4":
            try:
                self.server.sink.received(self, text)
            except Exception:
                # Ours, not the client's: the parser below would take it for a breach of the protocol.
                log.exception("a packet was not read", action="packet")
                self.end(self.server.reason.TRANSPORT_ERROR)
        elif kind == "3" and self._pong_due:
            self._pong()
        elif kind == "1":
            self.end(self.server.reason.CLIENT_DISCONNECT)
        elif kind in ("3", "5", "6"):  # which mean nothing here
            self.bears(1)
        else:
            self.unreadable()

    def bears(self, asides: int) -> bool:
        """Whether the session goes on after so many packets that say nothing; they count among those it may send."""
        return not self.over and self.server.sink.chatted(self, asides)

    def received_binary(self) -> None:
        """A binary message has come."""
        if not self.over:
            self.server.sink.received_binary(self)

    def unreadable(self) -> None:
        """What came is no Engine.IO packet; that ends the session."""
        self.server.sink.unreadable(self)
        self.end(self.server.reason.TRANSPORT_ERROR)

    def lost(self, websocket: WebSocket) -> None:
        """The websocket is no more."""
        self._websocket = None
        self.end(self.server.reason.TRANSPORT_CLOSE)

    def falls_behind(self) -> None:
        """Too much waits for the client."""
        self._write = None
        if self._stall is None and not self.over:
            self._owed = self._waiting
            self._stall = self.server.wheel.call_in(self.server.limits.stalled_timeout_s, self._stalled)

    def caught_up(self) -> None:
        """Hardly anything waits any more."""
        self._allowed = 0
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None
        if self.over:
            return
        if self._websocket is not None and self.upgraded:
            self._write = self._websocket.transport.write
        if self.missed:
            self.missed = False
            self.server.sink.missed(self)

    @property
    def _waiting(self) -> int:
        """Bytes that wait for the client in this process."""
        websocket = self._websocket
        return self._outbox.waiting if websocket is None else websocket.transport.get_write_buffer_size()

    def _hold(self, frame: Frame) -> None:
        """Send a frame to a client that polls, is changing over, or lags behind."""
        limits, waiting = self.server.limits, self._waiting
        if waiting > limits.outbound_budget_bytes:
            if frame.kind is Kind.SUPERSEDED:
                self.missed = True
                self.server.sink.superseded(self)
                return
            if waiting > limits.outbound_max_bytes + self._allowed:
                self.server.sink.overrun(self, "slow")
                return
        if frame.kind is Kind.SNAPSHOT:
            self._allowed = max(self._allowed, len(frame.wire))
        self._owed += len(frame.wire)
        if self._websocket is not None:
            self._websocket.transport.write(frame.wire)
            return
        self._outbox.add(frame)
        if self._waiting > limits.outbound_budget_bytes:
            self.falls_behind()
        if not self.upgrading:
            self._outbox.release()

    def _ping(self) -> None:
        self._pong_due = True
        self._heartbeat = self.server.wheel.call_in(self.server.ping_timeout, self._expired)
        self.put(PING)

    def _pong(self) -> None:
        self._pong_due = False
        if self._heartbeat is not None:
            self._heartbeat.cancel()
        self.start()

    def _expired(self) -> None:
        self.end(self.server.reason.PING_TIMEOUT, abort=True)

    def _stalled(self) -> None:
        """It has had its time: if it took in next to nothing, it is not slow but stuck."""
        self._stall = None
        limits, waiting = self.server.limits, self._waiting
        if self._owed - waiting < limits.outbound_budget_bytes // _PROGRESS_OF_BUDGET:
            self.server.sink.overrun(self, "stalled")
        else:
            self.falls_behind()
