"""Results as a workbook with sheets for players, questions and answers."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final

import msgspec
from openpyxl import Workbook

from quiz.formats import results_table as table
from quiz.game.files import AnswerRow, ResultsHead

ROWS_MAX: Final = 2**20
"""Most rows, the header's included, that spreadsheets open in one sheet."""
SPOOL_BYTES: Final = 4 * 2**20
"""Rows that wait in memory; more than that wait in a file of the temporary directory."""

_read_row: Final = msgspec.json.Decoder(table.Row).decode


class XlsxResults:
    """Answers wait in a file without a name until `close` makes the workbook of them.

    A workbook that openpyxl begins and never saves leaves files behind; ours vanishes whatever happens.
    """

    def __init__(self, head: ResultsHead, file: BinaryIO, rows_max: int = ROWS_MAX) -> None:
        self._head = head
        self._file = file
        self._rows_max = rows_max
        self._spool = SpooledTemporaryFile(SPOOL_BYTES)  # noqa: SIM115 - closed below, also when nobody calls close
        self._drop = weakref.finalize(self, self._spool.close)

    def add(self, answers: Sequence[AnswerRow]) -> None:
        """Note a row for each answer."""
        self._spool.writelines(msgspec.json.encode(table.answer_cells(answer)) + b"\n" for answer in answers)

    def close(self) -> None:
        """Write the workbook."""
        workbook = Workbook(write_only=True)
        self._fill(workbook, "Players", table.PLAYER_COLUMNS, map(table.player_cells, self._head.players))
        self._fill(workbook, "Questions", table.QUESTION_COLUMNS, map(table.question_cells, self._head.questions))
        self._spool.seek(0)
        self._fill(workbook, "Answers", table.ANSWER_COLUMNS, map(_read_row, self._spool))
        workbook.save(self._file)
        self._drop()

    def _fill(self, workbook: Workbook, name: str, columns: table.Row, rows: Iterable[table.Row]) -> None:
        """Put a table into a sheet; what does not fit goes on in "Answers 2" and so on."""
        rest, held, number = iter(rows), list[table.Row](), 0
        while held or not number:
            number += 1
            sheet = workbook.create_sheet(name if number == 1 else f"{name} {number}")
            sheet.freeze_panes = "A2"
            sheet.append(columns)
            for row in chain(held, islice(rest, self._rows_max - 1 - len(held))):
                sheet.append([_cell(value) for value in row])
            held = list(islice(rest, 1))


def _cell(value: table.Cell) -> table.Cell:
    """Spreadsheets read _x0041_ as "A"; this is how the underscore itself is written."""
    return value.replace("_x", "_x005F_x") if isinstance(value, str) else value
