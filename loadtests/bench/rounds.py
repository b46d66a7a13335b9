"""Rounds over all servers, interleaved, so that a slow minute of the machine meets each of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from loadtests.bench.contenders import Contender
from loadtests.bench.measures import Sizes
from loadtests.bench.process import ServerFailed
from loadtests.bench.visit import Cores, visit_deflate, visit_plain, visit_stopped
from loadtests.bench.visitor import Incorrect, Visit
from loadtests.swarm.swarm import SwarmFailed

MOST_REPEATS = 2

Visiting = Callable[[Contender, Sizes, Cores], Awaitable[Visit]]


class Tally(msgspec.Struct):
    """What was found of one server: values by measure, one a round, and what went wrong."""

    values: dict[str, list[float]] = {}
    thrown_away: int = 0
    failures: list[str] = []
    generator_busy: float = 0.0
    held_up: list[float] = []

    def medians(self) -> dict[str, float]:
        return {key: statistics.median(values) for key, values in self.values.items()}

    def take(self, visit: Visit) -> None:
        for key, value in visit.values.items():
            self.values.setdefault(key, []).append(value)
        self.generator_busy = max(self.generator_busy, visit.generator_busy)
        self.held_up.append(visit.held_up)


async def run(
    contenders: Sequence[Contender], sizes: Sizes, cores: Cores, longest_s: float, tell: Callable[[str], None]
) -> dict[str, Tally]:
    """Visit every server in each round; what fails is told in its tally, and the others go on.

    A round that would probably end later than `longest_s` after the start is not begun, but the first always is.
    """
    tallies = {contender.name: Tally() for contender in contenders}
    began, took_s = time.monotonic(), 0.0
    for round_ in range(1, sizes.rounds + 1):
        round_began = time.monotonic()
        if round_began - began + took_s > longest_s:
            tell(f"only {round_ - 1} of {sizes.rounds} rounds: one takes {took_s:.0f} s here")
            break
        for kind, visiting in visits_of_round(round_, sizes):
            for contender in contenders:
                visit_began = time.monotonic()
                await visit_until_usable(contender, visiting, sizes, cores, tallies[contender.name])
                visit_s = time.monotonic() - visit_began
                tell(f"round {round_} of {sizes.rounds}, {kind}, {contender.name}: {visit_s:.1f} s")
        took_s = time.monotonic() - round_began
    return tallies


def visits_of_round(round_: int, sizes: Sizes) -> list[tuple[str, Visiting]]:
    """What every server is visited for in the round of that number, from 1."""
    visits: list[tuple[str, Visiting]] = [("plain", visit_plain), ("deflate", visit_deflate)]
    if sizes.listeners and (round_ - 1) % sizes.stopped_every == 0:
        visits.append(("stopped", visit_stopped))
    return visits


async def visit_until_usable(
    contender: Contender, visiting: Visiting, sizes: Sizes, cores: Cores, tally: Tally
) -> None:
    """Add one visit to the tally.

    One in which the generator was the bottleneck is thrown away and repeated, twice at most; then the round has none.
    So is one in which a server lost something, and that stays on record as a failure.
    """
    for _ in range(1 + MOST_REPEATS):
        try:
            visit = await visiting(contender, sizes, cores)
        except Incorrect as reason:
            tally.failures.append(f"{visiting.__name__}: {reason}")
            continue
        except (ServerFailed, SwarmFailed) as reason:
            tally.failures.append(f"{visiting.__name__}: {reason}")
            return
        if visit.usable:
            tally.take(visit)
            return
        tally.thrown_away += 1
    tally.failures.append(f"{visiting.__name__}: no visit of {1 + MOST_REPEATS} could be used")
