"""The Engine.IO server below Socket.IO: python-engineio's, with a bound on what waits for one client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import engineio


class BoundedEngine(engineio.AsyncServer):  # type: ignore[misc]
    """Drops packets for a client that has let too many pile up, and says so to `on_overflow`."""

    def __init__(self, *, outbound_max: int, on_overflow: Callable[[str], None], **options: Any) -> None:
        super().__init__(**options)
        self._outbound_max = outbound_max
        self._on_overflow = on_overflow

    async def send_packet(self, sid: str, pkt: Any) -> None:
        """Queue a packet for a client."""
        socket = self.sockets.get(sid)
        if socket is not None and socket.queue.qsize() >= self._outbound_max:
            self._on_overflow(sid)
            return
        await super().send_packet(sid, pkt)
