"""The quiz document itself, as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

import msgspec

from quiz.domain.quiz import Quiz, Round
from quiz.formats.entries import Entry, NotThisFormat, Parsed, QuizFormat, RoundPlace, Skipped
from quiz.formats.json_places import Placed, PlacedJson, Value

_ROUND_FIELDS: Final = frozenset(Round.__struct_fields__)
_QUIZ_FIELDS: Final = frozenset(Quiz.__struct_fields__)


def parse(data: bytes) -> Parsed:
    """Take a quiz document apart. Each question is an entry, with the line it begins in.

    Raises:
        NotThisFormat: broken JSON, naming line and column, or JSON that holds no quiz.
    """
    try:
        document = _document(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotThisFormat(f"This is not JSON: line {line} is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise NotThisFormat(f"This is not JSON: {error.msg}, line {error.lineno}, column {error.colno}.") from error
    except NotThisFormat:
        raise
    except ValueError as error:
        raise NotThisFormat("This is not a quiz: a number in it is none in JSON, or much too long.") from error
    except RecursionError as error:
        raise NotThisFormat("This is not a quiz: it nests too deep.") from error
    if not isinstance(document, dict) or not isinstance(document.get("rounds"), list):
        raise NotThisFormat("This is JSON, but not a quiz: a quiz is an object with a list of rounds.")
    return Parsed(_entries(document), _text(document.get("title")), _text(document.get("language")))


def _document(text: str) -> object:
    """The decoded document, with every round and every question in it as `Placed`."""
    reader = PlacedJson(text)

    def questions(at: int) -> Value:
        return reader.elements(at, reader.placed)

    def round_(at: int) -> Value:
        members, end = reader.members(at, {"questions": questions})
        return Placed(reader.line(at), members), end

    return reader.members(0, {"rounds": lambda at: reader.elements(at, round_)})[0]


def recognise(data: bytes) -> bool:
    """Whether it begins like a JSON object."""
    return data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def write(quiz: Quiz) -> bytes:
    """The quiz document, indented, so that it can be read and compared line by line."""
    return msgspec.json.format(msgspec.json.encode(quiz), indent=2) + b"\n"


def _entries(document: dict[str, object]) -> Iterator[Entry | Skipped]:
    yield from _unknown(document, _QUIZ_FIELDS, 1, "a quiz")
    for name in ("title", "language"):
        if name in document and _text(document[name]) is None:
            yield Skipped(1, f"The {name} of the quiz should be a text; it is left out.")
    rounds = document["rounds"]
    for number, placed in enumerate(rounds if isinstance(rounds, list) else (), start=1):
        round_ = placed.value
        if not isinstance(round_, dict) or not isinstance(round_.get("questions"), list):
            yield Skipped(placed.line, f"Round {number} should be an object with a list of questions.")
            continue
        yield from _unknown(round_, _ROUND_FIELDS, placed.line, "a round")
        title = _text(round_.get("title"))
        if title is None:
            yield Skipped(placed.line, f"Round {number} has no title; it is named by its number.")
        if not round_["questions"]:
            yield Skipped(placed.line, f"Round {number} has no questions.")
        for question in round_["questions"]:
            yield Entry(question.line, question.value, RoundPlace(number, title))


def _unknown(members: dict[str, object], known: frozenset[str], line: int, what: str) -> Iterator[Skipped]:
    for name in members:
        if name not in known:
            yield Skipped(line, f'"{name}" is not a field of {what}; it is left out.')


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


FORMAT: Final = QuizFormat("json", (".json",), recognise, parse, write, drops_repeats=False)
