"""The arithmetic of one question's part in a report."""

from __future__ import annotations

from collections import Counter
from statistics import median

from quiz.domain.grading import Grader, fold_text
from quiz.domain.messages import Correct
from quiz.domain.quiz import ChoiceQuestion, NumericQuestion, OrderQuestion, PollQuestion, Question, TextQuestion
from quiz.domain.scoring import award_for
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer, closed_questions
from quiz.game.report import WRONG_ANSWERS_MAX, QuestionReport, WrongAnswer

_Given = str | int | float


class QuestionCount:
    """Counts the answers to one question."""

    def __init__(self, session: Session, number: int, round_title: str) -> None:
        self._session = session
        self._number = number
        self._round = round_title
        self._question = session.script.question(number)
        self._grader = Grader(self._question, session.script.shown(number))
        self._choices = _choices(self._question)
        self._counts = None if self._choices is None else [0] * len(self._choices)
        self._graded: Counter[str] = Counter()
        self._points = 0
        self._times: list[int] = []
        self._wrong: Counter[_Given] = Counter()

    def add(self, stored: StoredAnswer) -> None:
        """Count an answer of somebody who has a seat."""
        credit = self._grader.grade(stored.answer)
        self._times.append(stored.elapsed_ms)
        self._points += award_for(self._question, credit, stored.elapsed_ms, self._session.settings.scoring).points
        if credit is not None:
            self._graded["right" if credit == 1 else "partly" if credit else "wrong"] += 1
        if isinstance(stored.answer, list):
            self._count_choices(stored.answer)
        elif credit == 0:
            self._wrong[stored.answer] += 1

    def report(self, players: int) -> QuestionReport:
        """What has been counted.

        Args:
            players: how many have a seat.
        """
        question, answered = self._question, len(self._times)
        voided = self._number in self._session.voided
        counts = answered > 0 and not voided and not isinstance(question, PollQuestion)
        return QuestionReport(
            number=self._number,
            round=self._round,
            type=question.kind,
            text=question.text,
            points=question.points,
            choices=self._choices,
            correct=_right(question),
            tolerance=question.tolerance if isinstance(question, NumericQuestion) else None,
            asked=self._number <= closed_questions(self._session),
            voided=voided,
            players=players,
            answered=answered,
            counts=self._counts,
            right=self._graded["right"],
            partly=self._graded["partly"],
            wrong=self._graded["wrong"],
            right_share=self._graded["right"] / answered if counts else None,
            mean_response_ms=sum(self._times) / answered if answered else None,
            median_response_ms=float(median(self._times)) if answered else None,
            points_mean=self._points / answered if counts else None,
            commonest_wrong=_commonest(self._wrong),
        )

    def _count_choices(self, picks: list[int]) -> None:
        if self._counts is not None:
            for index in picks:
                self._counts[index] += 1


def _commonest(wrong: Counter[_Given]) -> list[WrongAnswer]:
    """The most frequent, those that came first before others; texts that fold to the same are one."""
    counts: Counter[_Given] = Counter()
    first: dict[_Given, _Given] = {}
    for given, count in wrong.items():
        key = fold_text(given) if isinstance(given, str) else given
        counts[key] += count
        first.setdefault(key, given)
    return [WrongAnswer(first[key], count) for key, count in counts.most_common(WRONG_ANSWERS_MAX)]


def _choices(question: Question) -> list[str] | None:
    if isinstance(question, ChoiceQuestion | PollQuestion):
        return [choice.text for choice in question.choices]
    return None


def _right(question: Question) -> Correct:
    match question:
        case ChoiceQuestion(choices=choices):
            return [index for index, choice in enumerate(choices) if choice.correct]
        case NumericQuestion(answer=number):
            return number
        case TextQuestion(accepted=accepted):
            return [*accepted]
        case OrderQuestion(items=items):
            return [*items]
        case PollQuestion():
            return []
