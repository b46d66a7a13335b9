"""A Socket.IO client over a bare websocket."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final, Self

from tests.adversary.frames import Frame, Opcode, client_frame, read_frame
from tests.adversary.raw_http import SOCKET_PATH, Response, read_response, request_bytes
from tests.adversary.wire import Ended, Wire

_GUID: Final = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
HANDSHAKE: Final = "EIO=4&transport=websocket"


class NotUpgraded(Exception):
    """The server answered the request for a websocket with something else."""

    def __init__(self, response: Response) -> None:
        super().__init__(f"{response.status} {response.text}")
        self.response = response


def upgrade_request(query: str, key: str, headers: Mapping[str, str] | None = None) -> bytes:
    """A request for a websocket."""
    upgrade = {
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": key,
        **(headers or {}),
    }
    return request_bytes("GET", f"{SOCKET_PATH}?{query}", headers=upgrade)


class RawWebSocket:
    """A websocket, and Engine.IO and Socket.IO on top as far as tests need them.

    `opened` is the payload of the open packet, `events` holds what was sent to it besides acks, as (name, payload).
    `answers_pings` is whether it answers those of Engine.IO while it reads.
    """

    def __init__(self, wire: Wire, headers: Mapping[str, str]) -> None:
        self.wire = wire
        self.headers = headers
        self.opened: dict[str, Any] = {}
        self.events: list[tuple[str, Any]] = []
        self.answers_pings = True
        self._last_id = 0

    @classmethod
    async def over(
        cls, wire: Wire, query: str = HANDSHAKE, trailing: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Self:
        """Ask for a websocket on a connection; `trailing` goes along in the same write.

        Raises:
            NotUpgraded: the answer was no.
            Ended: there was none.
        """
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        await wire.send(upgrade_request(query, key, headers) + trailing)
        response = await read_response(wire)
        if response.status != 101:
            raise NotUpgraded(response)
        accept = base64.b64encode(hashlib.sha1(f"{key}{_GUID}".encode(), usedforsecurity=False).digest()).decode()
        assert response.headers["sec-websocket-accept"] == accept
        return cls(wire, response.headers)

    async def open(self) -> Self:
        """Take the open packet."""
        packet = await self.packet()
        assert packet.startswith("0"), packet
        self.opened = json.loads(packet[1:])
        return self

    async def send(self, packet: str) -> None:
        """Send an Engine.IO packet."""
        await self.wire.send(client_frame(packet))

    async def frame(self) -> Frame:
        """The next frame, whatever it is.

        Raises:
            Ended: there is none.
        """
        return await read_frame(self.wire)

    async def packet(self) -> str:
        """The next Engine.IO packet that is no ping, if those are answered.

        Raises:
            Ended: the connection is over, or being closed.
        """
        while True:
            frame = await self.frame()
            if frame.opcode is Opcode.CLOSE:
                raise Ended
            assert frame.opcode is Opcode.TEXT, frame
            if frame.payload == b"2" and self.answers_pings:
                await self.send("3")
            else:
                return frame.payload.decode()

    async def join(self, token: str) -> Any:
        """Connect with a token; the snapshot."""
        await self.send("40" + json.dumps({"token": token}))
        while True:
            await self._take_in(await self.packet())
            for name, payload in self.events:
                if name == "state":
                    return payload

    async def call(self, event: str, payload: object = None) -> Any:
        """Call, and wait for the ack, whatever comes before it."""
        self._last_id += 1
        arguments = [event] if payload is None else [event, payload]
        await self.send(f"42{self._last_id}{json.dumps(arguments)}")
        return await self.ack(self._last_id)

    async def ack(self, ack_id: int) -> Any:
        """Wait for an ack."""
        while True:
            packet = await self.packet()
            if packet.startswith(f"43{ack_id}["):
                return json.loads(packet[packet.index("[") :])[0]
            await self._take_in(packet)

    async def end(self) -> int | None:
        """Read until the server ends the connection, as clients do; the code it closed with, None if it did not say."""
        code = None
        try:
            while True:
                frame = await self.frame()
                if frame.opcode is Opcode.CLOSE:
                    code = frame.close_code
                    await self.wire.send(client_frame(frame.payload, Opcode.CLOSE))
        except Ended:
            return code

    async def _take_in(self, packet: str) -> None:
        if packet.startswith("42["):
            name, *payload = json.loads(packet[2:])
            self.events.append((name, payload[0] if payload else None))
        assert not packet.startswith("44"), packet
