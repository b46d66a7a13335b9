"""Plain text from the little HTML that quiz files hold."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

from quiz.formats.entries import Refused

_LINE: Final = frozenset({"p", "div", "br", "li", "ul", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre"})
"""Elements that begin and end a line."""
_KEPT: Final = _LINE.union(
    {
        "a",
        "abbr",
        "b",
        "big",
        "cite",
        "code",
        "em",
        "font",
        "i",
        "kbd",
        "samp",
        "small",
        "span",
        "strong",
        "tt",
        "u",
        "wbr",
    }
)
"""Elements whose text says the same without them. Not so `sup`: 10 to the power of 2 would become 102."""
_BREAK: Final = "\x00"
"""Stands for a line break that HTML means, while the source's own ones are mere space."""


def html_text(source: str) -> str:
    """The text that a browser would show, a line for each paragraph.

    Raises:
        Refused: some of it cannot be told in plain text, a picture or a table for instance.
    """
    reader = _Reader()
    try:
        reader.feed(source)
        reader.close()
    except AssertionError as error:
        # What the parser of the standard library makes of a declaration it does not know.
        raise Refused("The text has HTML that is broken.") from error
    lines = (" ".join(line.split()) for line in "".join(reader.pieces).split(_BREAK))
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KEPT:
            raise Refused(f"The text has HTML that cannot be shown here: <{re.sub('[^a-z0-9]', '', tag)[:20]}>.")
        self._break_at(tag)

    def handle_endtag(self, tag: str) -> None:
        self._break_at(tag)

    def handle_data(self, data: str) -> None:
        self.pieces.append(data)

    def _break_at(self, tag: str) -> None:
        if tag in _LINE:
            self.pieces.append(_BREAK)
