"""A websocket after its handshake, straight on the transport.

aiohttp shakes hands and lets go: no task, no request and no queue of its stays behind. Frames are still read by its
parser, which passes them on as they come.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from struct import Struct
from typing import Any, Final, Protocol

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http_websocket import WebSocketError, WebSocketReader, WebSocketWriter

from quiz.realtime.family import Family
from quiz.realtime.masks import Masks
from quiz.realtime.wheel import Timer, TimerWheel

CLOSE_TIMEOUT_S: Final = 2.0
"""How long a client may take to agree that its websocket is closed, and to take in what was sent before."""
_close_frame: Final = Struct("!BBH").pack
_CLOSE: Final = 0x88
_OPCODE: Final = 0x0F
_LATE_MAX: Final = 256 * 1024
"""Most bytes that are read after a goodbye: what was under way, and the client's own goodbye."""
_PONG: Final = 0x8A


class Session(Protocol):
    """Whose websocket it is."""

    def received(self, text: str) -> None:
        """A text message has come. Must not raise."""
        ...

    def received_binary(self) -> None:
        """A binary message has come. Must not raise."""
        ...

    def bears(self, asides: int) -> bool:
        """Whether the session goes on after so many frames that are no whole message."""
        ...

    def unreadable(self) -> None:
        """What came is against the protocol of websockets; this one is closing."""
        ...

    def lost(self, websocket: WebSocket) -> None:
        """The connection is over, however that came."""
        ...

    def falls_behind(self) -> None:
        """More waits for the client than its budget."""
        ...

    def caught_up(self) -> None:
        """Hardly anything waits for the client any more."""
        ...


class WebSocket(asyncio.Protocol):
    """One client's websocket.

    Args:
        family: all that are open; it enters itself, and leaves when the connection is over.
        budget: bytes that may wait for the client before its session is told that it falls behind.
        largest: most bytes of a message; a larger one ends the connection with close code 1009.
    """

    __slots__ = (
        "_budget",
        "_closing",
        "_family",
        "_late",
        "_lost",
        "_masks",
        "_reader",
        "_session",
        "_timer",
        "_wheel",
        "transport",
    )

    def __init__(
        self,
        session: Session,
        transport: asyncio.Transport,
        wheel: TimerWheel,
        family: Family[WebSocket],
        *,
        budget: int,
        largest: int,
    ) -> None:
        self.transport = transport
        self._session = session
        self._wheel = wheel
        self._timer: Timer | None = None
        self._closing = False
        self._masks = Masks()
        self._late = 0
        self._lost = False
        self._reader: WebSocketReader | None = WebSocketReader(
            _Straight(self._message, self._failed), largest, compress=False, decode_text=True
        )
        self._budget = budget
        self._family = family
        family.add(self)
        transport.set_write_buffer_limits(budget, budget // 4)

    def hand_to(self, session: Session) -> None:
        """It belongs to this session from now on."""
        self._session = session

    @property
    def open(self) -> bool:
        """Whether anything can still be sent."""
        return not self._closing and not self.transport.is_closing()

    def close(self, code: int = WSCloseCode.OK) -> None:
        """Say goodbye after what was sent before, and hang up when the client agrees or has had its time."""
        if not self._closing and not self.transport.is_closing():
            self._closing = True
            self.transport.resume_reading()  # to hear it agree
            self.transport.write(_close_frame(_CLOSE, 2, code))
        self._end_in_time()

    def abort(self) -> None:
        """Hang up at once: what waits for the client is thrown away."""
        self._closing = True
        self.transport.abort()

    # What follows is called by the event loop.

    def data_received(self, data: bytes) -> None:
        """Read what has come."""
        if self._closing:
            self._late += len(data)
            if self._late > _LATE_MAX:  # it was to agree, and has other plans
                self.abort()
                return
        masks = self._masks
        if not masks.hold(data):
            self._failed(WebSocketError(WSCloseCode.PROTOCOL_ERROR, "a frame without a mask"))
        elif masks.asides and not self._closing and not self._session.bears(masks.asides):
            return
        elif self._reader is not None:
            self._reader.feed_data(data)
        elif data and data[0] & _OPCODE == WSMsgType.CLOSE:
            self.transport.close()

    def eof_received(self) -> bool:
        """The client sends nothing more, so that was it; what waits for it is still sent, if it reads."""
        self._closing = True
        self._end_in_time()
        self._family.close_soon(self.transport)
        self._lose()
        return True  # it is not the event loop that closes the transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the session, and let go of it."""
        self._closing = True
        if self._timer is not None:
            self._timer.cancel()
        self._family.discard(self)
        self._reader = None
        self._lose()

    def _lose(self) -> None:
        """Tell the session, once."""
        if not self._lost:
            self._lost = True
            self._session.lost(self)

    def pause_writing(self) -> None:
        """More waits for the client than its budget."""
        self._session.falls_behind()

    def resume_writing(self) -> None:
        """Hardly anything waits any more."""
        self._session.caught_up()

    def _message(self, message: WSMessage) -> None:
        kind = message[0]
        if kind is WSMsgType.TEXT:
            if not self._closing:
                self._session.received(message[1])
        elif kind is WSMsgType.CLOSE:
            self._agree(message[1])
        elif kind is WSMsgType.PING:
            self._pong(message[1])
        elif kind is WSMsgType.BINARY and not self._closing:
            self._session.received_binary()

    def _pong(self, payload: bytes) -> None:
        """Answer a ping, but hold nothing for whoever does not read the answers."""
        if not self._closing and self.transport.get_write_buffer_size() <= self._budget:
            self.transport.write(bytes((_PONG, len(payload))) + payload)

    def _agree(self, code: int) -> None:
        """The client closes, or agrees to; either way that was the last word."""
        if not self._closing and not self.transport.is_closing():
            self._closing = True
            self.transport.write(_close_frame(_CLOSE, 2, code or WSCloseCode.OK))
        self._end_in_time()
        self._family.close_soon(self.transport)

    def _end_in_time(self) -> None:
        """Hang up after a while, whatever the client does."""
        if self._timer is None:
            self._timer = self._wheel.call_in(CLOSE_TIMEOUT_S, self.transport.abort)

    def _failed(self, error: BaseException) -> None:
        """What came is against the protocol."""
        if self._closing:
            self.abort()
            return
        self.close(error.code if isinstance(error, WebSocketError) else WSCloseCode.PROTOCOL_ERROR)
        self._reader = None  # all that may still come is that the client agrees
        self._session.unreadable()


class _Straight(WebSocketDataQueue):
    """What aiohttp's parser puts messages into: no queue at all, they go straight on.

    The queue's own initialiser is left out with all that it would allocate. The parser looks at the sizes only.
    """

    _size = 0
    _limit = 0
    _stalled_reader = None

    def __init__(self, on_message: Callable[[WSMessage], None], on_error: Callable[[BaseException], None]) -> None:
        self._on_message = on_message
        self._on_error = on_error

    def feed_data(self, data: Any, size: int) -> None:
        self._on_message(data)

    def set_exception(self, exc: BaseException, exc_cause: BaseException | None = None) -> None:
        self._on_error(exc)


class Handshake(web.WebSocketResponse):
    """aiohttp's handshake, and nothing of aiohttp after it."""

    def __init__(self, headers: dict[str, str]) -> None:
        super().__init__(compress=False)
        self.headers.update(headers)

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        """Stock sets up its reader here."""

    async def write_eof(self, data: bytes = b"") -> None:
        """Stock would close the websocket when its request has been served."""

    async def take(
        self, request: web.Request, make: Callable[[asyncio.Transport], WebSocket], kernel: int
    ) -> tuple[WebSocket, bytes]:
        """Shake hands and take the transport over; the websocket, and what has come for it already.

        Args:
            make: makes the websocket on its transport.
            kernel: bytes the kernel may hold for the client beside what waits here; it takes twice that for itself.

        Raises:
            web.HTTPBadRequest: this is no websocket handshake, or the client has gone.
        """
        try:
            await self.prepare(request)
        except (ConnectionError, ValueError) as error:  # it has gone, or its key is none
            raise web.HTTPBadRequest(text="no websocket") from error
        handler, transport = request.protocol, request.transport
        if transport is None:
            raise web.HTTPBadRequest(text="no websocket any more")
        sock = transport.get_extra_info("socket")
        if sock is not None and sock.family != getattr(socket, "AF_UNIX", None):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, kernel)
        early = handler._message_tail
        websocket = make(transport)
        transport.set_protocol(websocket)
        handler.transport = None  # or aiohttp would close it
        handler.connection_lost(None)
        if not transport.is_closing():
            transport.resume_reading()
        return websocket, early
