"""Results as CSV, one row an answer."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Sequence
from typing import BinaryIO

from quiz.formats.results_table import ANSWER_COLUMNS, Row, answer_cells
from quiz.game.files import AnswerRow, ResultsHead


class CsvResults:
    """UTF-8 with a byte order mark, without which Excel shows accents as letter salad."""

    def __init__(self, _head: ResultsHead, file: BinaryIO) -> None:
        self._file = file
        file.write(codecs.BOM_UTF8)
        self._write([ANSWER_COLUMNS])

    def add(self, answers: Sequence[AnswerRow]) -> None:
        """Write a row for each answer."""
        self._write(map(answer_cells, answers))

    def close(self) -> None:
        """Nothing belongs at the end of a CSV file."""

    def _write(self, rows: Iterable[Row]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self._file.write(text.getvalue().encode())
