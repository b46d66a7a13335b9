"""`python -m tests.chaos`: bad days, by the dozen."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import sys
from pathlib import Path

import uvloop

from tests.chaos.report import Report, markdown, write
from tests.chaos.run import Options, run


def main() -> int:
    """Run, print the report, and say by the exit status whether all promises were kept."""
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=50, help="faults in all, one a question (50)")
    parser.add_argument("--seed", type=int, default=None, help="decides everything that is left to chance")
    parser.add_argument("--players", type=int, default=300, help="players of each game (300)")
    parser.add_argument("--nodes", type=int, default=3, help="nodes at the start of each game (3)")
    parser.add_argument("--game", type=int, default=None, help="play this game of the plan alone")
    parser.add_argument("--report", type=Path, action="append", default=[], help="write .json or .md; may be repeated")
    parser.add_argument("--keep", type=Path, default=None, help="where data and logs of the cluster stay")
    given = parser.parse_args()
    options = Options(
        seed=secrets.randbelow(1_000_000) if given.seed is None else given.seed,
        rounds=given.rounds,
        players=given.players,
        nodes=given.nodes,
        only=given.game,
        keep=given.keep,
    )
    try:
        done = uvloop.run(_until_stopped(options))
    except asyncio.CancelledError:
        return 130
    sys.stdout.write("\n" + markdown(done))
    for file in given.report:
        write(done, file)
    return 1 if done.broken or done.rounds < done.asked_rounds else 0


async def _until_stopped(options: Options) -> Report:
    task = asyncio.current_task()
    assert task is not None
    for stop in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(stop, task.cancel)
    return await run(options, _say)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
