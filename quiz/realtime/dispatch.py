"""From a client's event to a use case and back to an ack: every payload, every role, in one place."""

from __future__ import annotations

import msgspec
import structlog

from quiz.domain.ids import Millis
from quiz.domain.problems import shape_problem
from quiz.game.answering import Answering
from quiz.game.calls import CALLS, Ack, AnswerCall, Call, CallError, CommandAck, ErrorAck, TimeAck, TimeCall, command_of
from quiz.game.conduct import Conductor
from quiz.game.errors import ERRORS, Refused, Unavailable
from quiz.game.ports import Clock, PendingAnswer
from quiz.game.tokens import Seat
from quiz.realtime.packets import EventPacket

log = structlog.get_logger("quiz.realtime")


class Dispatch:
    """Serves calls. Never raises: whatever happens, the caller gets an ack that says what it means."""

    def __init__(self, answering: Answering, conductor: Conductor, clock: Clock) -> None:
        self._answering = answering
        self._conductor = conductor
        self._clock = clock

    def read(self, seat: Seat, packet: EventPacket) -> Call | Ack:
        """What a client calls for; or its ack already, when there is nothing to wait for."""
        try:
            call = read_call(seat, packet)
        except Refused as refused:
            return error_ack(refused)
        return TimeAck(ok=True, now=self._clock.now()) if isinstance(call, TimeCall) else call

    async def serve(
        self, seat: Seat, event: str, call: Call, received_at: Millis, pending: PendingAnswer | None = None
    ) -> Ack:
        """The ack of one call.

        Args:
            received_at: when its packet arrived.
            pending: the answer, if it has been judged already and only has to be kept.
        """
        try:
            if isinstance(call, AnswerCall):
                if pending is not None:
                    return await self._answering.keep(call, pending)
                return await self._answering.answer(seat, call, received_at)
            command, seen = command_of(event, call)
            return CommandAck(ok=True, version=await self._conductor.perform(seat.session_id, command, seen))
        except Refused as refused:
            return error_ack(refused)
        except Unavailable:
            return error_ack(Refused("unavailable"))
        except Exception:
            log.exception("call failed", action=event, session=seat.session_id, role=seat.role.value)
            return error_ack(Refused("internal"))


def read_call(seat: Seat, packet: EventPacket) -> Call:
    """Check a client's event against the table of calls.

    Raises:
        Refused: `unknown_event`, `forbidden` (for the seat's role) or `invalid`.
    """
    row = CALLS.get(packet.name)
    if row is None:
        raise Refused("unknown_event")
    if seat.role not in row.roles:
        raise Refused("forbidden")
    if len(packet.args) > 1:
        raise Refused("invalid", "A call has one payload.")
    payload = packet.args[0] if packet.args else None
    try:
        return msgspec.convert({} if payload is None else payload, row.payload)
    except msgspec.ValidationError as error:
        raise Refused("invalid", shape_problem(str(error), "", "The payload").message) from None


def error_ack(refused: Refused) -> ErrorAck:
    """The ack of a call that changed nothing."""
    error = CallError(refused.code, refused.message, ERRORS[refused.code].retry, refused.version)
    return ErrorAck(ok=False, error=error)
