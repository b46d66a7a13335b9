"""What is shown when a question has closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from quiz.domain.grading import Grader
from quiz.domain.ids import Millis
from quiz.domain.messages import Answer, Correct, Counts, RevealView, RightAndWrong
from quiz.domain.quiz import ChoiceQuestion, NumericQuestion, OrderQuestion, PollQuestion, TextQuestion
from quiz.domain.session import Session


def reveal(session: Session, answers: Sequence[Answer]) -> RevealView:
    """The reveal of the session's current question, which has closed, given all its answers."""
    return RevealView(
        question=session.question,
        correct=_right(session),
        counts=_counts(session, answers),
        answered=len(answers),
        closed_at=session.closes_at or Millis(0),
        explanation=session.current.explanation,
        voided=session.question in session.voided,
    )


def _right(session: Session) -> Correct:
    match session.current:
        case ChoiceQuestion(choices=choices):
            return [index for index, choice in enumerate(choices) if choice.correct]
        case NumericQuestion(answer=number):
            return number
        case TextQuestion(accepted=accepted):
            return list(accepted)
        case OrderQuestion():
            shown = session.script.orders[session.question]
            return [shown.index(place) for place in range(len(shown))]
        case PollQuestion():
            return []


def _counts(session: Session, answers: Iterable[Answer]) -> Counts:
    question, shown = session.current, session.script.shown(session.question)
    if isinstance(question, ChoiceQuestion | PollQuestion):
        counts = [0] * len(question.choices)
        for answer in answers:
            if isinstance(answer, list):
                for index in answer:
                    counts[index] += 1
        return counts
    grader, right, wrong = Grader(question, shown), 0, 0
    for answer in answers:
        if grader.grade(answer) == 1:
            right += 1
        else:
            wrong += 1
    return RightAndWrong(right, wrong)
