"""A report, counted from answers that come in batches, question by question."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from quiz.domain.ids import Millis, PlayerId
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer, closed_questions
from quiz.game.question_count import QuestionCount
from quiz.game.report import QuestionReport, Report


class ReportCount:
    """Counts a session's answers. Sync: callers use a thread.

    In memory are the numbers of the questions before and what one question's answers were: one for each player at
    most, and most of them are the same few.

    Args:
        seated: the players who count.
    """

    def __init__(self, session: Session, seated: Collection[PlayerId]) -> None:
        self._session = session
        self._seated = frozenset(seated)
        self._closed = closed_questions(session)
        self._rounds = [round_.title for round_ in session.script.quiz.rounds for _ in round_.questions]
        self._reports: list[QuestionReport] = []
        self._count = QuestionCount(session, 1, self._rounds[0])

    def add(self, answers: Sequence[StoredAnswer]) -> None:
        """Count some more answers; they come by question. Those to a question that is still open are left out."""
        for stored in answers:
            if stored.question > self._closed:
                return
            self._close_before(stored.question)
            if stored.player_id in self._seated:
                self._count.add(stored)

    def report(self, finished_at: Millis | None) -> Report:
        """What has been counted, when all answers have come; nothing can be added after that."""
        self._close_before(len(self._rounds) + 1)
        scored = [each for each in self._reports if each.right_share is not None]
        answers = sum(each.answered for each in scored)
        return Report(
            title=self._session.title,
            pin=self._session.pin,
            started_at=self._session.created_at,
            finished_at=finished_at,
            players=len(self._seated),
            asked=self._closed,
            answers=sum(each.answered for each in self._reports),
            right_share=sum(each.right for each in scored) / answers if answers else None,
            questions=self._reports,
        )

    def _close_before(self, number: int) -> None:
        """Go on to a question; the last one is followed by none."""
        while len(self._reports) + 1 < number:
            self._reports.append(self._count.report(len(self._seated)))
            following = len(self._reports) + 1
            if following <= len(self._rounds):
                self._count = QuestionCount(self._session, following, self._rounds[following - 1])
