"""The game's port for quiz files, over the registry of formats."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, cast, get_args

from quiz.domain.quiz import Quiz
from quiz.formats.entries import NotThisFormat
from quiz.formats.registry import ExportName, FormatName, export_quiz, import_quiz
from quiz.game.errors import Refused
from quiz.game.files import FileKind, ReadQuiz, SkippedEntry

_KINDS: Final = {
    "json": FileKind("application/json", "json"),
    "csv": FileKind("text/csv", "csv"),
}


class FormatFiles:
    """`QuizFiles` over every format there is."""

    @property
    def readable(self) -> Collection[str]:
        """Formats that can be imported."""
        return get_args(FormatName)

    @property
    def writable(self) -> Collection[str]:
        """Formats that can be exported."""
        return get_args(ExportName)

    def read(self, data: bytes, format_name: str, title: str | None) -> ReadQuiz:
        """Make a quiz of a file; raises as the port says."""
        try:
            imported = import_quiz(data, cast(FormatName, format_name), title)
        except NotThisFormat as error:
            raise Refused("not_this_format", str(error)) from None
        skipped = [SkippedEntry(entry.line, entry.reason) for entry in imported.skipped]
        return ReadQuiz(imported.quiz, imported.imported, skipped)

    def write(self, quiz: Quiz, format_name: str) -> bytes:
        """Write the whole quiz as a file."""
        return export_quiz(quiz, cast(ExportName, format_name))

    def kind(self, format_name: str) -> FileKind:
        """How files of a format travel."""
        return _KINDS[format_name]
