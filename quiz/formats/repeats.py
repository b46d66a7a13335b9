"""Questions that a file holds more than once."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from quiz.domain.quiz import ChoiceQuestion, NumericQuestion, OrderQuestion, PollQuestion, Question, TextQuestion
from quiz.formats.entries import RoundPlace
from quiz.formats.report import Report


class Taken(Struct, frozen=True):
    """A question that passed, where it stood and which round it goes to."""

    line: int
    question: Question
    round: RoundPlace


def without_repeats(taken: list[Taken], report: Report) -> list[Taken]:
    """Keep the first of questions that say the same, and none of those that contradict each other.

    Two questions with the same words and other right answers cannot both be right, and nobody here knows which is.
    """
    first: dict[object, Taken] = {}
    disputed: dict[object, int] = {}
    for item in taken:
        asked = _asked(item.question)
        earlier = first.setdefault(asked, item)
        if earlier is item:
            continue
        if _right(earlier.question) == _right(item.question):
            report.skip(item.line, f"The same question stands in line {earlier.line}.")
        else:
            disputed.setdefault(asked, item.line)
            report.skip(item.line, _disputed_by(earlier.line))
    for asked, other in disputed.items():
        report.skip(first.pop(asked).line, _disputed_by(other))
    return list(first.values())


def _disputed_by(line: int) -> str:
    return f"Line {line} asks the same with another answer; one of the two must be wrong."


def _asked(question: Question) -> object:
    """What a player sees, in whatever order the choices stand."""
    return question.kind, question.image, _fold(question.text), frozenset(_shown(question))


def _shown(question: Question) -> Iterator[str]:
    match question:
        case ChoiceQuestion() | PollQuestion():
            yield from (_fold(choice.text) for choice in question.choices)
        case OrderQuestion():
            yield from map(_fold, question.items)
        case NumericQuestion() | TextQuestion():
            pass


def _right(question: Question) -> object:
    match question:
        case ChoiceQuestion():
            return frozenset(_fold(choice.text) for choice in question.choices if choice.correct)
        case TextQuestion():
            return frozenset(map(_fold, question.accepted))
        case OrderQuestion():
            return tuple(map(_fold, question.items))
        case NumericQuestion():
            return question.answer, question.tolerance
        case PollQuestion():
            return None


def _fold(text: str) -> str:
    return " ".join(text.split())
