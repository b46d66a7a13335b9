"""Socket.IO packets (protocol 5 over Engine.IO 4) as bytes, and of payloads only what a player of a load test looks at.

Decoders skip what is not named here without making objects of it: most of a client's work is decoding.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

PING: Final = b"2"
PONG: Final = b"3"
OPEN: Final = b"0"
EVENT: Final = b"42"
ACK: Final = b"43"
CONNECTED: Final = b"40"
REFUSED: Final = b"44"
LEFT: Final = (b"41", b"1")
"""The server ends the namespace, or the transport."""


class Failure(Struct, frozen=True):
    """Why a call changed nothing."""

    code: str
    retry: bool
    version: int | None = None


class Ack(Struct, frozen=True):
    """What a call led to: `status` of an answer, `now` of a time call, `version` of a command."""

    ok: bool
    status: str | None = None
    now: int | None = None
    version: int | None = None
    error: Failure | None = None


class Question(Struct, frozen=True):
    """What tells one question from another."""

    number: int


class Snapshot(Struct, frozen=True):
    """Of `state`."""

    version: int
    phase: str
    players: int
    question: Question | None = None


class Opened(Struct, frozen=True):
    """Of `question`: it opened, or its deadline moved. Times are milliseconds in the service's clock."""

    version: int
    question: Question
    opens_at: int


class Versioned(Struct, frozen=True):
    """Of every other event to all."""

    version: int


class Lobby(Struct, frozen=True):
    """Of `lobby`."""

    players: int


class _Code(Struct, frozen=True):
    code: str = "refused"


class _Refusal(Struct, frozen=True):
    data: _Code = _Code()


encode = msgspec.json.Encoder().encode
read_ack = msgspec.json.Decoder(Ack).decode
read_snapshot = msgspec.json.Decoder(Snapshot).decode
read_opened = msgspec.json.Decoder(Opened).decode
read_versioned = msgspec.json.Decoder(Versioned).decode
read_lobby = msgspec.json.Decoder(Lobby).decode
_read_refusal = msgspec.json.Decoder(_Refusal).decode


def call_packet(number: int, event: str, payload: dict[str, object]) -> bytes:
    """An event that wants ack `number`."""
    return b'42%d["%b",%b]' % (number, event.encode(), encode(payload))


def split_event(packet: bytes) -> tuple[bytes, bytes]:
    """The name and the payload of an event with one argument."""
    end = packet.index(b'"', 4)
    return packet[4:end], packet[end + 2 : -1]


def split_ack(packet: bytes) -> tuple[int, bytes]:
    """The number and the payload of an ack with one argument."""
    start = packet.index(b"[")
    return int(packet[2:start]), packet[start + 1 : -1]


def refusal_code(packet: bytes) -> str:
    """The code with which a token was refused."""
    return _read_refusal(packet[2:]).data.code
