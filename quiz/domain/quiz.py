"""The quiz document: what a quiz master writes, stores, imports and exports.

The structs give the shape only. A document from outside goes through `validation.read_quiz`, which also holds the
rules that a shape cannot express and words what is wrong for a person.
"""

from __future__ import annotations

from typing import ClassVar, Final, Literal

from msgspec import Struct

QuestionType = Literal["choice", "numeric", "text", "order", "poll"]

TEXT_MAX: Final = 500
"""Longest text of a question, a choice or an item, in characters."""
TITLE_MAX: Final = 200
EXPLANATION_MAX: Final = 1000
CHOICES_MIN: Final = 2
CHOICES_MAX: Final = 8
ACCEPTED_MAX: Final = 50
ROUNDS_MAX: Final = 100
QUESTIONS_MAX: Final = 5000
"""Most questions in one quiz, over all its rounds."""
POINTS_DEFAULT: Final = 1000
POINTS_MAX: Final = 2000
TIME_LIMIT_DEFAULT: Final = 20
TIME_LIMIT_MIN: Final = 5
TIME_LIMIT_MAX: Final = 300
NUMBER_MAX: Final = 1e15
"""Largest magnitude of a numeric answer: below 2**53, so a double holds every integer up to it."""


class Choice(Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of a `choice` question."""

    text: str
    correct: bool = False


class PollChoice(Struct, frozen=True, forbid_unknown_fields=True):
    """One choice of a poll: nothing is right or wrong about it."""

    text: str


class QuestionBase(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What all questions have. `time_limit` is in seconds, None for an untimed question."""

    kind: ClassVar[QuestionType]

    text: str
    time_limit: int | None = TIME_LIMIT_DEFAULT
    points: int = POINTS_DEFAULT
    explanation: str | None = None
    image: str | None = None


class ChoiceQuestion(QuestionBase, frozen=True, tag_field="type", tag="choice"):
    """Pick the right choice; with `multiple` all right ones, for credit in proportion."""

    kind = "choice"

    choices: tuple[Choice, ...]
    multiple: bool = False


class NumericQuestion(QuestionBase, frozen=True, tag_field="type", tag="numeric"):
    """Give a number; right within `tolerance` on either side, bounds included."""

    kind = "numeric"

    answer: int | float
    tolerance: int | float = 0


class TextQuestion(QuestionBase, frozen=True, tag_field="type", tag="text"):
    """Type a word or two; right when it folds to the same as one of `accepted`."""

    kind = "text"

    accepted: tuple[str, ...]


class OrderQuestion(QuestionBase, frozen=True, tag_field="type", tag="order"):
    """Put the items in order. `items` stand in the right order here and are shuffled for players."""

    kind = "order"

    items: tuple[str, ...]


class PollQuestion(QuestionBase, frozen=True, tag_field="type", tag="poll"):
    """Ask for an opinion: counted, never scored."""

    kind = "poll"

    choices: tuple[PollChoice, ...]


Question = ChoiceQuestion | NumericQuestion | TextQuestion | OrderQuestion | PollQuestion


class Round(Struct, frozen=True, forbid_unknown_fields=True):
    """Questions that belong together."""

    title: str
    questions: tuple[Question, ...]


class Quiz(Struct, frozen=True, forbid_unknown_fields=True):
    """A whole quiz. `language` is a BCP 47 tag."""

    title: str
    rounds: tuple[Round, ...]
    language: str = "en"

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions in the order of play; question number n is `questions[n - 1]`."""
        return tuple(question for round_ in self.rounds for question in round_.questions)
