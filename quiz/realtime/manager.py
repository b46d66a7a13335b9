"""Rooms over several nodes: python-socketio's Redis manager, with a channel for each room in place of one for all.

A node hears the rooms that its own clients are in and no others, so a message costs the nodes that host its room. What
travels is the finished packet, encoded once by the sender. Other nodes may send to a room, and that is all: the stock
manager also lets whoever can publish disconnect clients and move them about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec
import socketio
from engineio import packet as eio_packet
from msgspec import Struct

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis, SessionId
from quiz.game.notices import Notice
from quiz.game.ports import Clock
from quiz.realtime.bus import Bus
from quiz.realtime.packets import DEFAULT_NAMESPACE, TextPacket
from quiz.realtime.rooms import audience_of, channel_of, room, room_of

YIELD_EVERY: Final = 1_000
"""After so many deliveries of a broadcast, whoever else has something to do gets a turn."""


class RoomMessage(Struct, frozen=True, array_like=True, omit_defaults=True):
    """What travels between nodes on a session's channels.

    `packets` are finished, each with its audience and the name of its event; `notice` is for the nodes themselves.
    `sent_at` is in the service's clock.
    """

    sent_at: Millis
    packets: list[tuple[Audience, str, str]] = []
    notice: Notice | None = None


Hear = Callable[[SessionId, RoomMessage], None]

_encoder: Final = msgspec.msgpack.Encoder()
_decoder: Final = msgspec.msgpack.Decoder(RoomMessage)


class RoomManager(socketio.AsyncRedisManager):  # type: ignore[misc]
    """Keeps the rooms of this node, hears those that travel, and sends to both.

    Args:
        bus: what connects the nodes.
        hear: takes what other nodes have sent to a session's rooms.
        on_left: called when the last client of a session here has gone.
        on_unreadable: called for a message that nobody can read.
    """

    name = "rooms"

    def __init__(
        self,
        bus: Bus,
        clock: Clock,
        hear: Hear,
        on_left: Callable[[SessionId], None],
        on_unreadable: Callable[[], None],
    ) -> None:
        super().__init__()
        self._bus = bus
        self._clock = clock
        self._hear = hear
        self._on_left = on_left
        self._on_unreadable = on_unreadable

    def initialize(self) -> None:
        """Called before the first request. The stock manager would start listening to its one channel here."""

    async def emit(
        self,
        event: str,
        data: object,
        namespace: str | None = None,
        room: str | None = None,
        skip_sid: str | None = None,
        callback: object = None,
        to: str | None = None,
        **kwargs: object,
    ) -> None:
        """Send an event to a room: to its members here, and on other nodes if it is one that travels.

        With `ignore_queue` it stays here. Nobody acks events of ours, so there are no callbacks.
        """
        target = to or room
        if callback is not None or skip_sid is not None or target is None:
            raise ValueError("events go to whole rooms, and nobody acks them")
        packet = encode(event, data)
        where = audience_of(target)
        if where is not None and not kwargs.get("ignore_queue"):
            session_id, audience = where
            self.send(session_id, audience, packets=[(audience, event, packet)])
        await self.deliver(target, packet)

    def send(
        self,
        session_id: SessionId,
        audience: Audience,
        *,
        packets: list[tuple[Audience, str, str]] | None = None,
        notice: Notice | None = None,
    ) -> None:
        """Send to the other nodes that have clients in a room; see `RoomMessage`. Never waits."""
        message = RoomMessage(self._clock.now(), packets or [], notice)
        self._bus.publish(channel_of(room(session_id, audience)), _encoder.encode(message))

    async def deliver(self, name: str, packet: str) -> int:
        """Hand a finished packet to everyone in a room who is connected here; how many those were."""
        framed = eio_packet.Packet(eio_packet.MESSAGE, packet)
        members = 0
        for _, eio_sid in self.get_participants(DEFAULT_NAMESPACE, name):
            await self.server._send_eio_packet(eio_sid, framed)
            members += 1
            if members % YIELD_EVERY == 0:
                await asyncio.sleep(0)
        return members

    def heard(self, channel: str, message: bytes) -> None:
        """Take a message off the bus."""
        where = audience_of(room_of(channel))
        try:
            content = _decoder.decode(message)
        except msgspec.MsgspecError:
            self._on_unreadable()
            return
        if where is None:
            self._on_unreadable()
        else:
            self._hear(where[0], content)

    def count(self) -> int:
        """How many rooms there are that travel."""
        return sum(room is not None and audience_of(room) is not None for room in self.rooms.get(DEFAULT_NAMESPACE, ()))

    async def enter_room(self, sid: str, namespace: str, room: str, eio_sid: str | None = None) -> None:
        """Put a client of this node in a room; returns when messages to the room are heard."""
        self.basic_enter_room(sid, namespace, room, eio_sid=eio_sid)
        if audience_of(room) is not None:
            await self._bus.subscribe(channel_of(room))

    def basic_leave_room(self, sid: str, namespace: str, room: str | None) -> None:
        """Take a client out of a room; with the last one goes the channel."""
        super().basic_leave_room(sid, namespace, room)
        where = None if room is None else audience_of(room)
        if room is None or where is None or room in self.rooms.get(namespace, {}):
            return
        self._bus.unsubscribe(channel_of(room))
        if where[1] is Audience.ALL:
            self._on_left(where[0])

    async def _publish(self, data: Any) -> None:
        """What the stock manager would ask of other nodes about a client that is not here is not asked."""


def encode(event: str, data: object) -> str:
    """An event as a finished Socket.IO packet."""
    packet: str = TextPacket(data=[event, data]).encode()
    return packet
