"""Workbooks to test with, as Kahoot's template lays them out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import cast

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

HEADER = (
    None,
    "Question - up to so many characters",
    "Answer 1 - up to so many",
    "Answer 2 - up to so many",
    "Answer 3 - up to so many",
    "Answer 4 - up to so many",
    "Time limit (sec) – one of these",
    "Correct answer(s) - at least one",
)
ADVICE = ((None, "A quiz of our own"), (), (None, "Correct answers go into the last column."), ())
FIRST_ROW = len(ADVICE) + 2
"""The row of the first question."""


def kahoot(*rows: Sequence[object], touch: Callable[[Worksheet], None] | None = None) -> bytes:
    """A workbook with these rows below advice and header, without the counting column; `touch` may change the sheet."""
    book = Workbook()
    sheet = cast(Worksheet, book.active)
    for row in (*ADVICE, HEADER, *((number, *row) for number, row in enumerate(rows, start=1))):
        sheet.append(list(row))
    if touch:
        touch(sheet)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def repacked(workbook: bytes, change: Callable[[str, bytes], bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same workbook with every part changed by `change(name, content)`."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as before, zipfile.ZipFile(target, "w", method) as after:
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return target.getvalue()
