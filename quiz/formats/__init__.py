"""Quiz files in and out, results out.

`import_quiz` turns a file into a quiz and a list of what was skipped, `export_quiz` writes one, `guess_format` says
what a file probably is. `files` and `results_files` are what the game uses them through.
"""

from quiz.formats.entries import Imported, NotThisFormat, Skipped
from quiz.formats.registry import ExportName, FormatName, export_quiz, guess_format, import_quiz

__all__ = [
    "ExportName",
    "FormatName",
    "Imported",
    "NotThisFormat",
    "Skipped",
    "export_quiz",
    "guess_format",
    "import_quiz",
]
