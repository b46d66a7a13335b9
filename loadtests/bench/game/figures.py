"""What a measurement finds, and the table of it."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from msgspec import Struct

from loadtests.bench.machine import Machine
from loadtests.bench.table import shown


class Figure(Struct, frozen=True):
    """One line of the table; `values` in the order they were measured, `goal` as the project has it, or nothing."""

    key: str
    title: str
    unit: str
    values: list[float]
    goal: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)


class Found(Struct, frozen=True):
    """What a measurement found, and what a reader must know beside the figures."""

    figures: list[Figure] = []
    notes: list[str] = []


class GameReport(Struct, frozen=True):
    """All of it, as it is written to JSON; `medians` by the keys of the figures."""

    machine: Machine
    quick: bool
    figures: list[Figure]
    medians: dict[str, float]
    notes: list[str]
    took_s: float


class Unusable(Exception):
    """Something did not happen that should have, so that the figures would be wrong; the message tells what."""


def table(figures: Sequence[Figure]) -> str:
    """One row a figure, as Markdown: the median, the least, the most, the goal."""
    rows = [["", "median", "least", "most", "goal"], ["---", "---:", "---:", "---:", "---:"]]
    for figure in figures:
        values = (figure.median, min(figure.values), max(figure.values))
        rows.append([f"{figure.title}, {figure.unit}", *map(shown, values), figure.goal])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
