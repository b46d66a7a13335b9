"""One row of a quiz in CSV as a question."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from quiz.domain.quiz import (
    POINTS_DEFAULT,
    ChoiceQuestion,
    NumericQuestion,
    OrderQuestion,
    PollQuestion,
    TextQuestion,
)
from quiz.formats import csv_columns as column
from quiz.formats.choice_cells import choices, right_numbers, seconds
from quiz.formats.csv_columns import Columns
from quiz.formats.decoding import damage
from quiz.formats.entries import Refused
from quiz.formats.formula_guard import unguard
from quiz.formats.number_text import read_number

_YES_NO: Final = {"yes": True, "true": True, "no": False, "false": False}


class Cells:
    """The cells of one row by the names of their columns; a column that is not there is empty."""

    def __init__(self, columns: Columns, cells: tuple[str, ...]) -> None:
        self._columns = columns
        self._cells = cells

    def check(self) -> None:
        """Refuse a row with more filled cells than columns, or with damaged text."""
        if any(cell.strip() for cell in self._cells[self._columns.width :]):
            raise Refused("There are more cells than columns; put text that holds a comma in quotation marks.")
        if found := next(filter(None, map(damage, self._cells)), None):
            raise Refused(f"The row {found}.")

    def __getitem__(self, name: str) -> str:
        return self._at(self._columns.named.get(name, len(self._cells)))

    @property
    def answers(self) -> dict[int, str]:
        """The filled answer cells by their number, lowest first."""
        every = {number: self._at(index) for number, index in sorted(self._columns.answers.items())}
        return {number: text for number, text in every.items() if text}

    def is_blank(self) -> bool:
        return not any((self[column.QUESTION], self[column.CORRECT], self[column.TYPE], *self.answers.values()))

    def _at(self, index: int) -> str:
        text = self._cells[index] if index < len(self._cells) else ""
        return unguard(text) if text.strip() else ""


def read_row(cells: Cells) -> dict[str, object]:
    """The question in a row, shaped like one of the quiz document.

    Raises:
        Refused: the row cannot be used.
    """
    cells.check()
    kind = cells[column.TYPE].strip().casefold() or ChoiceQuestion.kind
    if kind not in _READERS:
        raise Refused(f'"{kind[:40]}" is not a type of question; the types are {", ".join(_READERS)}.')
    for name, owner in _OWN.items():
        if cells[name] and kind != owner:
            raise Refused(f'The column "{name}" is for questions of type {owner}; this one is of type {kind}.')
    question: dict[str, object] = {"type": kind, "text": cells[column.QUESTION], **_READERS[kind](cells)}
    question["time_limit"] = _time_limit(cells[column.TIME_LIMIT])
    points = cells[column.POINTS]
    question["points"] = read_number(points, "The points") if points else POINTS_DEFAULT
    for name in (column.EXPLANATION, column.IMAGE):
        if text := cells[name]:
            question[name] = text
    return question


def _read_choice(cells: Cells) -> dict[str, object]:
    right = right_numbers(cells[column.CORRECT])
    said = cells[column.MULTIPLE].strip().casefold()
    if said not in {"", *_YES_NO}:
        raise Refused(f'The column "{column.MULTIPLE}" should say yes or no.')
    return {"choices": choices(cells.answers, right), "multiple": _YES_NO.get(said, len(right) > 1)}


def _read_numeric(cells: Cells) -> dict[str, object]:
    answers, tolerance = cells.answers, cells[column.TOLERANCE]
    if answers.keys() != {1}:
        raise Refused("A numeric question has its number in the column answer 1, and no other answers.")
    return {
        "answer": read_number(answers[1], "The answer"),
        "tolerance": read_number(tolerance, "The tolerance") if tolerance else 0,
    }


def _read_text(cells: Cells) -> dict[str, object]:
    return {"accepted": list(cells.answers.values())}


def _read_order(cells: Cells) -> dict[str, object]:
    return {"items": list(cells.answers.values())}


def _read_poll(cells: Cells) -> dict[str, object]:
    return {"choices": [{"text": text} for text in cells.answers.values()]}


_READERS: Final[Mapping[str, Callable[[Cells], dict[str, object]]]] = {
    ChoiceQuestion.kind: _read_choice,
    NumericQuestion.kind: _read_numeric,
    TextQuestion.kind: _read_text,
    OrderQuestion.kind: _read_order,
    PollQuestion.kind: _read_poll,
}
_OWN: Final = {
    column.CORRECT: ChoiceQuestion.kind,
    column.MULTIPLE: ChoiceQuestion.kind,
    column.TOLERANCE: NumericQuestion.kind,
}
"""Columns that only one type of question has. A cell filled in vain would be an answer lost."""


def _time_limit(text: str) -> int | None:
    return None if text.strip().casefold() == column.UNTIMED else seconds(text)
