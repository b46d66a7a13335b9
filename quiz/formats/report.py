"""The list of what an import left out."""

from __future__ import annotations

from typing import Final

from quiz.formats.entries import Skipped

LISTED_MAX: Final = 10_000
"""Most skipped entries that are listed; further ones are counted in one last entry."""


class Report:
    """Grows while a file is read. A file of ten million broken lines does not grow it without end."""

    def __init__(self) -> None:
        self._listed: list[Skipped] = []
        self._unlisted = 0
        self._end: Skipped | None = None

    def skip(self, line: int, reason: str) -> None:
        """Note an entry that is left out."""
        if len(self._listed) < LISTED_MAX:
            self._listed.append(Skipped(line, _printable(reason)))
        else:
            self._unlisted += 1

    def end(self, line: int, reason: str) -> None:
        """Note that nothing is read from this line on; this is listed whatever else is."""
        self._end = Skipped(line, reason)

    def skipped(self) -> tuple[Skipped, ...]:
        """What was left out, in the order of the file."""
        listed = sorted(self._listed, key=lambda skipped: skipped.line)
        if self._unlisted:
            listed.append(Skipped(listed[-1].line, f"{self._unlisted} more entries were skipped."))
        return (*listed, self._end) if self._end else tuple(listed)

    def why_nothing(self) -> str:
        """The one clear message for a file without a single usable question."""
        skipped = self.skipped()
        if not skipped:
            return "The file holds no questions."
        first, count = skipped[0], len(self._listed) + self._unlisted
        if count == 1:
            return f"The only entry cannot be used: line {first.line}: {first.reason}"
        return f"None of the {count} entries can be used. The first is in line {first.line}: {first.reason}"


def _printable(reason: str) -> str:
    """The reason may quote the file, and the file may hold what no encoder and no terminal should get."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in reason)
