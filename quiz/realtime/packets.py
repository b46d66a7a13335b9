"""Socket.IO packets as this server speaks them: text only, JSON by msgspec, messages encoded from their structs."""

from __future__ import annotations

import re
from enum import Enum
from typing import Any, Final

import msgspec
import socketio.packet

_HEAD: Final = re.compile(
    r"(?P<type>[0-6])(?:(?P<attachments>\d+)-)?(?:(?P<namespace>/[^,?]*)[^,]*(?:,|$))?(?P<id>\d{1,15})?"
)
_ACK_DIGITS_MAX: Final = 15
_EVENT: Final = str(socketio.packet.EVENT)
_decode: Final = msgspec.json.Decoder(list[Any]).decode
_ATTACHMENTS_MAX: Final = 16
"""Most binary attachments of a refused packet that are passed over without a word."""
DEFAULT_NAMESPACE: Final = "/"


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


class ConnectPacket(msgspec.Struct, frozen=True):
    """A client wants to join a namespace; `auth` is whatever it brings for that."""

    namespace: str
    auth: object


class LeavePacket(msgspec.Struct, frozen=True):
    """A client leaves."""


class AckPacket(msgspec.Struct, frozen=True):
    """A client acks an event. None asks for that, so there is nothing to do."""


class EventPacket(msgspec.Struct, frozen=True):
    """A client's event: its name, the arguments behind it, and the id its ack must carry (None: wants no ack)."""

    name: str
    args: tuple[object, ...]
    ack_id: int | None


class Unreadable(msgspec.Struct, frozen=True):
    """Not a packet we take. `ack_id` is given when the sender waits for an ack and it could still be made out.

    `attachments` binary messages follow that belong to it.
    """

    cause: BadPacket
    ack_id: int | None = None
    attachments: int = 0


ClientPacket = ConnectPacket | LeavePacket | AckPacket | EventPacket | Unreadable


def read_packet(data: object, largest: int) -> ClientPacket:
    """Read what a client sent. Never raises.

    Args:
        data: what Engine.IO delivered; text, or bytes for a binary message.
        largest: most characters that are read at all.
    """
    if isinstance(data, str) and len(data) <= largest and (plain := _plain_event(data)) is not None:
        return plain
    if not isinstance(data, str):
        return Unreadable(BadPacket.BINARY if isinstance(data, bytes) else BadPacket.MALFORMED)
    head = _HEAD.match(data)
    if head is None:
        return Unreadable(BadPacket.MALFORMED)
    kind, namespace = int(head["type"]), head["namespace"] or DEFAULT_NAMESPACE
    ack_id = int(head["id"]) if head["id"] else None
    if kind in (socketio.packet.BINARY_EVENT, socketio.packet.BINARY_ACK):
        return Unreadable(BadPacket.BINARY, ack_id, _attachments(head["attachments"] or "0"))
    if kind == socketio.packet.CONNECT and len(data) > largest:
        return ConnectPacket(namespace, None)  # no token of ours is that long, and the client waits for an answer
    if len(data) > largest:
        return Unreadable(BadPacket.TOO_LARGE, ack_id)
    if kind == socketio.packet.ACK:
        return AckPacket()
    if kind == socketio.packet.DISCONNECT and namespace == DEFAULT_NAMESPACE:
        return LeavePacket()
    if kind not in (socketio.packet.CONNECT, socketio.packet.EVENT):
        return Unreadable(BadPacket.MALFORMED, ack_id)
    try:
        body = msgspec.json.decode(data[head.end() :].encode()) if head.end() < len(data) else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Unreadable(BadPacket.MALFORMED, ack_id)
    if kind == socketio.packet.CONNECT:
        return ConnectPacket(namespace, body)
    if namespace != DEFAULT_NAMESPACE or not isinstance(body, list) or not body or not isinstance(body[0], str):
        return Unreadable(BadPacket.MALFORMED, ack_id)
    return EventPacket(body[0], tuple(body[1:]), ack_id)


def _plain_event(data: str) -> EventPacket | None:
    """An event as nearly all are, of the default namespace and in order; None for whatever needs a closer look."""
    start = data.find("[", 1, _ACK_DIGITS_MAX + 2)
    digits = data[1:start]
    if start < 0 or data[0] != _EVENT or not (not digits or (digits.isascii() and digits.isdecimal())):
        return None
    try:
        name, *args = _decode(data[start:])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None
    return EventPacket(name, tuple(args), int(digits) if digits else None) if isinstance(name, str) else None


def ack_id_of(data: str) -> int | None:
    """The id that the ack of a packet must carry, whatever else is in it."""
    head = _HEAD.match(data)
    return int(head["id"]) if head is not None and head["id"] else None


def _attachments(digits: str) -> int:
    """How many attachments follow, of those that are passed over; a packet may claim any number."""
    return _ATTACHMENTS_MAX if len(digits) > 2 else min(int(digits), _ATTACHMENTS_MAX)
