"""A choice question from a row of a spreadsheet: its answers, the numbers of the right ones, the time limit."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from quiz.domain.quiz import TIME_LIMIT_DEFAULT
from quiz.formats.entries import Refused

_NUMBERS: Final = re.compile(r"\d{1,2}(?:[\s,;/+&]+\d{1,2})*[\s,;]*")
_SECONDS: Final = re.compile(r"(\d{1,6})(?:\.0*)?\s*(?:s|sec|secs|second|seconds)?\.?", re.IGNORECASE)


def right_numbers(text: str) -> tuple[int, ...]:
    """The answer numbers in a cell like "1,3".

    Raises:
        Refused: the cell holds something else, or nothing.
    """
    if not text.strip():
        raise Refused("No correct answer is given.")
    plain = re.sub(r"\.0+$", "", text.strip())
    if not _NUMBERS.fullmatch(plain):
        raise Refused(f'"{text[:40]}" does not say which answers are correct; write their numbers, such as 2 or 1,3.')
    numbers = tuple(int(number) for number in re.findall(r"\d+", plain))
    if len(set(numbers)) < len(numbers):
        raise Refused("The same number stands twice among the correct answers.")
    return numbers


def choices(answers: Mapping[int, str], right: Sequence[int]) -> list[dict[str, object]]:
    """Choices for the quiz document. `answers` by the number of their column: empty ones between others do not count.

    Raises:
        Refused: a right answer's cell is empty or does not exist.
    """
    filled = {number: text for number, text in answers.items() if text.strip()}
    for number in right:
        if number not in filled:
            raise Refused(f"Answer {number} is given as correct, but is empty.")
    return [{"text": text, "correct": number in right} for number, text in sorted(filled.items())]


def seconds(text: str) -> int:
    """The time limit in a cell like "20" or "20 sec"; the default for an empty one.

    Raises:
        Refused: the cell holds something else.
    """
    if not text.strip():
        return TIME_LIMIT_DEFAULT
    if not (found := _SECONDS.fullmatch(text.strip())):
        raise Refused(f'"{text[:40]}" is not a time limit; write whole seconds, such as 20.')
    return int(found[1])
