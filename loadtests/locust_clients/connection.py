"""One Socket.IO connection over websocket: dialled, authenticated, read, and asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Self

import gevent  # type: ignore[import-untyped]  # it ships no types
import msgspec
from gevent.event import AsyncResult  # type: ignore[import-untyped]

from loadtests.locust_clients import wire
from loadtests.locust_clients.websocket import Cut, Websocket

DIAL_TIMEOUT_S: Final = 10.0
ACK_TIMEOUT_S: Final = 5.0


class Refused(Exception):
    """The server does not take the token; `args[0]` is the code."""


class Connection:
    """Made by `open`. One greenlet runs `events` for as long as it lasts; others may `call` meanwhile."""

    def __init__(self, websocket: Websocket, early: list[bytes]) -> None:
        self._websocket = websocket
        self._early = early
        self._asked = 0
        self._waiting: dict[int, AsyncResult] = {}

    @classmethod
    def open(cls, host: str, token: str, affinity: str) -> Self:
        """Connect to the service at `host`.

        Raises:
            Cut: there is no connection, or none in time.
            Refused: there is one, but not for this token or not now.
        """
        websocket: Websocket | None = None
        try:
            with gevent.Timeout(DIAL_TIMEOUT_S, Cut("timeout")):
                url = f"{host}/socket.io/?EIO=4&transport=websocket&affinity={affinity}"
                websocket = Websocket.dial(url, DIAL_TIMEOUT_S)
                return cls(websocket, _enter(websocket, token))
        except (Cut, Refused):
            if websocket is not None:
                websocket.abort()
            raise

    def events(self) -> Iterator[tuple[bytes, bytes]]:
        """Names and payloads as they come. Pings are answered and acks handed over on the way.

        Raises:
            Cut: the connection has ended; whoever waits for an ack is told too.
        """
        try:
            packets = self._early or self._websocket.read()
            while True:
                for packet in packets:
                    kind = packet[:2]
                    if kind == wire.EVENT:
                        yield wire.split_event(packet)
                    elif kind == wire.ACK:
                        self._acked(packet)
                    elif packet == wire.PING:
                        self._websocket.send(wire.PONG)
                    elif packet in wire.LEFT:
                        raise Cut("left")
                packets = self._websocket.read()
        finally:
            self._websocket.abort()
            for waiting in self._waiting.values():
                waiting.set_exception(Cut("cut"))

    def call(self, event: str, payload: dict[str, object]) -> wire.Ack:
        """Send, and wait for the ack.

        Raises:
            Cut: the connection broke, or the ack did not come within `ACK_TIMEOUT_S`; it may have been carried out.
        """
        self._asked = number = self._asked + 1
        self._waiting[number] = waiting = AsyncResult()
        try:
            self._websocket.send(wire.call_packet(number, event, payload))
            acked: bytes = waiting.get(timeout=ACK_TIMEOUT_S)
        except gevent.Timeout:
            raise Cut("no_ack") from None
        finally:
            del self._waiting[number]
        return wire.read_ack(acked)

    def abort(self) -> None:
        """End it without a word."""
        self._websocket.abort()

    def _acked(self, packet: bytes) -> None:
        number, payload = wire.split_ack(packet)
        if (waiting := self._waiting.get(number)) is not None:
            waiting.set(payload)


def _enter(websocket: Websocket, token: str) -> list[bytes]:
    """Open Engine.IO and the namespace; gives the packets that came with the consent."""
    packets = websocket.read()
    if packets[0][:1] != wire.OPEN:
        raise Cut("not_engine_io")
    websocket.send(wire.CONNECTED + msgspec.json.encode({"token": token}))
    del packets[0]
    while True:
        for at, packet in enumerate(packets):
            if packet[:2] == wire.CONNECTED:
                return packets[at + 1 :]
            if packet[:2] == wire.REFUSED:
                raise Refused(wire.refusal_code(packet))
            if packet == wire.PING:
                websocket.send(wire.PONG)
        packets = websocket.read()
