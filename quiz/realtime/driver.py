"""What Engine.IO asks of aiohttp, with the rough edges of its stock driver taken off.

A polling body is read to its end however many segments it comes in, no compression is offered on websockets, and a
frame that is no Engine.IO packet ends its connection instead of raising through the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import WSMsgType, web
from engineio.async_drivers.aiohttp import translate_request as stock_translate_request

ELSEWHERE: Final = "X-May-Go-Elsewhere"
"""The header of a proxy that asks another node when this one answers a handshake with 503."""
_SEPARATOR: Final = "\x1e"
_CLOSE_TIMEOUT_S: Final = 2
"""How long a client may take to agree that its websocket is closed."""
_PACKET_TYPES: Final = frozenset("0123456b")


class _Body:
    """A request body that is all there."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, length: int = -1) -> bytes:
        return self._body if length < 0 else self._body[:length]


def request_translator(
    largest: int, on_bad_frame: Callable[[], None], takes_more: Callable[[bool], bool]
) -> Callable[[web.Request], Awaitable[dict[str, Any]]]:
    """Make the function that turns a request into the environment Engine.IO works on.

    Args:
        largest: most bytes of a body; more is answered with 413.
        on_bad_frame: called for a body that holds something other than Engine.IO packets, answered with 400.
        takes_more: whether another handshake may begin, given whether it may go to another node; if not, it is answered
            with 503.
    """

    async def translate(request: web.Request) -> dict[str, Any]:
        if "transport" not in request.query:
            raise web.HTTPBadRequest(text="the transport is missing")
        if "sid" not in request.query and request.method == "GET" and not takes_more(ELSEWHERE in request.headers):
            raise web.HTTPServiceUnavailable(text="too many connections", headers={"Retry-After": "5"})
        environ: dict[str, Any] = stock_translate_request(request)
        environ["REMOTE_ADDR"] = request.remote or ""
        if request.method == "POST":
            body = await _whole(request, largest)
            if not _is_payload(body):
                on_bad_frame()
                raise web.HTTPBadRequest(text="not an Engine.IO payload")
            environ["wsgi.input"] = _Body(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    return translate


async def _whole(request: web.Request, largest: int) -> bytes:
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > largest:
            raise web.HTTPRequestEntityTooLarge(max_size=largest, actual_size=len(body))
    return bytes(body)


def _is_payload(body: bytes) -> bool:
    try:
        packets = body.decode().split(_SEPARATOR)
    except UnicodeDecodeError:
        return False
    return len(packets) <= 16 and all(packet[:1] in _PACKET_TYPES and packet for packet in packets)


def websocket_class(
    largest: int, on_bad_frame: Callable[[], None], on_open: Callable[[Any, asyncio.Transport], None]
) -> type:
    """Make the class that Engine.IO uses for one websocket; its methods are those of the stock driver.

    Args:
        largest: most bytes of a frame; a larger one ends the connection with close code 1009.
        on_bad_frame: called for a frame that is no Engine.IO packet; the connection ends.
        on_open: called with the Engine.IO socket and the transport below it, which may have to be aborted.
    """

    class WebSocket:
        def __init__(self, handler: Callable[[Any], Awaitable[None]], _server: object) -> None:
            self._handler = handler
            self._socket = web.WebSocketResponse(max_msg_size=largest, compress=False, timeout=_CLOSE_TIMEOUT_S)

        async def __call__(self, environ: dict[str, Any]) -> web.WebSocketResponse:
            request: web.Request = environ["aiohttp.request"]
            await self._socket.prepare(request)
            if isinstance(request.transport, asyncio.Transport):
                on_open(getattr(self._handler, "__self__", None), request.transport)
            await self._handler(self)
            return self._socket

        async def close(self) -> None:
            await self._socket.close()

        async def send(self, message: str) -> None:
            await self._socket.send_str(message)

        async def wait(self) -> str | bytes:
            """The next frame.

            Raises:
                OSError: the connection is over.
            """
            message = await self._socket.receive()
            if message.type is WSMsgType.BINARY:
                return bytes(message.data)
            if message.type is not WSMsgType.TEXT:
                raise OSError("closed")
            if message.data[:1] not in _PACKET_TYPES or not message.data:
                on_bad_frame()
                raise OSError("not an Engine.IO packet")
            return str(message.data)

    return WebSocket
