"""What Engine.IO asks of aiohttp, with the rough edges of its stock driver taken off.

A polling body is read to its end however many segments it comes in, and what cannot be served is refused at the door.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from aiohttp import web
from engineio.async_drivers.aiohttp import translate_request as stock_translate_request

ELSEWHERE: Final = "X-May-Go-Elsewhere"
"""The header of a proxy that asks another node when this one answers a handshake with 503."""
_TRANSPORTS: Final = ("websocket", "polling")


class _Body:
    """A request body that is all there."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self, length: int = -1) -> bytes:
        return self._body if length < 0 else self._body[:length]


def request_translator(
    largest: int, timeout_s: float, takes_more: Callable[[bool], bool]
) -> Callable[[web.Request], Awaitable[dict[str, Any]]]:
    """Make the function that turns a request into the environment Engine.IO works on.

    Args:
        largest: most bytes of a body; more is answered with 413.
        timeout_s: how long a body may take to come; after that the answer is 408.
        takes_more: whether another handshake may begin, given whether it may go to another node; if not, it is answered
            with 503.
    """

    async def translate(request: web.Request) -> dict[str, Any]:
        if request.query.get("transport") not in _TRANSPORTS:
            raise web.HTTPBadRequest(text="the transport is missing or unknown")
        if "sid" not in request.query and request.method == "GET" and not takes_more(ELSEWHERE in request.headers):
            raise web.HTTPServiceUnavailable(text="too many connections", headers={"Retry-After": "5"})
        environ: dict[str, Any] = stock_translate_request(request)
        environ["REMOTE_ADDR"] = request.remote or ""
        if request.method == "POST":
            body = await _whole(request, largest, timeout_s)
            environ["wsgi.input"] = _Body(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return environ

    return translate


async def _whole(request: web.Request, largest: int, timeout_s: float) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > largest:
                    raise web.HTTPRequestEntityTooLarge(max_size=largest, actual_size=len(body))
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="half a body") from None
    except ConnectionError:  # the client has gone, and nobody reads the answer
        raise web.HTTPBadRequest(text="half a body") from None
    return bytes(body)
