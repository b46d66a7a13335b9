"""What an answer earns, and how a player's score grows with it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from msgspec import Struct

from quiz.domain.grading import grade
from quiz.domain.ids import Millis
from quiz.domain.messages import Answer
from quiz.domain.quiz import PollQuestion, Question

FULL_POINTS_MS: Final = 500
"""Answers this early earn all points: below it, speed is the network's and not the player's."""


class Mode(StrEnum):
    """Whether points fall with time (`speed`) or count in full until the deadline (`accuracy`)."""

    SPEED = "speed"
    ACCURACY = "accuracy"


class Award(Struct, frozen=True, gc=False):
    """What one answer earned.

    `correct` is True only at full credit, and None for a poll. `time_ms` is the response time when the answer earned
    any points, else 0: the total time that breaks ties sums up earning answers only, so staying silent, guessing wrong
    or taking one's time over a warm-up without points never costs or gains time.
    """

    points: int
    correct: bool | None
    time_ms: Millis


_UNGRADED: Final = Award(points=0, correct=None, time_ms=Millis(0))
_WRONG: Final = Award(points=0, correct=False, time_ms=Millis(0))


def award(
    question: Question, answer: Answer, elapsed_ms: int, mode: Mode, shown: tuple[int, ...] | None = None
) -> Award:
    """Grade an answer and turn credit and speed into points.

    The formula is that of the public contract, in IEEE doubles and in the order written there, with Python's
    rounding of halves to even, so that anyone can recount it: `round(points * speed * credit)`, where
    `speed = 1 - elapsed / time_limit / 2`.

    Args:
        question: what was asked; its points and time limit enter the formula.
        answer: as `answers.read_answer` returned it for this question.
        elapsed_ms: from the opening of the question to the arrival of the answer, in milliseconds.
        mode: whether speed counts.
        shown: see `grading.grade`.
    """
    return award_for(question, grade(question, answer, shown), elapsed_ms, mode)


def award_for(question: Question, credit: float | None, elapsed_ms: int, mode: Mode) -> Award:
    """The same for an answer that has been graded; `credit` is as `grading.grade` gives it."""
    if credit is None:
        return _UNGRADED
    if credit == 0:
        return _WRONG
    elapsed = Millis(max(0, elapsed_ms))
    points = round(question.points * _speed(question, elapsed, mode) * credit)
    return Award(points=points, correct=credit == 1, time_ms=elapsed if points else Millis(0))


def _speed(question: Question, elapsed_ms: int, mode: Mode) -> float:
    """The share of the points that speed leaves, from 1/2 to 1."""
    if mode is Mode.ACCURACY or question.time_limit is None or elapsed_ms <= FULL_POINTS_MS:
        return 1.0
    limit_ms = question.time_limit * 1000
    # An extended question stays open beyond its limit; its late answers earn what the limit's last moment does.
    return 1 - min(elapsed_ms, limit_ms) / limit_ms / 2


class Score(Struct, frozen=True, gc=False):
    """A player's sum over the questions closed so far. `streak` counts correct answers in a row."""

    points: int = 0
    correct: int = 0
    time_ms: Millis = Millis(0)
    streak: int = 0

    def after(self, question: Question, award: Award | None) -> Score:
        """The score once `question` has closed; `award` is None when the player gave no answer.

        A poll changes nothing, answered or not. Anything less than a correct answer ends the streak.
        """
        if isinstance(question, PollQuestion):
            return self
        if award is None:
            return Score(self.points, self.correct, self.time_ms)
        return Score(
            points=self.points + award.points,
            correct=self.correct + bool(award.correct),
            time_ms=Millis(self.time_ms + award.time_ms),
            streak=self.streak + 1 if award.correct else 0,
        )
