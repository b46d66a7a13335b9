"""GIFT, the text format of Moodle.

Blank lines part the questions. Lines that begin with // are comments, a line with $CATEGORY: opens a round.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from quiz.formats.decoding import damage, read_lines
from quiz.formats.entries import Entry, NotThisFormat, Parsed, QuizFormat, Refused, RoundPlace, Skipped
from quiz.formats.gift_question import read_question_text

_CATEGORY: Final = "$CATEGORY:"
_NAMELESS: Final = frozenset({"", "top", "$course$", "$system$", "$module$"})
_LOOKS: Final = re.compile(rb"\{\s*[=~#]|\{\s*(?:T|F|TRUE|FALSE)\s*[#}]|^\$CATEGORY:", re.MULTILINE)

_Lines = list[tuple[int, str]]


def parse(data: bytes) -> Parsed:
    """Take a file of GIFT apart.

    Raises:
        NotThisFormat: there are no answers in braces, or the file is not text.
    """
    lines = [(number, text.strip()) for number, text in read_lines(data)]
    if not any("{" in text for _, text in lines):
        raise NotThisFormat("This is not a file of GIFT: no question has its answers in { and }.")
    return Parsed(_entries(lines))


def recognise(data: bytes) -> bool:
    """Whether there are answers in braces, marked as GIFT does."""
    return _LOOKS.search(data) is not None


def _entries(lines: _Lines) -> Iterator[Entry | Skipped]:
    place = RoundPlace(0, None)
    for block in _blocks(lines):
        line, text = block[0]
        if text.startswith(_CATEGORY):
            title = None if damage(text) else _round_title(text.removeprefix(_CATEGORY))
            place = RoundPlace(0, title)
            continue
        try:
            yield Entry(line, _read(block), place)
        except Refused as refused:
            yield Skipped(line, str(refused))


def _blocks(lines: _Lines) -> Iterator[_Lines]:
    """Cut at blank lines and around categories; comments are gone."""
    block: _Lines = []
    for number, text in lines:
        if text.startswith("//"):
            continue
        alone = text.startswith(_CATEGORY)
        if block and (alone or not text):
            yield block
            block = []
        if alone:
            yield [(number, text)]
        elif text:
            block.append((number, text))
    if block:
        yield block


def _read(block: _Lines) -> dict[str, object]:
    for number, text in block:
        if found := damage(text):
            raise Refused(f"Line {number} {found}.")
    return read_question_text("\n".join(text for _, text in block))


def _round_title(path: str) -> str | None:
    """The last step of a category's path; two slashes stand for one in a name."""
    steps = re.split(r"(?<!/)/(?!/)", path)
    title = steps[-1].replace("//", "/").strip()
    return None if title in _NAMELESS else title


FORMAT: Final = QuizFormat("gift", (".gift",), recognise, parse)
