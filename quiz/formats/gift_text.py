"""Pieces of GIFT text: escapes, formats, and what players may see of it."""

from __future__ import annotations

import re
from typing import Final

from quiz.formats.decoding import damage
from quiz.formats.entries import Refused
from quiz.formats.html_text import html_text

_ESCAPED: Final = "\\:#={}~n"
_STAND_INS: Final = tuple(chr(0xFDD0 + index) for index in range(len(_ESCAPED)))
"""Code points that Unicode keeps out of texts; files that hold them are damaged and do not get here."""
_HIDDEN: Final = dict(zip(_ESCAPED, _STAND_INS, strict=True))
_SHOWN: Final = str.maketrans({stand_in: "\n" if char == "n" else char for char, stand_in in _HIDDEN.items()})
_ESCAPE: Final = re.compile(r"\\([\\:#={}~n])")
_FORMAT: Final = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_PICTURE: Final = re.compile(r"@@PLUGINFILE@@|!\[[^\]]*\]\(")
DEFAULT_FORMAT: Final = "moodle"


def hide_escapes(text: str) -> str:
    """Put stand-ins for escaped characters, so that the ones left are the ones that mean something."""
    return _ESCAPE.sub(lambda found: _HIDDEN[found[1]], text)


def split_format(text: str, otherwise: str = DEFAULT_FORMAT) -> tuple[str, str]:
    """The format that a text says it is in, e.g. "html", and the text behind that mark."""
    found = _FORMAT.match(text)
    return (found[1].lower(), text[found.end() :]) if found else (otherwise, text)


def shown(text: str, format_: str, *, lines: bool = False) -> str:
    """The text as players see it, with escaped characters in their places.

    Args:
        text: with stand-ins for what was escaped.
        format_: of the surrounding question; the text may begin with a mark of its own.
        lines: whether line breaks of the source are kept; an answer is one line.

    Raises:
        Refused: it holds what cannot be shown.
    """
    format_, text = split_format(text, format_)
    if not lines or format_ == "html":
        text = " ".join(text.split())
    text = "\n".join(line.strip() for line in text.strip().split("\n")).translate(_SHOWN)
    if _PICTURE.search(text):
        raise Refused("The text shows a picture that is not in this file.")
    if format_ == "html":
        text = html_text(text)
    if found := damage(text):
        raise Refused(f"The text {found}.")
    return text
