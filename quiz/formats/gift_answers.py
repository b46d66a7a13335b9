"""The answers of a GIFT question, what stands between its braces."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from quiz.formats.entries import Refused
from quiz.formats.gift_text import shown

_MARK: Final = re.compile(r"[=~]")
_WEIGHT: Final = re.compile(r"\s*%([-+]?[0-9]{1,3}(?:\.[0-9]{1,10})?)%")
_FULL: Final = 100.0


class Answer(Struct, frozen=True):
    """One answer. `weight` is the share of the points it earns, in percent; `source` still has its stand-ins."""

    mark: str
    weight: float
    source: str
    feedback: str


def read_answers(inside: str) -> list[Answer]:
    """Cut at each `=` and `~`.

    Raises:
        Refused: text stands before the first mark, or marks may belong to the text of an answer.
    """
    marks = [found.start() for found in _MARK.finditer(inside)]
    if not marks or inside[: marks[0]].strip():
        raise Refused("What stands between { and } should be answers that begin with = or ~.")
    # Compact files put no space before a mark, others do. Where a question does both, or where nothing but = tells
    # answers apart, somebody may have forgotten to escape: "=E=mc2".
    spaced = {not inside[start - 1].strip() for start in marks[1:]}
    if len(spaced) > 1 or (False in spaced and "~" not in inside):
        raise Refused("A = or ~ stands inside an answer; write \\= or \\~ for it.")
    return [_read(inside[start:end]) for start, end in zip(marks, [*marks[1:], len(inside)], strict=True)]


def _read(source: str) -> Answer:
    mark, rest = source[0], source[1:]
    weight = _FULL if mark == "=" else 0.0
    if found := _WEIGHT.match(rest):
        weight, rest = float(found[1]), rest[found.end() :]
    text, _, feedback = rest.partition("#")
    return Answer(mark, weight, text.strip(), feedback.strip())


def choice_question(answers: list[Answer], format_: str) -> dict[str, object]:
    """A `choice` question from answers of which some are wrong.

    Raises:
        Refused: the weights mean another way of scoring than ours.
    """
    right = [answer for answer in answers if answer.weight > 0]
    if not right:
        raise Refused("No answer is marked as right.")
    multiple = len(right) > 1
    if multiple and any(answer.mark == "=" for answer in right):
        raise Refused("Several answers earn points and one is marked with =; give each right one its share, like %50%.")
    total = sum(answer.weight for answer in right)
    even = max(answer.weight for answer in right) - min(answer.weight for answer in right) < 0.01
    if not even or not 99 <= total <= 101:
        raise Refused("The shares of the right answers are not even, or do not add up to 100 %.")
    return {
        "type": "choice",
        "choices": [{"text": shown(answer.source, format_), "correct": answer.weight > 0} for answer in answers],
        "multiple": multiple,
    }


def text_question(answers: list[Answer], format_: str) -> dict[str, object]:
    """A `text` question from answers that are all right.

    Raises:
        Refused: an answer earns a part of the points, or is a pattern.
    """
    accepted = [shown(answer.source, format_) for answer in whole(answers)]
    if any("*" in text for text in accepted):
        raise Refused("An answer has a * that stands for any text; only whole answers can be checked.")
    return {"type": "text", "accepted": list(dict.fromkeys(accepted))}


def whole(answers: list[Answer]) -> list[Answer]:
    """The answers that earn all points; those that earn none are there for their feedback only.

    Raises:
        Refused: one earns a part of the points, which only `choice` questions can.
    """
    if any(answer.weight not in {0.0, _FULL} for answer in answers):
        raise Refused("An answer earns a part of the points, which cannot be done for this type of question.")
    return [answer for answer in answers if answer.weight]
