"""Decoded JSON with the line each part begins in, for reports that a person can follow."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Final, NoReturn

from msgspec import Struct

from quiz.formats.entries import NotThisFormat

ELEMENTS_MAX: Final = 50_000
"""Most elements that are read one by one."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")

Value = tuple[object, int]
"""A decoded value, and where the text behind it goes on."""
Read = Callable[[int], Value]


class Placed(Struct, frozen=True):
    """A decoded value and its line, counted from 1."""

    line: int
    value: object


class PlacedJson:
    """A reader for one JSON text that has been checked to be JSON, so that it need not look for errors again.

    `value` reads anything at once. `members` and `elements` read an object or array part by part; where something else
    stands they read that at once. All of them raise RecursionError where the text nests too deep.

    Raises:
        json.JSONDecodeError: the text is not JSON.
        ValueError: a number in it is none in JSON, or has thousands of digits.
        NotThisFormat: it has far more elements than a quiz.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._decoder.decode(text)
        self._count = 0
        self._newlines = [found.start() for found in re.finditer("\n", text)]

    def value(self, at: int) -> Value:
        """Whatever stands at `at`, decoded."""
        return self._decoder.raw_decode(self._text, self._behind_space(at))

    def placed(self, at: int) -> Value:
        """The same, as `Placed`."""
        value, end = self.value(at)
        return Placed(self.line(at), value), end

    def line(self, at: int) -> int:
        """The line in which what stands at `at` begins, counted from 1."""
        return bisect_right(self._newlines, self._behind_space(at)) + 1

    def members(self, at: int, readers: Mapping[str, Read]) -> Value:
        """An object as a dict; members named in `readers` are read by those."""
        at = self._behind_space(at)
        if self._text[at] != "{":
            return self.value(at)
        found: dict[str, object] = {}
        at = self._behind_space(at + 1)
        while self._text[at] != "}":
            name, at = self.value(at)
            at = self._behind_space(at)
            found[str(name)], at = readers.get(str(name), self.value)(at + 1)
            at = self._behind_comma(at)
        return found, at + 1

    def elements(self, at: int, reader: Read) -> Value:
        """An array as a list of what `reader` makes of its elements."""
        at = self._behind_space(at)
        if self._text[at] != "[":
            return self.value(at)
        found: list[object] = []
        at = self._behind_space(at + 1)
        while self._text[at] != "]":
            self._count += 1
            if self._count > ELEMENTS_MAX:
                raise NotThisFormat(f"This is not a quiz: it has more than {ELEMENTS_MAX} rounds and questions.")
            element, at = reader(at)
            found.append(element)
            at = self._behind_comma(at)
        return found, at + 1

    def _behind_space(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _behind_comma(self, at: int) -> int:
        at = self._behind_space(at)
        return self._behind_space(at + 1) if self._text[at] == "," else at


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")
