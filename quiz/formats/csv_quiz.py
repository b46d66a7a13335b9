"""Quizzes as CSV, in and out. The layout is described in `csv_columns`.

Comma, semicolon or tab part the cells, whichever makes the header row readable; a first line "sep=;" is understood.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

from quiz.formats.csv_columns import LANGUAGE, QUIZ, ROUND, Columns, find_columns
from quiz.formats.csv_export import write
from quiz.formats.csv_question import Cells, read_row
from quiz.formats.csv_records import Record, records
from quiz.formats.decoding import damage, read_lines
from quiz.formats.entries import ENTRIES_MAX, Entry, NotThisFormat, Parsed, QuizFormat, Refused, RoundPlace, Skipped

_DELIMITERS: Final = (",", ";", "\t")
_HEADER_WITHIN: Final = 50
"""The header row is one of the first so many records: templates put advice above it."""
_HEAD_BYTES: Final = 4096


def parse(data: bytes) -> Parsed:
    """Take a CSV file apart.

    Raises:
        NotThisFormat: no header row names the columns, or one names a column twice, or the file is not text.
    """
    lines = list(read_lines(data))
    delimiters: tuple[str, ...] = _DELIMITERS
    if lines and (stated := lines[0][1].strip().casefold()).startswith("sep="):
        delimiters = tuple(mark for mark in _DELIMITERS if stated[4:].strip('"') in {mark, ""}) or _DELIMITERS
        lines = lines[1:]
    for delimiter in delimiters:
        rows = records(lines, delimiter)
        if found := _header(rows):
            header, columns = found
            if columns.twice:
                raise NotThisFormat(f'The header names the column "{columns.twice[0]}" twice.')
            return _parsed(columns, header, rows)
    raise NotThisFormat(
        'This is not a quiz in CSV: no row names the columns "question", "answer 1" and "correct" or "type".'
    )


def recognise(data: bytes) -> bool:
    """Whether the beginning has a header row."""
    try:
        lines = list(read_lines(data[:_HEAD_BYTES]))
    except NotThisFormat:
        return False
    return any(_header(records(lines, delimiter)) for delimiter in _DELIMITERS)


def _header(rows: Iterator[Record]) -> tuple[int, Columns] | None:
    """Go forward to just behind the header row; its line and columns, None when there is none."""
    for line, cells in islice(rows, _HEADER_WITHIN):
        if cells and (columns := find_columns(cells)):
            return line, columns
    return None


def _parsed(columns: Columns, header: int, rows: Iterable[Record]) -> Parsed:
    entries: list[Entry | Skipped] = [
        Skipped(header, f'The column "{name}" is not known; it is left out.') for name in columns.unknown
    ]
    about: dict[str, str] = {}
    place = RoundPlace(0, None)
    for line, row in islice(rows, ENTRIES_MAX + 1):
        if row is None:
            entries.append(Skipped(line, "The quotation marks of the row do not add up."))
            continue
        cells = Cells(columns, row)
        for name in (QUIZ, LANGUAGE):
            if (text := cells[name]) and not damage(text):
                about.setdefault(name, text)
        if (title := cells[ROUND]) and not damage(title):
            place = RoundPlace(0, title)
        try:
            if not cells.is_blank():
                entries.append(Entry(line, read_row(cells), place))
        except Refused as refused:
            entries.append(Skipped(line, str(refused)))
    return Parsed(entries, about.get(QUIZ), about.get(LANGUAGE))


FORMAT: Final = QuizFormat("csv", (".csv", ".tsv"), recognise, parse, write, drops_repeats=False)
