"""Taking a player's answer: judged by when its packet arrived, acknowledged after it was committed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from quiz.domain.answers import AnswerProblem, read_answer
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.session import Phase, Session
from quiz.game.calls import AnswerAck, AnswerCall
from quiz.game.crowd import Crowd
from quiz.game.errors import Refused, Unavailable
from quiz.game.healing import Healing
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import AnswerRefusal, PendingAnswer
from quiz.game.receipts import Receipt
from quiz.game.taking import Taking
from quiz.game.tokens import Seat

Done = Callable[[AnswerAck | PendingAnswer | Unavailable | None], None]
"""Who is told how an answer has fared. None: it is not plain after all, and `answer` has to be asked. The pending
answer: it is, but could not be stored in this way, and `keep` has to be asked."""


class Answering:
    """One use case, in two ways: `take` for nearly every answer, and `answer` for whatever is not plain."""

    def __init__(self, answers: Taking, live: LiveSessions, healing: Healing, crowd: Crowd) -> None:
        self._answers = answers
        self._live = live
        self._healing = healing
        self._crowd = crowd
        self._answered: set[SessionId] = set()
        """Sessions with new answers that the crowd has not been told of."""

    def take(self, seat: Seat, call: AnswerCall, received_at: Millis, done: Done) -> bool:
        """Begin to store an answer that is plain, as far as this node knows; otherwise False, and use `answer`.

        Plain is the first answer to an open question, in time, that fits the question, of a player who is known to be
        seated, while nothing is out of order. It costs neither a task nor a future. The transaction looks at the
        session and the seat itself: what this node knows does not decide.

        Args:
            received_at: when the call's packet arrived.
            done: is called once, later, if this gives True: with the ack, after COMMIT; with what `keep` or `answer`
                have to be asked for, see `Done`; or with the outage, on a node that has nowhere else to put answers.
                Those whose answers were stored together are told in one go, so it has to be quick.
        """
        live, player = self._live.at_hand(seat.session_id), seat.player_id
        if live is None or player is None or player not in live.board or player in live.in_doubt:
            return False
        asked = live.asked
        if asked is None or not asked.takes(call.question, received_at) or live.receipt_of(player) is not None:
            return False
        answer = read_answer(asked.question, call.answer)
        if isinstance(answer, AnswerProblem):
            return False
        pending = asked.pending(player, call.id, answer, received_at)
        return self._answers.put(pending, partial(self._settled, live, call, pending, done))

    async def keep(self, call: AnswerCall, pending: PendingAnswer) -> AnswerAck:
        """Store an answer that `take` has found plain. In time is in time, whatever has become of the question since.

        Raises:
            Refused, Unavailable: as `answer`.
        """
        return await self._store(await self._live.get(pending.session_id), call, pending)

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
        asked = live.asked
        assert asked is not None  # noqa: S101  (nothing was refused, so a question is open)
        answer = read_answer(asked.question, call.answer)
        if isinstance(answer, AnswerProblem):
            raise Refused("invalid", answer.message)
        pending = asked.pending(player, call.id, answer, received_at)
        return await self._store(live, call, pending)

    async def _store(self, live: LiveSession, call: AnswerCall, pending: PendingAnswer) -> AnswerAck:
        receipt = await self._answers.take(pending, may_queue=pending.player_id not in live.in_doubt)
        if isinstance(receipt, AnswerRefusal):
            return await self._answered_before(live, pending.player_id, call, receipt.value)
        live.took(receipt)
        self._crowd.answered(live.session.id)
        return _ack(receipt, call)

    def _settled(
        self,
        live: LiveSession,
        call: AnswerCall,
        pending: PendingAnswer,
        done: Done,
        outcome: Receipt | AnswerRefusal | Unavailable | None,
    ) -> None:
        if outcome is None:
            done(pending)
            return
        if not isinstance(outcome, Receipt):
            done(None if isinstance(outcome, AnswerRefusal) else outcome)
            return
        live.took(outcome)
        session_id = live.session.id
        if session_id not in self._answered:
            self._answered.add(session_id)
            asyncio.get_running_loop().call_soon(self._tell_crowd)
        done(_ack(outcome, call) if outcome.answer.submission == call.id else None)

    def _tell_crowd(self) -> None:
        """Once for all answers of a batch."""
        answered, self._answered = self._answered, set()
        for session_id in answered:
            self._crowd.answered(session_id)

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
