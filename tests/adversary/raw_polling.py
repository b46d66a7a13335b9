"""A Socket.IO client over bare long-polling requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Self

from tests.adversary.raw_http import SOCKET_PATH, Response, fetch

SEPARATOR: Final = "\x1e"
HANDSHAKE: Final = "EIO=4&transport=polling"


class RawPolling:
    """An Engine.IO session over polling. Every request has a connection of its own."""

    def __init__(self, port: int, response: Response) -> None:
        assert response.status == 200, response
        assert response.text.startswith("0"), response
        self.port = port
        self.response = response
        self.opened: dict[str, Any] = json.loads(response.text[1:])
        self.received: list[str] = []
        """Packets that have come, pings not among them."""
        self._last_id = 0

    @classmethod
    async def open(cls, port: int, query: str = HANDSHAKE, headers: Mapping[str, str] | None = None) -> Self:
        """Shake hands."""
        return cls(port, await fetch(port, "GET", f"{SOCKET_PATH}?{query}", headers=headers))

    @property
    def sid(self) -> str:
        """The Engine.IO session id."""
        return str(self.opened["sid"])

    @property
    def target(self) -> str:
        """What requests of this session ask for."""
        return f"{SOCKET_PATH}?{HANDSHAKE}&sid={self.sid}"

    async def get(self) -> Response:
        """Poll once."""
        return await fetch(self.port, "GET", self.target)

    async def post(self, *packets: str) -> Response:
        """Send packets in one body."""
        return await self.post_bytes(SEPARATOR.join(packets).encode())

    async def post_bytes(self, body: bytes) -> Response:
        """Send a body as it is."""
        headers = {"Content-Type": "text/plain;charset=UTF-8"}
        return await fetch(self.port, "POST", self.target, body, headers)

    async def sends(self, *packets: str) -> None:
        """Send packets that have to be taken."""
        response = await self.post(*packets)
        assert response.status == 200, response

    async def poll(self) -> list[str]:
        """What one poll brings; pings are answered and left out."""
        response = await self.get()
        assert response.status == 200, response
        packets = response.text.split(SEPARATOR)
        if "2" in packets:
            await self.sends("3")
        fresh = [packet for packet in packets if packet != "2"]
        self.received += fresh
        return fresh

    async def until(self, start: str) -> str:
        """Poll until a packet that starts so has come, also before."""
        while True:
            for packet in self.received:
                if packet.startswith(start):
                    return packet
            await self.poll()

    async def join(self, token: str) -> Any:
        """Connect with a token; the snapshot."""
        await self.sends("40" + json.dumps({"token": token}))
        return json.loads((await self.until('42["state"'))[2:])[1]

    async def call(self, event: str, payload: object = None) -> Any:
        """Call, and wait for the ack."""
        self._last_id += 1
        arguments = [event] if payload is None else [event, payload]
        await self.sends(f"42{self._last_id}{json.dumps(arguments)}")
        packet = await self.until(f"43{self._last_id}[")
        return json.loads(packet[packet.index("[") :])[0]
