"""What is sent: an Engine.IO packet in its finished form, built once however many clients receive it.

The packet formats are those of Engine.IO protocol 4 and Socket.IO protocol 5, the frame around them that of RFC 6455:
servers send theirs unmasked, so the same bytes serve every client.
"""

from __future__ import annotations

from enum import Enum
from struct import Struct
from typing import Final

import msgspec

_SHORT: Final = 125
_MEDIUM: Final = 0xFFFF
_TEXT: Final = 0x81
"""A whole text message in one frame."""
_SHORT_HEADS: Final = tuple(bytes((_TEXT, size)) for size in range(_SHORT + 1))
_medium_head: Final = Struct("!BBH").pack
_long_head: Final = Struct("!BBQ").pack

_SEPARATOR: Final = "\x1e"
_TYPES: Final = frozenset("123456")
"""Packets that a client may send; `b`, which carries bytes, is not among them."""
_PACKETS_MAX: Final = 16
"""Most packets of one polling body, as in python-engineio."""

_encode: Final = msgspec.json.encode


class Kind(Enum):
    """What may become of a frame whose receiver lags behind."""

    EVENT = "event"
    """It waits with the others."""
    SUPERSEDED = "superseded"
    """A later one of its sort says all that it does: it is left out, and a snapshot comes when there is room again."""
    SNAPSHOT = "snapshot"
    """It may be larger than all that else may wait for a client."""


def _head(size: int) -> bytes:
    if size <= _SHORT:
        return _SHORT_HEADS[size]
    if size <= _MEDIUM:
        return _medium_head(_TEXT, 126, size)
    return _long_head(_TEXT, 127, size)


class Frame:
    """An Engine.IO packet. `payload` is what travels in a polling body, `wire` what is written to a websocket."""

    __slots__ = ("kind", "payload", "wire")

    def __init__(self, payload: bytes, kind: Kind = Kind.EVENT) -> None:
        self.payload = payload
        self.wire = _head(len(payload)) + payload
        self.kind = kind

    def followed_by(self, other: Frame) -> Frame:
        """Both, in one write. Neither may be left out any more."""
        both = Frame.__new__(Frame)
        both.payload = b"%b\x1e%b" % (self.payload, other.payload)
        both.wire = self.wire + other.wire
        both.kind = Kind.EVENT
        return both

    def encode(self, b64: bool = False) -> str:
        """The packet in a polling body."""
        return self.payload.decode()


CLOSE: Final = Frame(b"1")
PING: Final = Frame(b"2")
PROBED: Final = Frame(b"3probe")
NOOP: Final = Frame(b"6")
LEAVE: Final = Frame(b"41")
"""Socket.IO's DISCONNECT: its client does not come back by itself."""


def read_payload(body: bytes) -> list[str]:
    """The packets in a polling body.

    Raises:
        ValueError: it holds something else, or too many.
    """
    packets = body.decode().split(_SEPARATOR)
    if len(packets) > _PACKETS_MAX or not all(packet[:1] in _TYPES for packet in packets):
        raise ValueError("not an Engine.IO payload")
    return packets


def opening(sid: str, upgrades: list[str], interval_s: float, timeout_s: float, largest: int) -> Frame:
    """The first packet of a session: its id, and what both sides keep to. Times travel as milliseconds."""
    terms = {
        "sid": sid,
        "upgrades": upgrades,
        "pingTimeout": round(timeout_s * 1000),
        "pingInterval": round(interval_s * 1000),
        "maxPayload": largest,
    }
    return Frame(b"0" + _encode(terms))


def message(packet: str, kind: Kind = Kind.EVENT) -> Frame:
    """A finished Socket.IO packet."""
    return Frame(b"4" + packet.encode(), kind)


def acknowledgement(ack_id: int, ack: object) -> Frame:
    """The ack of one call."""
    return Frame(b"43%d[%b]" % (ack_id, _encode(ack)))
