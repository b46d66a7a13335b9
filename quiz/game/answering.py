"""Taking a player's answer: judged by when its packet arrived, acknowledged after it was committed."""

from __future__ import annotations

from quiz.domain.answers import AnswerProblem, read_answer
from quiz.domain.ids import Millis, PlayerId, SubmissionId
from quiz.domain.session import Phase, Session
from quiz.game.calls import AnswerAck, AnswerCall
from quiz.game.crowd import Crowd
from quiz.game.errors import Refused
from quiz.game.healing import Healing
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import AnswerRefusal, PendingAnswer
from quiz.game.receipts import Receipt
from quiz.game.taking import Taking
from quiz.game.tokens import Seat


class Answering:
    """One use case: `answer`."""

    def __init__(self, answers: Taking, live: LiveSessions, healing: Healing, crowd: Crowd) -> None:
        self._answers = answers
        self._live = live
        self._healing = healing
        self._crowd = crowd

    async def answer(self, seat: Seat, call: AnswerCall, received_at: Millis) -> AnswerAck:
        """Store an answer, once.

        A retry under the same id gets the ack of the first try, also long after the question has closed.

        Args:
            received_at: when the call's packet arrived.

        Raises:
            Refused: `closed`, `not_open`, `wrong_question`, `already_answered`, `invalid`, `unauthorized`.
            Unavailable: nothing is known to be stored; the same call should be made again.
        """
        live = await self._live.get(seat.session_id)
        player = seat.player_id
        if player is None or not await self._live.seated(live, player):
            raise Refused("unauthorized", "You have no seat in this game any more.")
        known = live.receipt_of(player)
        if known is not None and known.answer.question == call.question:
            return _ack(known, call)
        if _refusal(live.session, call.question, received_at) is not None:
            # Another node may have moved on, and the player come from there.
            live = await self._healing.present(seat.session_id)
        if (code := _refusal(live.session, call.question, received_at)) is not None:
            return await self._answered_before(live, player, call, code)
        answer = read_answer(live.session.current, call.answer)
        if isinstance(answer, AnswerProblem):
            raise Refused("invalid", answer.message)
        session = live.session
        receipt = await self._answers.take(
            PendingAnswer(
                session_id=session.id,
                month=session.month,
                player_id=player,
                question=call.question,
                submission=SubmissionId(call.id),
                answer=answer,
                received_at=received_at,
                elapsed_ms=Millis(received_at - (session.opens_at or received_at)),
            ),
            may_queue=player not in live.in_doubt,
        )
        if isinstance(receipt, AnswerRefusal):
            return await self._answered_before(live, player, call, receipt.value)
        live.acked(receipt)
        self._crowd.answered(session.id)
        return _ack(receipt, call)

    async def _answered_before(self, live: LiveSession, player: PlayerId, call: AnswerCall, code: str) -> AnswerAck:
        if 1 <= call.question <= live.session.question:
            receipt = await self._answers.find(live.session, call.question, player)
            if receipt is not None:
                return _ack(receipt, call)
        raise Refused(code)


def _refusal(session: Session, question: int, received_at: Millis) -> str | None:
    """Why an answer that arrived at `received_at` comes too early, too late, or to the wrong question."""
    if session.phase is Phase.LOBBY:
        return "not_open"
    if session.phase is not Phase.FINISHED and question != session.question:
        return "wrong_question"
    if session.phase is not Phase.QUESTION or (session.closes_at is not None and received_at > session.closes_at):
        return "closed"
    if session.opens_at is not None and received_at < session.opens_at:
        return "not_open"
    return None


def _ack(receipt: Receipt, call: AnswerCall) -> AnswerAck:
    if receipt.answer.submission != call.id:
        raise Refused("already_answered")
    return AnswerAck(ok=True, status=receipt.status, received_at=receipt.answer.received_at)
