"""Kahoot's spreadsheet template.

Below some lines of advice a header row names the columns: Question, Answer 1 to Answer 4, Time limit (sec) and Correct
answer(s), with more words behind each name. Every row below it is a question; the column before them only counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from quiz.formats.cell_text import cell_text
from quiz.formats.choice_cells import choices, right_numbers, seconds
from quiz.formats.decoding import damage
from quiz.formats.entries import Entry, NotThisFormat, Parsed, QuizFormat, Refused, Skipped
from quiz.formats.workbook import ROWS_MAX, Row, read_sheets

_HEADER_WITHIN: Final = 50
"""The header row is one of the first so many."""

_ANSWER: Final = re.compile(r"answer\s*(\d)(?!\d)")


class _Columns(Struct, frozen=True):
    """Which column, counted from 0, holds what; `answers` by their number."""

    question: int
    answers: dict[int, int]
    right: int
    time_limit: int | None


def parse(data: bytes) -> Parsed:
    """Take a workbook made from the template apart.

    Raises:
        NotThisFormat: not a workbook that can be read, or none of its sheets has the template's header row.
    """
    for rows in read_sheets(data):
        for index, row in enumerate(rows):
            if row.number > _HEADER_WITHIN:
                break
            if columns := _columns(row):
                return Parsed(_entries(columns, rows[index + 1 :]))
    raise NotThisFormat(
        "This is not Kahoot's template: no row names the columns Question, Answer 1, Answer 2 and Correct answer(s)."
    )


def recognise(data: bytes) -> bool:
    """Whether it is a zip archive with a workbook's parts."""
    return data.startswith(b"PK") and b"[Content_Types].xml" in data


def _columns(row: Row) -> _Columns | None:
    """The columns if this is the header row."""
    question = right = time_limit = None
    answers: dict[int, int] = {}
    for index, cell in enumerate(row.cells):
        name = " ".join(cell.value.split()).casefold() if isinstance(cell.value, str) else ""
        if number := _ANSWER.match(name):
            answers.setdefault(int(number[1]), index)
        elif name.startswith("question") and question is None:
            question = index
        elif name.startswith("correct") and right is None:
            right = index
        elif name.startswith("time") and time_limit is None:
            time_limit = index
    if question is None or right is None or not {1, 2} <= answers.keys():
        return None
    return _Columns(question, answers, right, time_limit)


def _entries(columns: _Columns, rows: Iterable[Row]) -> Iterator[Entry | Skipped]:
    used = (columns.question, columns.right, *columns.answers.values())
    for row in rows:
        if all(_is_blank(row.cells[column].value) for column in used):
            continue
        if row.number > ROWS_MAX:
            yield Skipped(row.number, f"Rows after row {ROWS_MAX} are not read.")
            return
        try:
            yield Entry(row.number, _read(columns, row))
        except Refused as refused:
            yield Skipped(row.number, str(refused))


def _read(columns: _Columns, row: Row) -> dict[str, object]:
    """The question in a row.

    Raises:
        Refused: the row cannot be used.
    """
    question = _text(row, columns.question, "The question")
    if not question:
        raise Refused("The question is empty.")
    answers = {number: _text(row, column, f"Answer {number}") for number, column in columns.answers.items()}
    right = right_numbers(_text(row, columns.right, "The correct answer"))
    limit = "" if columns.time_limit is None else _text(row, columns.time_limit, "The time limit")
    return {
        "type": "choice",
        "text": question,
        "choices": choices(answers, right),
        "multiple": len(right) > 1,
        "time_limit": seconds(limit),
    }


def _is_blank(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _text(row: Row, column: int, where: str) -> str:
    cell = row.cells[column]
    text = cell_text(cell.value, cell.number_format, where)
    if found := damage(text):
        raise Refused(f"{where} {found}.")
    return text


FORMAT: Final = QuizFormat("kahoot_xlsx", (".xlsx",), recognise, parse)
