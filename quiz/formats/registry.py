"""All formats, and the way in and out.

A new format is a file of its own that ends in a `FORMAT`, one entry in `_ALL` and its name in `FormatName`.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import Final, Literal, get_args

from quiz.domain.quiz import Quiz
from quiz.formats import csv_quiz, gift_quiz, json_quiz, kahoot_xlsx, opentriviaqa
from quiz.formats.entries import Imported, NotThisFormat, QuizFormat
from quiz.formats.gathering import gather

FormatName = Literal["kahoot_xlsx", "opentriviaqa", "csv", "gift", "json"]
ExportName = Literal["json", "csv"]

SIZE_MAX: Final = 8 * 2**20
"""Largest file that is imported, in bytes; 5,000 questions take a tenth of that."""
_GUESS_BYTES: Final = 64 * 2**10

_ALL: Final = (kahoot_xlsx.FORMAT, json_quiz.FORMAT, opentriviaqa.FORMAT, csv_quiz.FORMAT, gift_quiz.FORMAT)
"""In the order in which `guess_format` asks them."""
_BY_NAME: Final[dict[str, QuizFormat]] = {format_.name: format_ for format_ in _ALL}


def import_quiz(data: bytes, format: FormatName, title: str | None = None) -> Imported:  # noqa: A002
    """Make a quiz of a file.

    Takes up to some seconds of processor time for the largest files: call it in a thread of its own.

    Args:
        data: the file.
        format: which format to read it as.
        title: what to call the quiz; None for the title in the file, or a general one.

    Raises:
        NotThisFormat: the file as a whole is not of the format, or not one question in it can be used.
        InvalidQuiz: `title` is given and breaks the rules for titles.
    """
    chosen = _BY_NAME[format]
    if not data.strip():
        raise NotThisFormat("The file is empty.")
    if len(data) > SIZE_MAX:
        raise NotThisFormat(f"The file is too large: at most {SIZE_MAX // 2**20} MB fit.")
    return gather(chosen.parse(data), title, drop_repeats=chosen.drops_repeats)


def export_quiz(quiz: Quiz, format: ExportName) -> bytes:  # noqa: A002
    """The quiz as a file."""
    write = _BY_NAME[format].write
    if write is None:
        raise ValueError(f"nothing is exported as {format}")
    return write(quiz)


def guess_format(filename: str, data: bytes) -> FormatName | None:
    """Which format a file probably has: by the end of its name, else by how it begins; None when nothing fits."""
    suffix, head = PurePath(filename).suffix.lower(), data[:_GUESS_BYTES]
    by_suffix = (format_ for format_ in _ALL if suffix in format_.suffixes)
    by_look = (format_ for format_ in _ALL if format_.recognise(head))
    guessed = next(by_suffix, None) or next(by_look, None)
    return _NAMES[guessed.name] if guessed else None


_NAMES: Final[dict[str, FormatName]] = {name: name for name in get_args(FormatName)}
