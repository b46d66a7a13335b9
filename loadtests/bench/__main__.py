"""Compares bare Socket.IO servers side by side: `python -m loadtests.bench [--quick]`."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from loadtests.bench.contenders import ALL, Contender, LeftOut
from loadtests.bench.machine import machine
from loadtests.bench.measures import FULL, QUICK
from loadtests.bench.process import ROOT
from loadtests.bench.rounds import run
from loadtests.bench.table import SUBJECT, Comparison, notes, table
from loadtests.bench.visit import Cores
from loadtests.swarm.build import NoCompiler, build_swarm

REPORT = ROOT / "build" / "loadtests" / "bench.json"


def tell(line: str) -> None:
    """Progress goes to stderr: stdout holds the table alone."""
    print(line, file=sys.stderr, flush=True)


def gather(names: Sequence[str]) -> tuple[list[Contender], dict[str, str]]:
    """Those that can be had here, and why the others cannot."""
    contenders, left_out = [], {}
    for name in names:
        try:
            contenders.append(ALL[name]())
        except LeftOut as reason:
            left_out[name] = str(reason)
            tell(f"left out: {name}: {reason}")
    return contenders, left_out


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="no room of 10,000, two rounds: less than two minutes")
    parser.add_argument("--rounds", type=int, help="visits to each server (5; 2 with --quick)")
    parser.add_argument("--minutes", type=float, help="begin no round that would end later (12; 2 with --quick)")
    parser.add_argument("--only", nargs="+", choices=list(ALL), default=list(ALL), help="these servers")
    parser.add_argument("--json", type=Path, default=REPORT, help="where to write all that was found (%(default)s)")
    parser.add_argument("--cores", default="0,1", help="of the server and of the load generator (%(default)s)")
    return parser.parse_args()


def main() -> int:
    """Measure, print the table, write the JSON; 1 when our server failed, 2 when nothing can be measured here."""
    given = arguments()
    cores = Cores(*(int(core) for core in given.cores.split(",")))
    if cores.server == cores.swarm or not {cores.server, cores.swarm} <= os.sched_getaffinity(0):
        tell("this wants two cores, one for the server and one for the load generator")
        return 2
    try:
        build_swarm()
    except NoCompiler as reason:
        tell(str(reason))
        return 2
    # This process sleeps nearly always; what it does is not to be done on the server's core.
    os.sched_setaffinity(0, {cores.swarm})
    sizes = QUICK if given.quick else FULL
    if given.rounds:
        sizes = msgspec.structs.replace(sizes, rounds=given.rounds)
    minutes = given.minutes or (2 if given.quick else 12)
    began = time.monotonic()
    contenders, left_out = gather(given.only)
    tallies = asyncio.run(run(contenders, sizes, cores, minutes * 60, tell))
    found = Comparison(
        machine=machine(),
        sizes=sizes,
        versions={contender.name: contender.versions for contender in contenders},
        left_out=left_out,
        tallies=tallies,
        medians={name: tally.medians() for name, tally in tallies.items()},
        took_s=round(time.monotonic() - began, 1),
    )
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    print(table(found))
    print()
    on = found.machine
    print(f"{on.cpu}, {on.cores} cores, {on.memory_gb} GB, Linux {on.kernel}, {on.date}; {found.took_s:.0f} s")
    for name, versions in found.versions.items():
        print(f"{name}: {', '.join(f'{what} {version}' for what, version in versions.items()) or 'C'}")
    for note in notes(found):
        print(note)
    tell(f"written: {given.json}")
    return 1 if SUBJECT in tallies and tallies[SUBJECT].failures else 0


if __name__ == "__main__":
    sys.exit(main())
