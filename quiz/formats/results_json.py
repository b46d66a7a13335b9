"""Results as JSON: the head's fields, then `answers`, each with the fields of `AnswerRow`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

import msgspec

from quiz.game.files import AnswerRow, ResultsHead


class JsonResults:
    """One object, an answer a line."""

    def __init__(self, head: ResultsHead, file: BinaryIO) -> None:
        self._file = file
        self._between = b"\n"
        file.write(msgspec.json.encode(head).removesuffix(b"}") + b',"answers":[')

    def add(self, answers: Sequence[AnswerRow]) -> None:
        """Write the answers as they are."""
        for answer in answers:
            self._file.write(self._between + msgspec.json.encode(answer))
            self._between = b",\n"

    def close(self) -> None:
        """End the list and the object."""
        self._file.write(b"\n]}\n")
