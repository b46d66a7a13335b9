"""Records of a CSV file with the line each begins in. A broken record costs itself, not what follows it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Final

RECORD_MAX: Final = 100_000
"""Most characters of one record. A quotation mark that is never closed would swallow the rest of the file."""


Record = tuple[int, tuple[str, ...] | None]
"""The line a record begins in and its cells: None where the quotation marks do not add up."""


def records(lines: list[tuple[int, str]], delimiter: str) -> Iterator[Record]:
    """Cut numbered lines into records, joining those that a quoted cell spans. Blank lines are no records.

    Where joined lines make no record, only the first of them is given up.
    """
    index = 0
    while index < len(lines):
        number, text = lines[index]
        end = _end(lines, index)
        cells = end and _cells("\n".join(text for _, text in lines[index:end]), delimiter)
        if text.strip():
            yield number, cells or None
        index = end if end and cells else index + 1


def _end(lines: list[tuple[int, str]], start: int) -> int | None:
    """Behind the last line of the record: quotation marks come in pairs, also those inside a quoted cell."""
    quotes = length = 0
    for index in range(start, len(lines)):
        text = lines[index][1]
        quotes += text.count('"')
        length += len(text)
        if length > RECORD_MAX:
            return None
        if quotes % 2 == 0:
            return index + 1
    return None


def _cells(text: str, delimiter: str) -> tuple[str, ...] | None:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return tuple(rows[0]) if len(rows) == 1 else None
