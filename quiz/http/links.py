"""Addresses of this service as people see them: in join links and QR codes."""

from __future__ import annotations

import re
from functools import lru_cache
from io import BytesIO
from typing import Final

import segno
from aiohttp import web

from quiz.domain.ids import Pin
from quiz.game.errors import Refused
from quiz.http.addresses import Addresses

_HOST: Final = re.compile(
    r"(?:[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?", re.ASCII | re.IGNORECASE
)


class Links:
    """Makes links to this service.

    Args:
        public_url: what they begin with; None takes scheme and host of the request that asks.
    """

    def __init__(self, public_url: str | None, addresses: Addresses) -> None:
        self._public_url = public_url.rstrip("/") if public_url else None
        self._addresses = addresses

    def base(self, request: web.Request) -> str:
        """What links begin with, for whoever sent this request; without a slash at the end.

        Raises:
            Refused: `invalid`: there is no public URL, and the request's `Host` cannot stand in for it.
        """
        if self._public_url is not None:
            return self._public_url
        host = request.headers.get("Host", "")
        if not _HOST.fullmatch(host):
            message = "The Host header is not the name of a host."
            raise Refused("invalid", message, fields={"Host": message})
        return f"{self._addresses.scheme(request)}://{host}"

    @staticmethod
    def join(base: str, pin: Pin) -> str:
        """Where players go to join a session."""
        return f"{base}/{pin}"


@lru_cache(maxsize=256)
def qr_svg(text: str) -> bytes:
    """Draw a QR code that scales to any size, black on white with the quiet zone that scanners need."""
    image = BytesIO()
    segno.make_qr(text, error="m").save(
        image, kind="svg", omitsize=True, light="#fff", svgclass=None, lineclass=None, nl=False
    )
    return image.getvalue()
