"""The Engine.IO server below Socket.IO: python-engineio's, with a bound on what waits for one client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import engineio

SID: Final = "quiz.sid"
"""Where the environment of a handshake keeps the session id it was given."""
SID_HEADER: Final = "X-Engineio-Sid"


class BoundedEngine(engineio.AsyncServer):  # type: ignore[misc]
    """Drops packets for a client that has let too many pile up, and says so to `on_overflow`."""

    def __init__(self, *, outbound_max: int, on_overflow: Callable[[str], None], **options: Any) -> None:
        super().__init__(**options)
        self._outbound_max = outbound_max
        self._on_overflow = on_overflow

    async def _handle_connect(self, environ: dict[str, Any], transport: str, jsonp_index: object = None) -> Any:
        """Answer a handshake, and name the session in a header for proxies that keep a client at its node."""
        response = await super()._handle_connect(environ, transport, jsonp_index)
        if isinstance(response, dict) and (sid := environ.get(SID)) is not None:
            response["headers"].append((SID_HEADER, sid))
        return response

    async def send_packet(self, sid: str, pkt: Any) -> None:
        """Queue a packet for a client."""
        socket = self.sockets.get(sid)
        if socket is not None and socket.queue.qsize() >= self._outbound_max:
            self._on_overflow(sid)
            return
        await super().send_packet(sid, pkt)
