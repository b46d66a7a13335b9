"""The columns of a quiz as CSV.

One row is one question. A header row names the columns, in any order and in any case; only `question`, `answer 1` and
one of `type` and `correct` must be there.

| column | holds |
|---|---|
| round | title of the round; empty: the round of the row above |
| type | choice, numeric, text, order or poll; empty: choice |
| question | the text |
| answer 1, answer 2, … | choice and poll: the choices; text: every accepted answer; order: the items in right order; |
| | numeric: the number, in `answer 1` |
| correct | choice: numbers of the right answers, "2" or "1,3" |
| multiple | choice: yes or no; empty: yes when several answers are correct |
| tolerance | numeric: how far off is still right; empty: 0 |
| time limit | seconds, or none for an untimed question; empty: 20 |
| points | empty: 1000 |
| explanation, image | shown with the answer; an https address; either may be empty |
| quiz, language | title and language tag of the quiz, in whichever row |
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

ROUND: Final = "round"
TYPE: Final = "type"
QUESTION: Final = "question"
CORRECT: Final = "correct"
MULTIPLE: Final = "multiple"
TOLERANCE: Final = "tolerance"
TIME_LIMIT: Final = "time limit"
POINTS: Final = "points"
EXPLANATION: Final = "explanation"
IMAGE: Final = "image"
QUIZ: Final = "quiz"
LANGUAGE: Final = "language"

BEFORE_ANSWERS: Final = (ROUND, TYPE, QUESTION)
AFTER_ANSWERS: Final = (CORRECT, MULTIPLE, TOLERANCE, TIME_LIMIT, POINTS, EXPLANATION, IMAGE, QUIZ, LANGUAGE)

UNTIMED: Final = "none"
"""What stands for the time limit of an untimed question."""

_ALSO: Final[Mapping[str, str]] = {
    "text": QUESTION,
    "correct answer": CORRECT,
    "correct answers": CORRECT,
    "time": TIME_LIMIT,
}
_ANSWER: Final = re.compile(r"(?:answer|choice|option) ?([1-9][0-9]?)")
_REMARK: Final = re.compile(r"\(.*|\s[-\N{EN DASH}]\s.*")
"""What templates add behind a name: "Time limit (sec)", "Question - max 120 characters"."""


class Columns(Struct, frozen=True):
    """Where what stands, counted from 0: `named` by the names above, `answers` by their number."""

    named: dict[str, int]
    answers: dict[int, int]
    unknown: tuple[str, ...]
    twice: tuple[str, ...]
    width: int


def find_columns(cells: Sequence[str]) -> Columns | None:
    """The columns if `cells` are a header row, else None."""
    named: dict[str, int] = {}
    answers: dict[int, int] = {}
    unknown, twice = [], []
    for index, cell in enumerate(cells):
        name = " ".join(_REMARK.sub("", cell.replace("_", " ")).split()).casefold()
        name = _ALSO.get(name, name)
        if number := _ANSWER.fullmatch(name):
            fresh = answers.setdefault(int(number[1]), index) == index
        elif name in BEFORE_ANSWERS + AFTER_ANSWERS:
            fresh = named.setdefault(name, index) == index
        else:
            fresh = True
            if name:
                unknown.append(cell.strip())
        if not fresh:
            twice.append(name)
    if QUESTION not in named or 1 not in answers or not named.keys() & {TYPE, CORRECT}:
        return None
    return Columns(named, answers, tuple(unknown), tuple(twice), len(cells))
