"""What has to be known of an open question to judge an answer to it, put together once and not for each answer."""

from __future__ import annotations

from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId, SessionId, SubmissionId
from quiz.domain.messages import Answer
from quiz.domain.quiz import Question
from quiz.domain.session import Phase, Session
from quiz.game.ports import PendingAnswer


class Asked(Struct, frozen=True):
    """A question that is open, in one version of its session. `month` is the session's."""

    session_id: SessionId
    month: int
    number: int
    question: Question
    opens_at: Millis
    closes_at: Millis | None

    def takes(self, number: int, received_at: Millis) -> bool:
        """Whether an answer to question `number` that arrived at `received_at` comes neither too early nor too late."""
        return (
            number == self.number
            and received_at >= self.opens_at
            and (self.closes_at is None or received_at <= self.closes_at)
        )

    def pending(self, player: PlayerId, submission: str, answer: Answer, received_at: Millis) -> PendingAnswer:
        """An answer of a player, on its way into the database."""
        return PendingAnswer(
            self.session_id,
            self.month,
            player,
            self.number,
            SubmissionId(submission),
            answer,
            received_at,
            Millis(received_at - self.opens_at),
        )


def asked_by(session: Session) -> Asked | None:
    """The question that is open, if there is one."""
    if session.phase is not Phase.QUESTION or session.opens_at is None:
        return None
    return Asked(session.id, session.month, session.question, session.current, session.opens_at, session.closes_at)
