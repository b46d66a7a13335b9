"""The game's port for files of results, over the formats there are."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import BinaryIO, Final

from msgspec import Struct

from quiz.formats.results_csv import CsvResults
from quiz.formats.results_json import JsonResults
from quiz.formats.results_xlsx import XlsxResults
from quiz.game.files import FileKind, ResultsFile, ResultsHead


class _Format(Struct, frozen=True):
    kind: FileKind
    begin: Callable[[ResultsHead, BinaryIO], ResultsFile]


_FORMATS: Final[Mapping[str, _Format]] = {
    "json": _Format(FileKind("application/json", "json"), JsonResults),
    "csv": _Format(FileKind("text/csv", "csv"), CsvResults),
    "xlsx": _Format(FileKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"), XlsxResults),
}


class FormatResults:
    """`ResultFiles` over JSON, CSV and XLSX."""

    @property
    def writable(self) -> Collection[str]:
        """Formats that can be written."""
        return _FORMATS.keys()

    def kind(self, format_name: str) -> FileKind:
        """How files of a format travel."""
        return _FORMATS[format_name].kind

    def begin(self, format_name: str, head: ResultsHead, file: BinaryIO) -> ResultsFile:
        """Begin to write a file of a format."""
        return _FORMATS[format_name].begin(head, file)
