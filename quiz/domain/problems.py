"""What is wrong with a value from outside, worded for the person who wrote it."""

from __future__ import annotations

import itertools
import re
from typing import Final

from msgspec import Struct

NAME_SHOWN: Final = 40
"""Most characters of an unknown field or type that a message repeats."""

_FIELD_PATH: Final = re.compile(r" - at `\$(?P<path>[^`]*)`$")


class Problem(Struct, frozen=True):
    """One thing that is wrong: `field` as a dotted path (`rounds.0.questions.2.text`), `message` for a person."""

    field: str
    message: str


def counted(count: int, noun: str) -> str:
    """So many of something: "1 choice", "3 choices"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def shape_problem(text: str, field: str, where: str) -> Problem:
    """Word msgspec's complaint: "Expected `str`, got `int` - at `$.choices[0].text`".

    Args:
        field: dotted path of what was converted, in its document.
        where: how the message calls it.
    """
    path = ""
    if match := _FIELD_PATH.search(text):
        path, text = match["path"], text[: match.start()]
    steps = [step for step in re.split(r"[.\[\]]+", path) if step]
    place = where + "".join(
        f" {int(step) + 1}" if step.isdigit() else f", {_SINGULAR.get(step, step) if following.isdigit() else step}"
        for step, following in itertools.pairwise([*steps, ""])
    )
    message = "it is not of the form that was expected"
    for pattern, words in _SHAPE_WORDS:
        if found := pattern.fullmatch(text):
            parts = {name: _printable(part) for name, part in found.groupdict().items()}
            types = {name: _TYPE_WORDS.get(part, part) for name, part in parts.items()}
            message = words.format(**parts, types=types)
            steps.append(parts.get("name", ""))
            break
    return Problem(".".join(filter(None, (field, *steps))), f"{place}: {message}.")


def _printable(name: str) -> str:
    """Bring what a document calls a field or a type into a form that can stand in a message."""
    clean = "".join(char if char.isprintable() and char != "`" else "?" for char in name)
    return clean if len(clean) <= NAME_SHOWN else clean[:NAME_SHOWN] + "…"


_SHAPE_WORDS: Final = (
    (re.compile(r"Object missing required field `(?P<name>.*)`", re.DOTALL), "{name} is missing"),
    (re.compile(r"Object contains unknown field `(?P<name>.*)`", re.DOTALL), "{name} is not a field of it"),
    (re.compile(r"Invalid value ['\"](?P<value>.*)['\"]", re.DOTALL), '"{value}" is not a known type of question'),
    (
        re.compile(r"Expected `(?P<want>[^`]*)`, got `(?P<got>[^`]*)`"),
        "it should be {types[want]}, but is {types[got]}",
    ),
    (re.compile(r"Expected `(?:int|float)` >= (?P<least>-?\d+)(?:\.0)?"), "it should be at least {least}"),
    (re.compile(r"Expected `(?:int|float)` <= (?P<most>-?\d+)(?:\.0)?"), "it should be at most {most}"),
    (re.compile(r"Expected `float` > (?P<less>-?\d+)(?:\.0)?"), "it should be more than {less}"),
    (re.compile(r"Integer value out of range"), "the number is too large"),
    (re.compile(r"Number out of range"), "the number is too large"),
    (re.compile(r"Expected `str` of length >= 1"), "it is empty"),
    (re.compile(r"Expected `str` of length <= (?P<most>\d+)"), "at most {most} characters fit"),
    (re.compile(r"Invalid enum value ['\"]?(?P<value>.*?)['\"]?", re.DOTALL), '"{value}" is not one of the choices'),
)
_TYPE_WORDS: Final = {
    "str": "a text",
    "str | null": "a text or nothing",
    "int": "a whole number",
    "int | null": "a whole number or nothing",
    "int | float": "a number",
    "float": "a number with decimals",
    "bool": "true or false",
    "array": "a list",
    "list": "a list",
    "object": "an object",
    "dict": "an object",
    "null": "nothing",
    "NoneType": "nothing",
}
_SINGULAR: Final = {"choices": "choice", "items": "item", "accepted": "accepted answer"}
