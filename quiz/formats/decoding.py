"""From bytes to text when nobody says in which encoding, line by line, since real files mix them.

A line is UTF-8, or Windows-1252 where that is beyond doubt. Anything else would come out as letter salad. Such a line
is handed on with U+FFFD in it, and `damage` finds it: a question fewer is better than one that nobody can read.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Final

from quiz.formats.entries import NotThisFormat

LINES_MAX: Final = 200_000
"""Most lines of a file. A real one has some 20,000 for 2,500 questions."""

_LINE_END: Final = re.compile(r"\r\n|\r|\n")

_UTF8_SEQUENCE: Final = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")

_UNLIKELY_IN_1252: Final = re.compile(
    # Three accented letters in a row: Cyrillic, Greek or Asian text in an encoding of its own.
    r"[^\W\d_\x00-\x7f]{3}"
    # A sign between letters: Central European letters, or those of DOS.
    r"|[^\W\d_][¡¢£¤¥¦§¨©¬®¯±²³´¶¸¹»¼½¾¿×÷†‡ˆ‰‹›€™‚„˜][^\W\d_]"
    # An opening quotation mark after a letter: an accented letter of DOS.
    r"|[^\W\d_][‚„]"
    # An accented capital after a small letter: accented letters of old Macs.
    r"|[a-zß-öø-ÿ][À-ÖØ-ÞŠŒŽŸ]"
)

_BROKEN: Final = re.compile(r"[\x80-\x9f\ufdd0-\ufdef\ufffd-\uffff]")

_ENCODED_TWICE: Final = re.compile(r"[ÂÃ][\xa0-\xba\xbc-\xbfŸœ‰]|â[€‚„]|ï»¿|[\x80-\uffff]{4,}")

_WORDS: Final = "has characters that were damaged on the way into this file; type them again"


def read_lines(data: bytes) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text, without its line end, of every line of a text file.

    Raises:
        NotThisFormat: the file is not text at all, or has too many lines.
    """
    if max(data.count(b"\n"), data.count(b"\r")) > LINES_MAX:
        raise NotThisFormat(f"The file is too long: at most {LINES_MAX} lines fit.")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            yield from enumerate(_LINE_END.split(data.decode("utf-16")), start=1)
        except UnicodeDecodeError as error:
            raise NotThisFormat("The file says it is UTF-16 text, but it is broken.") from error
        return
    if b"\0" in data:
        raise NotThisFormat("The file is not text.")
    for number, line in enumerate(data.removeprefix(codecs.BOM_UTF8).splitlines(), start=1):
        yield number, _decode(line)


def damage(text: str) -> str | None:
    """Why `text` cannot be shown to anyone as it is, worded to follow a noun, or None when it can."""
    if _BROKEN.search(text):
        return _WORDS
    for found in _ENCODED_TWICE.finditer(text):
        if len(found[0]) < 4 or _is_utf8(found[0]):
            return _WORDS
    return None


def _decode(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        text = line.decode("cp1252", errors="replace")
    if _UTF8_SEQUENCE.search(line) or _UNLIKELY_IN_1252.search(text):
        return line.decode("ascii", errors="replace")
    return text


def _is_utf8(text: str) -> bool:
    """Whether the characters, as bytes of Windows-1252, happen to be UTF-8: then somebody encoded them twice."""
    try:
        text.encode("cp1252").decode()
    except UnicodeError:
        return False
    return True
