"""Rooms over several nodes: python-socketio's Redis manager, with a channel for each room in place of one for all.

A node hears the rooms that its own clients are in and no others, so a message costs the nodes that host its room. What
travels is the finished packet, encoded once by the sender. Other nodes may send to a room, and that is all: the stock
manager also lets whoever can publish disconnect clients and move them about.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, Final

import msgspec
import socketio
from msgspec import Struct

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis, SessionId
from quiz.game.notices import Notice
from quiz.game.ports import Clock
from quiz.realtime.bus import Bus
from quiz.realtime.connection import Connection
from quiz.realtime.frames import Frame, message
from quiz.realtime.members import Members
from quiz.realtime.rooms import audience_of, channel_of, room, room_of

DELIVERIES_AT_ONCE: Final = 250
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

    python-socketio's own tables of rooms stay empty: `Members` keeps them, without a room for each client.

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
        self._members = Members()

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
        await self.deliver(target, message(packet))

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

    async def deliver(self, name: str, frame: Frame | Callable[[Connection], Frame]) -> int:
        """Hand a frame, or one for each, to everyone in a room who is connected here; how many those were."""
        receivers = [*self._members.of(name)]
        for start in range(0, len(receivers), DELIVERIES_AT_ONCE):
            if start:
                await asyncio.sleep(0)
            some = receivers[start : start + DELIVERIES_AT_ONCE]
            if isinstance(frame, Frame):
                for connection in some:
                    connection.link.put(frame)
            else:
                for connection in some:
                    connection.link.put(frame(connection))
        return len(receivers)

    async def deliver_each(self, frames: Iterable[tuple[str, Frame]]) -> None:
        """Hand each of these rooms a frame of its own, to those of its members who are connected here."""
        left = DELIVERIES_AT_ONCE
        for name, frame in frames:
            for connection in self._members.of(name):
                connection.link.put(frame)
            left -= 1
            if not left:
                left = DELIVERIES_AT_ONCE
                await asyncio.sleep(0)

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
        return sum(audience_of(name) is not None for name in self._members.names())

    def members(self, name: str) -> Collection[Connection]:
        """Who is in a room, of those connected here. Changes as they come and go."""
        return self._members.of(name)

    async def enter(self, connection: Connection, name: str) -> None:
        """Put a client of this node in a room; returns when messages to the room are heard."""
        self._members.enter(connection, name)
        if audience_of(name) is not None:
            await self._bus.subscribe(channel_of(name))
        if not connection.open:  # it has gone meanwhile, and nobody else takes it out
            self.leave(connection)

    def leave(self, connection: Connection) -> None:
        """Take a client out of all its rooms; with the last one of a room goes its channel."""
        for name in self._members.leave(connection):
            where = audience_of(name)
            if where is not None:
                self._bus.unsubscribe(channel_of(name))
                if where[1] is Audience.ALL:
                    self._on_left(where[0])

    def get_participants(self, namespace: str, room: str) -> Iterator[tuple[str | None, str]]:
        """Who is in a room, of those connected here, by both of their ids."""
        return ((connection.sid, connection.link.sid) for connection in [*self._members.of(room)])

    async def _publish(self, data: Any) -> None:
        """What the stock manager would ask of other nodes about a client that is not here is not asked."""


def encode(event: str, data: object) -> str:
    """An event as a finished Socket.IO packet."""
    return "2" + msgspec.json.encode((event, data)).decode()
