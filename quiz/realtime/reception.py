"""Reading what clients send: every packet, within its sender's limits, in the order it came."""

from __future__ import annotations

import time
from functools import partial
from typing import Any, Final, Protocol

import structlog
from socketio import packet as wire

from quiz.observe.logs import Throttle
from quiz.observe.metrics import Metrics
from quiz.realtime.connection import Connection
from quiz.realtime.frames import message
from quiz.realtime.packets import (
    DEFAULT_NAMESPACE,
    AckPacket,
    BadPacket,
    ConnectPacket,
    EventPacket,
    LeavePacket,
    TextPacket,
    Unreadable,
    read_packet,
)
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.sink import Session
from quiz.realtime.wheel import TimerWheel

log = structlog.get_logger("quiz.realtime")

BAD_PACKETS_MAX: Final = 3
"""So many unreadable packets end a connection."""
FLOOD_OF_BURSTS: Final = 10
FLOOD_S: Final = 10.0
"""A client that is refused so many times what it may send at once, within so long, is cut off."""
_EVENT: Final = "2"


class EventTaker(Protocol):
    """Whom packets are for. None of these may wait or raise."""

    def event(self, connection: Connection, packet: str) -> None:
        """An event of a client that has been let in; `packet` begins behind the type of the Engine.IO packet."""
        ...

    def refused(self, connection: Connection, packet: Unreadable) -> None:
        """A packet was refused; its sender may wait for an ack."""
        ...

    def flooded(self, connection: Connection, packet: str) -> None:
        """An event was refused because its sender has sent too many."""
        ...


class Door(Protocol):
    """Whoever lets clients in and out."""

    reason: Any

    def join(self, connection: Connection, auth: object) -> None:
        """Let a client in, if it may come; `Reception.let_in` is called when that is decided."""
        ...

    def part(self, connection: Connection, reason: str) -> None:
        """End a connection for good."""
        ...

    def hang_up(self, connection: Connection, reason: str, *, abort: bool = False) -> None:
        """End a connection so that its client comes back."""
        ...


class Reception:
    """Reads packets of connections, and hands events on."""

    def __init__(
        self, door: Door, events: EventTaker, metrics: Metrics, settings: RealtimeSettings, wheel: TimerWheel
    ) -> None:
        self._door = door
        self._events = events
        self._metrics = metrics
        self._settings = settings
        self._wheel = wheel
        self._throttle = Throttle()

    def received(self, link: Session, text: str) -> None:
        """Take in a message; `text` is its whole Engine.IO packet."""
        connection: Connection = link.client
        if not connection.bucket.take():
            self._refuse(connection, text)
        elif connection.joining or connection.calls >= self._settings.calls_max:
            if connection.set_aside(text, self._settings.events_burst):
                link.pause_reading()
            else:
                self._refuse(connection, text)
        else:
            self._read(connection, text)

    def received_binary(self, link: Session) -> None:
        """Refuse a binary message, unless it belongs to a packet that has been refused already."""
        connection: Connection = link.client
        if connection.attachments_due:
            connection.attachments_due -= 1
        else:
            self.bad_packet(connection, Unreadable(BadPacket.BINARY))

    def chatted(self, link: Session, packets: int) -> bool:
        """Count packets that say nothing among those their sender may send; whether the session goes on."""
        connection: Connection = link.client
        for _ in range(packets):
            if not connection.bucket.take():
                self._refuse(connection, "")
                if not connection.open:
                    return False
        return True

    def let_in(self, connection: Connection) -> None:
        """It has been decided whether a client comes in: whatever it has sent meanwhile is read."""
        connection.joining = False
        self._go_on(connection)

    def answered(self, connection: Connection) -> None:
        """A call has been answered: whatever waits behind it has its turn."""
        connection.calls -= 1
        self._go_on(connection)

    def bad_packet(self, connection: Connection, packet: Unreadable) -> None:
        """Count a packet nobody can read, and end a connection that makes a habit of it."""
        connection.attachments_due = packet.attachments
        connection.bad_packets += packet.ack_id is None  # who waits for an ack is told, and may learn
        self._count(connection, packet.cause.value)
        self._events.refused(connection, packet)
        if connection.bad_packets >= BAD_PACKETS_MAX:
            self._door.part(connection, "bad packets")

    def _read(self, connection: Connection, text: str) -> None:
        if connection.sid is not None and text[1:2] == _EVENT:
            self._events.event(connection, text[1:])
            return
        packet = read_packet(text[1:], self._settings.packet_bytes_max)
        match packet:
            case ConnectPacket(namespace=namespace) if namespace != DEFAULT_NAMESPACE:
                refusal = TextPacket(wire.CONNECT_ERROR, {"message": "Invalid namespace"}, namespace)
                connection.send(message(refusal.encode()))
            case ConnectPacket(auth=auth) if connection.sid is None:
                connection.joining = True
                self._door.join(connection, auth)
            case LeavePacket():
                connection.link.end(self._door.reason.CLIENT_DISCONNECT)
            case Unreadable():
                self.bad_packet(connection, packet)
            case EventPacket() | ConnectPacket():  # before it was let in, or once more
                self.bad_packet(connection, Unreadable(BadPacket.MALFORMED))
            case AckPacket():
                pass  # nobody asked for one

    def _go_on(self, connection: Connection) -> None:
        """Read what was set aside, as far as calls are answered."""
        if connection.waiting is None:
            return
        most = self._settings.calls_max
        while connection.open and not connection.joining and connection.calls < most:
            packet = connection.next_waiting()
            if packet is None:
                connection.waiting = None
                connection.link.resume_reading()
                return
            self._read(connection, packet)

    def _refuse(self, connection: Connection, text: str) -> None:
        """Refuse a packet too many, and read no more until its sender may send again."""
        now = time.monotonic()
        if now - connection.refused_since > FLOOD_S:
            connection.refused, connection.refused_since = 0, now
        connection.refused += 1
        self._count(connection, "flood")
        if connection.refused > FLOOD_OF_BURSTS * self._settings.events_burst:
            self._door.hang_up(connection, "flood", abort=True)
            return
        if connection.sid is not None and text[1:2] == _EVENT:
            self._events.flooded(connection, text[1:])
        connection.link.pause_reading()
        self._wheel.call_in(connection.bucket.next_in_s(), partial(self._read_again, connection))

    def _read_again(self, connection: Connection) -> None:
        if connection.waiting is None:
            connection.link.resume_reading()

    def _count(self, connection: Connection, cause: str) -> None:
        self._metrics.bad_packets.labels(cause).inc()
        if self._throttle.passes(connection.link.sid):
            session = connection.seat.session_id if connection.seat else None
            log.info("packet refused", action="packet", cause=cause, session=session)
