"""Measures real nodes playing the real game: `python -m loadtests.bench.game [--quick] [--only NAME …]`."""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from loadtests.bench.game import answers, crowd, placement, question
from loadtests.bench.game.figures import Figure, Found, GameReport, Unusable, table
from loadtests.bench.game.host import CommandFailed
from loadtests.bench.game.sizes import FULL, QUICK, Sizes
from loadtests.bench.machine import machine
from loadtests.bench.process import ROOT
from loadtests.bench.visit import Cores
from loadtests.swarm.build import NoCompiler, build_swarm
from loadtests.swarm.swarm import SwarmFailed
from quiz.cli.local_cluster.events import CannotStart
from quiz.cli.local_cluster.wheels import MissingWheels
from quiz.observe.logs import set_up_logs

REPORT: Final = ROOT / "build" / "loadtests" / "game.json"
MEASUREMENTS: Final[dict[str, Callable[[Sizes, Cores], Awaitable[Found]]]] = {
    "answers": answers.measure,
    "question": question.measure,
    "placement": placement.measure,
    "crowd": crowd.measure,
}


def tell(line: str) -> None:
    """Progress goes to stderr: stdout holds the table alone."""
    print(line, file=sys.stderr, flush=True)


async def measure(names: Sequence[str], sizes: Sizes, cores: Cores) -> tuple[Found, bool]:
    """Everything that is asked for; whether all of it could be measured. What fails is a note, and the others go on."""
    figures: list[Figure] = []
    notes: list[str] = []
    whole = True
    for name in names:
        began = time.monotonic()
        tell(f"{name} …")
        try:
            found = await MEASUREMENTS[name](sizes, cores)
        except (Unusable, SwarmFailed, CommandFailed, CannotStart, TimeoutError) as failure:
            notes.append(f"failed: {name}: {type(failure).__name__}: {failure}")
            notes += failure.last_lines if isinstance(failure, CannotStart) else []
            whole = False
        else:
            figures += found.figures
            notes += found.notes
        tell(f"{name} took {time.monotonic() - began:.0f} s")
    return Found(figures, notes), whole


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench.game", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller rooms, fewer repetitions, no crowd")
    parser.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), default=list(MEASUREMENTS), help="these alone")
    parser.add_argument("--crowd", type=int, help="players on the large cluster, instead of 100,000")
    parser.add_argument("--json", type=Path, default=REPORT, help="where to write all that was found (%(default)s)")
    parser.add_argument("--cores", default="0,1", help="of the nodes and of the load generator (%(default)s)")
    return parser.parse_args()


def main() -> int:
    """Measure, print the table, write the JSON; 1 when a measurement failed, 2 when nothing can be measured here."""
    given = arguments()
    cores = Cores(*(int(core) for core in given.cores.split(",")))
    sizes = QUICK if given.quick else FULL
    if given.crowd is not None:
        sizes = msgspec.structs.replace(sizes, crowd=given.crowd)
    began = time.monotonic()
    set_up_logs("error", json=False)  # of the store through which seats are taken here
    try:
        build_swarm()
        found, whole = asyncio.run(measure(given.only, sizes, cores))
    except (NoCompiler, MissingWheels) as missing:
        tell(str(missing))
        return 2
    report = GameReport(
        machine=machine(),
        quick=given.quick,
        figures=found.figures,
        medians={figure.key: figure.median for figure in found.figures},
        notes=found.notes,
        took_s=time.monotonic() - began,
    )
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n")
    print(table(found.figures))
    for note in found.notes:
        print(note)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
