"""Socket.IO packets as this server speaks them: text only, JSON by msgspec, messages encoded from their structs."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final

import msgspec
import socketio.packet

_HEAD: Final = re.compile(r"[256](?:\d+-)?(?:/[^,]*,)?(?P<id>\d{1,15})?")
_EVENT: Final = str(socketio.packet.EVENT)


class _Json:
    """What python-socketio asks of a JSON module."""

    @staticmethod
    def dumps(value: object, **_: object) -> str:
        return msgspec.json.encode(value).decode()

    @staticmethod
    def loads(text: str) -> Any:
        return msgspec.json.decode(text)


class TextPacket(socketio.packet.Packet):  # type: ignore[misc]
    """A packet that never carries binary attachments."""

    uses_binary_events = False
    json = _Json


class BadPacket(Enum):
    """Why a packet is refused before anybody looks at what it says."""

    BINARY = "binary"
    TOO_LARGE = "too_large"
    MALFORMED = "malformed"


class EventPacket(msgspec.Struct, frozen=True):
    """A client's event: its name, the arguments behind it, and the id its ack must carry (None: wants no ack)."""

    name: str
    args: tuple[object, ...]
    ack_id: int | None


class Unreadable(msgspec.Struct, frozen=True):
    """Not an event. `ack_id` is given when the sender waits for an ack and it could still be made out."""

    cause: BadPacket
    ack_id: int | None = None


def is_event(data: object) -> bool:
    """Whether a message is meant as an event, readable or not: anything but connect, disconnect and ack."""
    return not isinstance(data, str) or data[:1] not in ("0", "1", "3")


def read_event(data: object, largest: int) -> EventPacket | Unreadable:
    """Read a client's event packet in the default namespace.

    Args:
        data: what Engine.IO delivered; text, or bytes for a binary message.
        largest: most characters that are read at all.
    """
    if not isinstance(data, str):
        return Unreadable(BadPacket.BINARY if isinstance(data, bytes) else BadPacket.MALFORMED)
    head = _HEAD.match(data)
    ack_id = int(head["id"]) if head and head["id"] else None
    if data[:1] in ("5", "6"):
        return Unreadable(BadPacket.BINARY, ack_id)
    if data[:1] != _EVENT or head is None:
        return Unreadable(BadPacket.MALFORMED)
    if len(data) > largest:
        return Unreadable(BadPacket.TOO_LARGE, ack_id)
    try:
        name, *args = msgspec.json.decode(data[head.end() :].encode(), type=list[Any])
    except (msgspec.DecodeError, UnicodeEncodeError, ValueError, RecursionError):
        return Unreadable(BadPacket.MALFORMED, ack_id)
    if not isinstance(name, str):
        return Unreadable(BadPacket.MALFORMED, ack_id)
    return EventPacket(name, tuple(args), ack_id)
