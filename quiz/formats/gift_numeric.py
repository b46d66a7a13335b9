"""Numeric questions of GIFT: `{#3}`, `{#3:2}` for 3 give or take 2, `{#1..5}` for anything from 1 to 5."""

from __future__ import annotations

import math
from decimal import Decimal

from quiz.formats.entries import Refused
from quiz.formats.gift_answers import Answer, read_answers, whole
from quiz.formats.number_text import read_number


def read_numeric(inside: str) -> list[Answer]:
    """The answers behind the `#` that marks a numeric question; a single one may do without its `=`."""
    answers = read_answers(inside if inside.lstrip()[:1] in {"=", "~"} else f"={inside}")
    return [answer for answer in answers if answer.mark == "=" or answer.source]


def numeric_question(answers: list[Answer]) -> dict[str, object]:
    """A `numeric` question.

    Raises:
        Refused: there is not one right number, or it is not written as one.
    """
    right = whole(answers)
    if len(right) != 1 or right[0].mark != "=":
        raise Refused("A numeric question needs one right number or range.")
    source = right[0].source
    low, dots, high = source.partition("..")
    if dots:
        return {"type": "numeric", **_range(low, high)}
    number, colon, tolerance = source.partition(":")
    return {
        "type": "numeric",
        "answer": read_number(number, "The answer"),
        "tolerance": read_number(tolerance, "The tolerance") if colon else 0,
    }


def _range(low_text: str, high_text: str) -> dict[str, object]:
    """Middle and tolerance, such that both ends still count as right."""
    # In decimal, as answers are graded: 0.1 to 0.3 has no exact middle in binary.
    low = Decimal(str(read_number(low_text, "The lowest answer")))
    high = Decimal(str(read_number(high_text, "The highest answer")))
    if low > high:
        raise Refused(f"The range ends before it begins: {low_text.strip()} to {high_text.strip()}.")
    answer = _plain((low + high) / 2)
    middle = Decimal(str(answer))
    reach = max(high - middle, middle - low)
    tolerance = _plain(reach)
    if Decimal(str(tolerance)) < reach:
        tolerance = math.nextafter(tolerance, math.inf)
    return {"answer": answer, "tolerance": tolerance}


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)
