"""The table of a comparison, as Markdown, and the JSON of all that was found."""

from __future__ import annotations

import math

import msgspec

from loadtests.bench.machine import Machine
from loadtests.bench.measures import MEASURES, Sizes
from loadtests.bench.rounds import Tally

SUBJECT = "ours"
YARDSTICKS = ("floor", "node", "stock")
# Past that share of waiting for a core the machine was not ours alone.
DISTURBED = 0.05


class Comparison(msgspec.Struct, frozen=True):
    """All that a run found, written to JSON as it is. What did not happen while it was watched is null in JSON."""

    machine: Machine
    sizes: Sizes
    versions: dict[str, dict[str, str]]
    left_out: dict[str, str]
    tallies: dict[str, Tally]
    medians: dict[str, dict[str, float]]
    took_s: float


def table(found: Comparison) -> str:
    """One row a measure, one column a server with the median, and ours against floor, node and stock."""
    names = list(found.tallies)
    against = [name for name in YARDSTICKS if name in names] if SUBJECT in names else []
    header = ["", *names, *(f"{SUBJECT} / {name}" for name in against)]
    rows = [header, ["---", *("---:" for _ in header[1:])]]
    for measure in MEASURES:
        values = {name: found.medians[name].get(measure.key) for name in names}
        if all(value is None for value in values.values()):
            continue
        cells = [f"{measure.title}, {measure.unit}", *(shown(values[name]) for name in names)]
        rows.append(cells + [ratio(values[SUBJECT], values[name]) for name in against])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def notes(found: Comparison) -> list[str]:
    """What a reader must know beside the table: who is missing, what failed, whether other programs ran."""
    said = [f"left out: {name}: {reason}" for name, reason in found.left_out.items()]
    for name, tally in found.tallies.items():
        said += [f"failed: {name}: {reason}" for reason in tally.failures]
        if tally.thrown_away:
            said.append(f"{name}: {tally.thrown_away} visits thrown away, the generator was the bottleneck")
        disturbed = sorted(tally.held_up)[len(tally.held_up) // 2] if tally.held_up else 0.0
        if disturbed > DISTURBED:
            said.append(f"{name}: other programs had its core for {disturbed:.0%} of the time: look at ratios only")
    return said


def shown(value: float | None) -> str:
    """A figure with three digits that count; "never" for what did not happen while it was watched."""
    if value is None:
        return "—"
    if math.isinf(value):
        return "never"
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def ratio(value: float | None, other: float | None) -> str:
    """How many times the other's."""
    if value is None or not other or math.isinf(value) or math.isinf(other):
        return "—"
    return f"{value / other:.2f}"
