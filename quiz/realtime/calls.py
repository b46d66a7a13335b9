"""From a client's event to its ack.

An answer comes once for each player and question, from everybody at the same time: it is read straight into its type,
judged, batched and acked without a task of its own. What has to wait for something gets one, owned by the server.
"""

from __future__ import annotations

from functools import partial
from typing import Final, Literal

import msgspec
import structlog
from msgspec import Struct

from quiz.domain.ids import Millis
from quiz.domain.roles import Role
from quiz.game.answering import Answering
from quiz.game.calls import CALLS, Ack, AnswerAck, AnswerCall, Call, ErrorAck
from quiz.game.errors import Refused, Unavailable
from quiz.game.ports import Clock, PendingAnswer
from quiz.game.tokens import Seat
from quiz.observe.logs import Throttle
from quiz.observe.metrics import Metrics
from quiz.realtime.connection import Connection
from quiz.realtime.dispatch import Dispatch, error_ack
from quiz.realtime.frames import acknowledgement
from quiz.realtime.packets import EventPacket, Unreadable, ack_id_of, read_packet
from quiz.realtime.sockets import SocketServer

log = structlog.get_logger("quiz.realtime")

_ANSWER: Final = '["answer",'
_ACK_DIGITS_MAX: Final = 15
_answer: Final = msgspec.json.Decoder(tuple[Literal["answer"], AnswerCall])
_OF_THE_SERVER: Final = frozenset({"unavailable", "internal"})
_WORTH_A_LOG_LINE: Final = frozenset(
    {"invalid", "unknown_event", "forbidden", "unauthorized", "unavailable", "internal"}
)


class Arrived(Struct, frozen=True, gc=False):
    """A call that has come: whose it is, what for, what acks it, and when."""

    seat: Seat
    event: str
    ack_id: int | None
    at: Millis


class Calls:
    """Serves the events of clients that have been let in."""

    def __init__(self, dispatch: Dispatch, answering: Answering, clock: Clock, metrics: Metrics) -> None:
        self._dispatch = dispatch
        self._answering = answering
        self._clock = clock
        self._metrics = metrics
        self._throttle = Throttle()
        self._server: SocketServer | None = None

    def serve(self, server: SocketServer) -> None:
        """Name the server whose clients are meant."""
        self._server = server

    def event(self, connection: Connection, packet: str) -> None:
        """Serve an event; `packet` is a Socket.IO packet of type EVENT."""
        received_at = self._clock.now()
        seat = connection.seat
        if seat is None:
            return
        start = packet.find("[", 1, _ACK_DIGITS_MAX + 2)
        if (
            packet.startswith(_ANSWER, start)
            and seat.role is Role.PLAYER
            and not connection.leaving
            and self._take(connection, seat, packet, start, received_at)
        ):
            return
        read = read_packet(packet, self._here.settings.packet_bytes_max)
        if isinstance(read, Unreadable):
            self._here.reception.bad_packet(connection, read)
        elif isinstance(read, EventPacket):
            arrived = Arrived(seat, read.name, read.ack_id, received_at)
            call = error_ack(Refused("try_again")) if connection.leaving else self._dispatch.read(seat, read)
            if isinstance(call, Call):
                connection.calls += 1
                self._here.run(self._call(connection, arrived, call), f"call {connection.link.sid}")
            else:
                self._ack(connection, arrived, call)

    def refuse(self, connection: Connection, ack_id: int | None, refused: Refused) -> None:
        """Tell whoever waits for an ack that there will be nothing else."""
        if ack_id is not None:
            connection.send(acknowledgement(ack_id, error_ack(refused)))

    def refuse_flood(self, connection: Connection, packet: str) -> None:
        """Tell a client that it has sent too much."""
        self.refuse(connection, ack_id_of(packet), Refused("rate_limited"))

    def _take(self, connection: Connection, seat: Seat, packet: str, start: int, received_at: Millis) -> bool:
        """Take an answer the short way; False if it is not as plain as most."""
        digits = packet[1:start]
        if len(packet) > self._here.settings.packet_bytes_max or not (digits.isascii() and digits.isdecimal()):
            return False
        try:
            _, call = _answer.decode(packet[start:])
        except (msgspec.MsgspecError, ValueError, RecursionError):
            return False
        arrived = Arrived(seat, "answer", int(digits), received_at)
        if not self._answering.take(seat, call, received_at, partial(self._taken, connection, arrived, call)):
            return False
        connection.calls += 1
        return True

    def _taken(
        self,
        connection: Connection,
        arrived: Arrived,
        call: AnswerCall,
        fared: AnswerAck | PendingAnswer | Unavailable | None,
    ) -> None:
        """An answer has been committed, or needs to go a longer way."""
        if fared is None or isinstance(fared, PendingAnswer):
            self._here.run(self._call(connection, arrived, call, fared), f"call {connection.link.sid}")
            return
        try:
            ack = fared if isinstance(fared, AnswerAck) else error_ack(Refused("unavailable"))
            self._ack(connection, arrived, ack)
        finally:
            self._here.reception.answered(connection)

    async def _call(
        self, connection: Connection, arrived: Arrived, call: Call, pending: PendingAnswer | None = None
    ) -> None:
        try:
            ack = await self._dispatch.serve(arrived.seat, arrived.event, call, arrived.at, pending)
            self._ack(connection, arrived, ack)
        finally:
            self._here.reception.answered(connection)

    def _ack(self, connection: Connection, arrived: Arrived, ack: Ack) -> None:
        if arrived.ack_id is not None:
            connection.send(acknowledgement(arrived.ack_id, ack))
        outcome = ack.error.code if isinstance(ack, ErrorAck) else "ok"
        event = arrived.event if arrived.event in CALLS else "unknown"
        self._metrics.calls.count(event, outcome)
        self._metrics.call_seconds.observe(event, max(0, self._clock.now() - arrived.at) / 1000)
        if isinstance(ack, AnswerAck):
            self._metrics.answers_acked.count(ack.status)
        elif isinstance(ack, ErrorAck) and outcome in _WORTH_A_LOG_LINE:
            # An outage is one event, however many calls it refuses; a client's mistakes are its own.
            source = outcome if outcome in _OF_THE_SERVER else connection.link.sid
            if self._throttle.passes(source):
                role, session = arrived.seat.role.value, arrived.seat.session_id
                log.info("call refused", action=event, outcome=outcome, role=role, session=session)

    @property
    def _here(self) -> SocketServer:
        if self._server is None:
            raise RuntimeError("there are events before there is a server")
        return self._server
