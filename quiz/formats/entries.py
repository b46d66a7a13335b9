"""What importers hand over, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from msgspec import Struct

from quiz.domain.quiz import Quiz

ENTRIES_MAX: Final = 20_000
"""Most entries of a file that are looked at, four times the questions that a quiz holds."""


class NotThisFormat(ValueError):
    """The file as a whole cannot be used as the format it was said to be. The message is for a person."""


class Skipped(Struct, frozen=True):
    """An entry that was left out. `line` counts from 1 and is where the entry begins; in a sheet it is the row."""

    line: int
    reason: str


class RoundPlace(Struct, frozen=True):
    """The round an entry belongs to. Entries in a row with equal places share a round."""

    number: int
    title: str | None
    """None where the file gives no title that could be used."""


class Entry(Struct, frozen=True):
    """One question as read, not yet judged. `question` is shaped like a question of the quiz document."""

    line: int
    question: object
    round: RoundPlace | None = None


class Parsed(Struct, frozen=True):
    """A file taken apart. `title` and `language` are what the file itself says, None where it says nothing."""

    entries: Iterable[Entry | Skipped]
    title: str | None = None
    language: str | None = None


class Imported(Struct, frozen=True):
    """A quiz made from a file: `imported` questions got in, `skipped` lists by line what did not."""

    quiz: Quiz
    imported: int
    skipped: tuple[Skipped, ...]


class Refused(Exception):
    """One entry cannot be used; the message is the reason. Importers turn it into a `Skipped`."""


Parse = Callable[[bytes], Parsed]
"""Takes a file apart, lazily or at once.

Bad entries come out as `Skipped`. Raises `NotThisFormat`, also while its entries are iterated, and nothing else.
"""

Write = Callable[[Quiz], bytes]
"""The whole quiz as a file of the format."""

Recognise = Callable[[bytes], bool]
"""Whether the beginning of a file looks like the format; a guess, made without reading all of it."""


class QuizFormat(Struct, frozen=True):
    """A kind of file that quizzes come from or go to. `suffixes` with their dot, in lower case."""

    name: str
    suffixes: tuple[str, ...]
    recognise: Recognise
    parse: Parse
    write: Write | None = None
    drops_repeats: bool = True
    """Whether a question that the file holds twice gets in once. Not for our own formats: they say what is meant."""
