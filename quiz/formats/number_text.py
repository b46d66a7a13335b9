"""Numbers as people write them in files."""

from __future__ import annotations

import re
from typing import Final

from quiz.domain.quiz import NUMBER_MAX
from quiz.formats.entries import Refused

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA: Final = re.compile(r"[+-]?[0-9]+,[0-9]+")
_WHOLE: Final = re.compile(r"[+-]?[0-9]+")
_LENGTH_MAX: Final = 40


def read_number(text: str, where: str) -> int | float:
    """The number in `text`, an int where it is written as one.

    A comma is taken for a decimal comma unless three digits follow it: "1,500" may be one and a half or 1500.

    Args:
        where: how to call it in a refusal, e.g. "The tolerance".

    Raises:
        Refused: it is no number, one too large, or one that can be read in two ways.
    """
    plain = text.strip().replace("\N{MINUS SIGN}", "-")
    if _DECIMAL_COMMA.fullmatch(plain):
        if len(plain.rpartition(",")[2]) == 3:
            raise Refused(f'{where} "{plain[:_LENGTH_MAX]}" can be read in two ways; write it without the comma.')
        plain = plain.replace(",", ".")
    if len(plain) > _LENGTH_MAX or not _NUMBER.fullmatch(plain):
        raise Refused(f'{where} "{plain[:_LENGTH_MAX]}" is not a number.' if plain else f"{where} is empty.")
    number = int(plain) if _WHOLE.fullmatch(plain) else float(plain)
    if abs(number) > NUMBER_MAX:
        raise Refused(f"{where} {plain} is too large.")
    return number
