"""Engine.IO 4 from the client's side, as little of it as one text namespace needs.

Much leaner than a stock client: hundreds of them share two cores with the servers they torment.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, Protocol

import aiohttp
import msgspec
from msgspec import Struct

_SEPARATOR: Final = "\x1e"
_OPEN_S: Final = 6.0
_POST_S: Final = 6.0
_GOODBYE: Final = aiohttp.ClientWSTimeout(ws_close=0.5)
"""A suspended node does not answer a goodbye, and nobody would wait for it."""
_PING: Final = "2"
_PONG: Final = "3"
_CLOSE: Final = "1"
_NOOP: Final = "6"


class WireLost(Exception):
    """The connection is over, or none came about."""


class Handshake(Struct, rename="camel"):
    """What the server says first; milliseconds."""

    sid: str
    ping_interval: int
    ping_timeout: int

    @property
    def silence_s(self) -> float:
        """After so long without a word the server is gone."""
        return (self.ping_interval + self.ping_timeout) / 1000


class Wire(Protocol):
    """A connection that carries Socket.IO packets. All methods raise `WireLost`."""

    async def send(self, packet: str) -> None: ...

    async def receive(self) -> Sequence[str]:
        """The next Socket.IO packets; maybe none."""
        ...

    async def close(self) -> None:
        """Go away, whatever state it is in; raises nothing."""
        ...


class WebSocketWire:
    """Straight to a websocket, as `transport=websocket` does."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, handshake: Handshake) -> None:
        self._socket = socket
        self._silence_s = handshake.silence_s

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, url: str, affinity: str) -> WebSocketWire:
        address = f"{url}/socket.io/?EIO=4&transport=websocket&affinity={affinity}"
        socket: aiohttp.ClientWebSocketResponse | None = None
        try:
            async with asyncio.timeout(_OPEN_S):
                socket = await http.ws_connect(address, max_msg_size=0, timeout=_GOODBYE)
                first = await socket.receive()
                if first.type is not aiohttp.WSMsgType.TEXT:
                    raise WireLost("closed before the handshake")
                return cls(socket, _handshake(first.data))
        except (aiohttp.ClientError, OSError, TimeoutError, WireLost) as error:
            if socket is not None:
                await socket.close()
            raise WireLost(f"no websocket: {error!r}") from error

    async def send(self, packet: str) -> None:
        try:
            await self._socket.send_str(f"4{packet}")
        except (aiohttp.ClientError, OSError, RuntimeError) as error:
            raise WireLost(repr(error)) from error

    async def receive(self) -> Sequence[str]:
        try:
            message = await self._socket.receive(timeout=self._silence_s)
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise WireLost("closed")
            packet: str = message.data
            if packet == _PING:
                await self._socket.send_str(_PONG)
        except (aiohttp.ClientError, OSError, RuntimeError, TimeoutError) as error:
            raise WireLost(repr(error)) from error
        return _messages([packet])

    async def close(self) -> None:
        await self._socket.close()


class PollingWire:
    """Long-polling: one request waits for packets, others bring them."""

    def __init__(self, http: aiohttp.ClientSession, address: str, handshake: Handshake) -> None:
        self._http = http
        self._address = f"{address}&sid={handshake.sid}"
        self._silence_s = handshake.silence_s

    @classmethod
    async def open(cls, http: aiohttp.ClientSession, url: str, affinity: str) -> PollingWire:
        address = f"{url}/socket.io/?EIO=4&transport=polling&affinity={affinity}"
        payload = await _ask(http, "GET", address, None, _OPEN_S)
        return cls(http, address, _handshake(payload.split(_SEPARATOR)[0]))

    async def send(self, packet: str) -> None:
        await self._post(f"4{packet}")

    async def receive(self) -> Sequence[str]:
        packets = (await _ask(self._http, "GET", self._address, None, self._silence_s)).split(_SEPARATOR)
        if _PING in packets:
            await self._post(_PONG)
        return _messages(packets)

    async def close(self) -> None:
        try:
            await _ask(self._http, "POST", self._address, _CLOSE, 1)
        except WireLost:
            return

    async def _post(self, packet: str) -> None:
        await _ask(self._http, "POST", self._address, packet, _POST_S)


async def _ask(http: aiohttp.ClientSession, method: str, address: str, body: str | None, limit_s: float) -> str:
    try:
        async with (
            asyncio.timeout(limit_s),
            http.request(method, address, data=body) as reply,
        ):
            text = await reply.text()
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise WireLost(repr(error)) from error
    if reply.status != 200:
        raise WireLost(f"{reply.status}: {text[:80]}")
    return text


def _handshake(packet: str) -> Handshake:
    try:
        return msgspec.json.decode(packet[1:], type=Handshake)
    except msgspec.MsgspecError as error:
        raise WireLost(f"no handshake: {packet[:80]}") from error


def _messages(packets: Sequence[str]) -> list[str]:
    if _CLOSE in packets:
        raise WireLost("the server said goodbye")
    return [packet[1:] for packet in packets if packet[:1] == "4"]
