"""The frozen quiz of one session: what is played, whatever happens to the quiz afterwards.

Freezing also fixes how each `order` question is shuffled, so that every node and every restart shows the same items in
the same places, and nobody who knows a session's id can work the order out.
"""

from __future__ import annotations

from functools import cached_property
from random import Random
from typing import Final

from msgspec import Struct

from quiz.domain.ids import Millis
from quiz.domain.messages import QuestionView
from quiz.domain.quiz import ChoiceQuestion, OrderQuestion, PollQuestion, Question, Quiz

_TOO_FEW_TO_INSIST: Final = 3
"""With fewer items than this, never showing the right order would itself tell it."""


class Script(Struct, frozen=True, dict=True):
    """A quiz and, by question number, the order its items are shown in.

    `orders[n][i]` is the index in the document of the i-th item shown for question number n.
    """

    quiz: Quiz
    orders: dict[int, tuple[int, ...]]

    @cached_property
    def _places(self) -> tuple[tuple[str, Question], ...]:
        return tuple((round_.title, question) for round_ in self.quiz.rounds for question in round_.questions)

    @property
    def length(self) -> int:
        """The number of questions."""
        return len(self._places)

    def question(self, number: int) -> Question:
        """Question `number`, counted from 1."""
        return self._places[number - 1][1]

    def shown(self, number: int) -> tuple[int, ...] | None:
        """The shown order of an `order` question's items, None for the other types."""
        return self.orders.get(number)

    def view(self, number: int, opens_at: Millis, closes_at: Millis | None) -> QuestionView:
        """The question as players see it: without anything that tells the answer."""
        round_title, question = self._places[number - 1]
        choices = items = None
        if isinstance(question, ChoiceQuestion | PollQuestion):
            choices = [choice.text for choice in question.choices]
        elif isinstance(question, OrderQuestion):
            items = [question.items[index] for index in self.orders[number]]
        return QuestionView(
            number=number,
            of=self.length,
            round=round_title,
            type=question.kind,
            text=question.text,
            points=question.points,
            time_limit=question.time_limit,
            opens_at=opens_at,
            closes_at=closes_at,
            multiple=isinstance(question, ChoiceQuestion) and question.multiple,
            choices=choices,
            items=items,
            image=question.image,
        )


def freeze(quiz: Quiz, random: Random) -> Script:
    """Fix a quiz for one session; `random` decides the shuffles and must not be guessable by players."""
    orders = {
        number: _shuffle(len(question.items), random)
        for number, question in enumerate(quiz.questions, start=1)
        if isinstance(question, OrderQuestion)
    }
    return Script(quiz, orders)


def _shuffle(size: int, random: Random) -> tuple[int, ...]:
    """Any order; from three items on any but the right one, which would be a gift to those who touch nothing."""
    right = list(range(size))
    shown = right.copy()
    while True:
        random.shuffle(shown)
        if shown != right or size < _TOO_FEW_TO_INSIST:
            return tuple(shown)
