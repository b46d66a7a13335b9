"""The text that a person sees in a cell of a spreadsheet."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from openpyxl.cell.cell import ERROR_CODES
from openpyxl.utils.escape import unescape

from quiz.domain.quiz import NUMBER_MAX
from quiz.formats.entries import Refused

_PERCENT: Final = re.compile(r"0(?:\.(0{1,10}))?%")
_FIXED: Final = re.compile(r"(#,##)?0(?:\.(0{1,10}))?(?:_\)|_-)?")
_GENERAL_DIGITS: Final = 15


def cell_text(value: object, number_format: str | None, where: str) -> str:
    """The cell as it is shown, without spaces around it; empty for an empty cell.

    A cell that holds 0.25 may show 25 % or a date. Whoever wrote the quiz meant what the cell shows, so formats that
    are not understood are refused.

    Args:
        value: what openpyxl read.
        number_format: the cell's format code.
        where: how to call the cell, e.g. "Answer 2".

    Raises:
        Refused: what the cell shows is not known.
    """
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case str() if value.strip() in ERROR_CODES:
            raise Refused(f"{where} shows an error of the spreadsheet ({value.strip()}).")
        case str():
            return unescape(value).replace("\r\n", "\n").replace("\r", "\n").strip()
        case int() | float():
            return _number_text(value, number_format or "General", where)
        case _:
            raise Refused(f"{where} is a date or time; format the cell as text and type it again.")


def _number_text(value: float, number_format: str, where: str) -> str:
    if not abs(value) <= NUMBER_MAX:
        raise Refused(f"{where} is a number too large to be shown in full.")
    if number_format in {"General", "@"}:
        return f"{value:.{_GENERAL_DIGITS}g}"
    if percent := _PERCENT.fullmatch(number_format):
        return f"{_rounded(Decimal(str(value)) * 100, percent[1])}%"
    if fixed := _FIXED.fullmatch(number_format):
        return f"{_rounded(Decimal(str(value)), fixed[2]):{',' if fixed[1] else ''}f}"
    raise Refused(f"{where} is a number in a format of its own; format the cell as text and type what it should show.")


def _rounded(value: Decimal, places: str | None) -> Decimal:
    """Rounded as spreadsheets do: halves go away from zero."""
    return value.quantize(Decimal(1).scaleb(-len(places or "")), ROUND_HALF_UP)
