"""Reads a spreadsheet that a stranger sent, within bounds."""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Iterator
from typing import Final

from msgspec import Struct
from openpyxl import load_workbook

from quiz.formats.entries import NotThisFormat

UNPACKED_MAX: Final = 16 * 2**20
"""Most bytes of all parts of a workbook after unpacking. A part in memory as a tree takes many times its size."""
PARTS_MAX: Final = 500
SHEETS_MAX: Final = 20
ROWS_MAX: Final = 10_000
"""Rows of a sheet that are read; one more is, so that the reader can tell that there are more."""
COLUMNS_MAX: Final = 50
CELLS_MAX: Final = 500_000
"""Most cells read of one workbook. Sheets may share a part, so the bytes alone do not bound this."""

_OLE_MAGIC: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_METHODS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED: Final = 0x1


class Cell(Struct, frozen=True):
    """A cell as openpyxl read it, and the format code it is shown in, None for an empty one."""

    value: object
    number_format: str | None


class Row(Struct, frozen=True):
    """A row that is not empty. `number` counts from 1; `cells` begin with column A."""

    number: int
    cells: tuple[Cell, ...]


def read_sheets(data: bytes) -> list[list[Row]]:
    """The rows of every sheet, with the values that formulas had when the workbook was saved.

    Raises:
        NotThisFormat: not a workbook, a broken, encrypted or oversized one, or one that defines XML entities.
    """
    if data.startswith(_OLE_MAGIC):
        raise NotThisFormat("This is an old .xls file or a workbook with a password: save it as .xlsx without one.")
    if not data.startswith(b"PK"):
        raise NotThisFormat("This is not an .xlsx workbook.")
    try:
        _inspect(data)
        # openpyxl warns of what it leaves out, such as data validation: none of it matters here. The filters belong to
        # the whole process, so imports in two threads may leave this one behind: it is narrow enough for that.
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="openpyxl")
            return list(_sheets(data))
    except NotThisFormat:
        raise
    except Exception as error:  # zipfile and openpyxl raise almost anything on hostile bytes
        raise NotThisFormat("The workbook is broken or was cut short.") from error


def _inspect(data: bytes) -> None:
    """Refuse what would cost too much to open, before anything parses it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
            megabytes = UNPACKED_MAX // 2**20
            raise NotThisFormat(f"The workbook is too large: unpacked, at most {megabytes} MB fit. Take out pictures.")
        for part in parts:
            # zipfile unpacks the rarer methods without a bound.
            if part.flag_bits & _ENCRYPTED or part.compress_type not in _METHODS:
                raise NotThisFormat("The workbook is encrypted or packed in an unusual way.")
            # Without its zero bytes a declaration shows in UTF-16 too.
            if b"<!DOCTYPE" in archive.read(part).replace(b"\0", b""):
                raise NotThisFormat("The workbook defines XML entities, which no honest one needs.")


def _sheets(data: bytes) -> Iterator[list[Row]]:
    workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        budget = CELLS_MAX
        for sheet in workbook.worksheets[:SHEETS_MAX]:
            rows = []
            # The size that a sheet states of itself is often wrong, so bounds are given.
            for number, row in enumerate(sheet.iter_rows(1, ROWS_MAX + 1, 1, COLUMNS_MAX), start=1):
                filled = sum(cell.value is not None for cell in row)
                budget -= filled
                if budget < 0:
                    raise NotThisFormat(f"The workbook is too large: at most {CELLS_MAX} filled cells fit.")
                if filled:
                    rows.append(Row(number, tuple(Cell(cell.value, cell.number_format) for cell in row)))
            yield rows
    finally:
        workbook.close()
