"""A whole run: a cluster, and game after game on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import aiohttp
from msgspec import Struct

from tests.chaos.database import clock_offset_ms
from tests.chaos.desk import Desk
from tests.chaos.game import Played, play
from tests.chaos.report import Report, report
from tests.chaos.schedule import Game, plan
from tests.chaos.stage import PASSWORD, stage

_TICK_S: Final = 0.05


class Options(Struct, frozen=True, kw_only=True):
    """What to run. `only` plays one game of the plan; `keep` is where the cluster's data and logs stay."""

    seed: int
    rounds: int = 50
    players: int = 300
    nodes: int = 3
    only: int | None = None
    keep: Path | None = None


async def run(options: Options, tell: Callable[[str], None]) -> Report:
    """Play all games and sum them up.

    Args:
        tell: is given a line now and then.
    """
    began, games = time.monotonic(), _games(options)
    played: list[Played] = []
    async with _hiccups() as hiccups, stage(options.nodes, options.keep) as on, _http() as http:
        clock_ahead_ms = await clock_offset_ms(on.dsn)
        desk = Desk(on.url)
        await desk.sign_in(PASSWORD)
        tell(f"seed {options.seed}: {on.describe()} after {time.monotonic() - began:.1f} s")
        for game in games:
            await on.back_to(options.nodes)
            done = await play(on, http, desk, game, options.players)
            played.append(done)
            for line in _lines(done):
                tell(line)
        for error, times in on.errors().most_common():
            tell(f"logged as an error {times} times: {error}")
        for death in on.deaths:
            tell(f"died by itself: {death}")
    return report(
        played,
        seed=options.seed,
        asked_rounds=sum(len(game.rounds) for game in games),
        players=options.players,
        nodes=options.nodes,
        seconds=time.monotonic() - began,
        at=datetime.now(UTC).strftime("%Y-%m-%d"),
        hiccup_ms=round(max(hiccups, default=0.0) * 1000),
        clock_ahead_ms=clock_ahead_ms,
    )


def _games(options: Options) -> list[Game]:
    games = plan(options.seed, options.rounds)
    return games if options.only is None else [game for game in games if game.number == options.only]


def _lines(done: Played) -> list[str]:
    lines = [f"game {done.game.number}: clients by node {done.spread}, settled after {done.settled_s:.1f} s"]
    for round_ in done.rounds:
        step = "never" if round_.in_step_s is None else f"{round_.in_step_s:.1f} s"
        lines.append(
            f"  round {round_.number:2}: {round_.fault.value} ({round_.victim}), {round_.counts.reconnects} reconnects,"
            f" {round_.counts.retries} retries, {round_.counts.queued} queued, {round_.counts.refused} too late,"
            f" in step after {step}"
        )
    return lines + [
        f"  BROKEN question {finding.question or '–'}: {finding.promise}: {finding.what}" for finding in done.findings
    ]


@asynccontextmanager
async def _http() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=60)) as http:
        yield http


@asynccontextmanager
async def _hiccups() -> AsyncIterator[list[float]]:
    """Collects by how much the event loop is late, in seconds: what it adds to every time that is measured here."""
    late: list[float] = []

    async def watch() -> None:
        worst = 0.0
        while True:
            before = time.monotonic()
            await asyncio.sleep(_TICK_S)
            if (behind := time.monotonic() - before - _TICK_S) > worst:
                worst = behind
                late.append(behind)

    watching = asyncio.create_task(watch())
    try:
        yield late
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
