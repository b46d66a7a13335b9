"""From what a client sent to an answer that fits its question, or to a problem worded for the player."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from quiz.domain.messages import Answer
from quiz.domain.quiz import (
    NUMBER_MAX,
    TEXT_MAX,
    ChoiceQuestion,
    NumericQuestion,
    OrderQuestion,
    PollQuestion,
    Question,
    TextQuestion,
)


class AnswerProblem(Struct, frozen=True):
    """Why an answer does not fit its question."""

    message: str


_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]|[\ud800-\udfff]")
"""What cannot be shown or stored. Tabs and line ends may stand inside a text."""


def read_answer(question: Question, raw: object) -> Answer | AnswerProblem:
    """Check decoded JSON against the question and bring it into the one form that is stored.

    Picked choices come back sorted, a text without white space around it, everything else as it was sent.
    """
    match question:
        case ChoiceQuestion(multiple=True):
            return _read_picks(raw, len(question.choices))
        case ChoiceQuestion() | PollQuestion():
            return _read_pick(raw, len(question.choices))
        case NumericQuestion():
            return _read_number(raw)
        case TextQuestion():
            return _read_text(raw)
        case OrderQuestion():
            return _read_order(raw, len(question.items))


def _read_pick(raw: object, choices: int) -> Answer | AnswerProblem:
    if isinstance(raw, list) and len(raw) == 1 and _is_index(raw[0], choices):
        return raw
    return AnswerProblem("Pick exactly one of the choices.")


def _read_picks(raw: object, choices: int) -> Answer | AnswerProblem:
    picks = _read_indexes(raw, choices)
    return sorted(picks) if picks else AnswerProblem("Pick one or more of the choices, each of them once.")


def _read_order(raw: object, items: int) -> Answer | AnswerProblem:
    places = _read_indexes(raw, items)
    if places is None or len(places) != items:
        return AnswerProblem("Put all items in order, each of them once.")
    return places


def _read_indexes(raw: object, end: int) -> list[int] | None:
    """Read distinct indexes below `end`; None when it is anything else."""
    if not isinstance(raw, list) or len(raw) > end:
        return None
    indexes = [index for index in raw if _is_index(index, end)]
    return indexes if len(indexes) == len(raw) and len(set(indexes)) == len(raw) else None


def _is_index(raw: object, end: int) -> bool:
    """Whether it is an index below `end`; JSON's true and false are no numbers."""
    return type(raw) is int and 0 <= raw < end


def _read_number(raw: object) -> Answer | AnswerProblem:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return AnswerProblem("The answer to this question is a number.")
    # Written so that it holds for neither nan nor an integer too large for a double.
    if not abs(raw) <= NUMBER_MAX:
        return AnswerProblem(f"The answer to this question is a number up to {NUMBER_MAX:,.0f}.")
    return raw


def _read_text(raw: object) -> Answer | AnswerProblem:
    if not isinstance(raw, str):
        return AnswerProblem("The answer to this question is a text.")
    text = raw.strip()
    if not text:
        return AnswerProblem("The answer is empty.")
    if len(text) > TEXT_MAX:
        return AnswerProblem(f"The answer is too long: at most {TEXT_MAX} characters fit.")
    if _CONTROL.search(text):
        return AnswerProblem("The answer has characters that cannot be shown.")
    return text
