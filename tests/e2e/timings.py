"""Measures the pages on a slow phone: `python -m tests.e2e.timings [--runs N]`, or `make page-timings`.

The network is a slow 3G, 400 ms to answer and 400 kbit/s; the processor is slowed down four times. Prints a Markdown
table of medians and writes all samples to build/page-timings.json.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Final

import aiohttp
from playwright.async_api import Browser, Page

from tests.e2e.answering import ALL_TYPES
from tests.e2e.backstage import PASSWORD, Backstage, Game
from tests.e2e.browsing import LAPTOP, PHONE, PROJECTOR, find_chromium, running_chromium
from tests.e2e.slow_phone import BYTES_PER_S, ROUND_TRIP_MS, SLOWER, SlowPhone
from tests.node.people import Api
from tests.node.processes import Server

REPORT: Final = Path(__file__).parents[2] / "build" / "page-timings.json"
CROWD: Final = 30
"""Players without a page, so that standings and the lobby have something to draw."""

Samples = dict[str, list[float]]


async def first_loads(browser: Browser, url: str, game: Game, samples: Samples) -> None:
    """What each page loads before it is ready, bytes as they come over the wire."""
    pages = (
        ("player", "/", PHONE, "#pin"),
        ("player, by link", f"/{game.pin}", PHONE, "#nickname"),
        ("host", "/host", LAPTOP, "#username"),
        ("screen", game.screen_path, PROJECTOR, "main[data-phase=lobby]"),
    )
    for name, path, size, ready in pages:
        phone = await SlowPhone.switch_on(browser, url, size, slow_network=False)
        await phone.page.goto(path, wait_until="load")
        await phone.page.locator(ready).wait_for()
        samples[f"first load, {name} (kB)"].append(phone.bytes / 1000)
        await phone.context.close()


async def joining(browser: Browser, url: str, game: Game, nickname: str, samples: Samples) -> None:
    """From the bare address to a seat, without the time that typing takes."""
    phone = await SlowPhone.switch_on(browser, url, PHONE, slow_network=True)
    await phone.page.goto("/", wait_until="commit")
    samples["usable PIN field (ms)"].append(await phone.mark("pin"))
    await phone.page.locator("#pin").fill(game.pin)
    asked = await phone.now()
    await phone.page.keyboard.press("Enter")
    found = await phone.mark("nickname") - asked
    await phone.page.locator("#nickname").fill(nickname)
    joined = await phone.now()
    await phone.page.keyboard.press("Enter")
    seated = await phone.mark("lobby") - joined
    samples["loaded until seated, player (kB)"].append(phone.bytes / 1000)
    samples["from PIN to nickname field (ms)"].append(found)
    samples["from nickname to seat (ms)"].append(seated)
    samples["from PIN to seat (ms)"].append(found + seated)
    await phone.context.close()


async def redrawing(browser: Browser, url: str, backstage: Backstage, samples: Samples) -> None:
    """A whole game on a player's page, a screen and a console."""
    game = await backstage.game(ALL_TYPES)
    crowd = await game.seat(*(f"Player {number}" for number in range(CROWD)))
    phone = await SlowPhone.switch_on(browser, url, PHONE, slow_network=False)
    await phone.page.goto(f"/{game.pin}")
    await phone.page.locator("#nickname").fill("Ada")
    await phone.page.keyboard.press("Enter")
    screen = await SlowPhone.switch_on(browser, url, PROJECTOR, slow_network=False)
    await screen.page.goto(game.screen_path)
    viewers = {"player": phone.page, "screen": screen.page}
    for page in viewers.values():
        await page.locator("main[data-phase=lobby]").wait_for()
        await page.evaluate("() => redraws.splice(0)")
    await game.does("start")
    for _ in range(6):
        await _reach(viewers, "question")
        for player in crowd[: CROWD // 2]:
            await player.answer(1, [1])
        await game.does("close")
        await _reach(viewers, "reveal")
        await game.does("next")
        await _reach(viewers, "standings")
        await game.does("next")
    await _reach(viewers, "finished")
    for who, page in viewers.items():
        for redraw in await page.evaluate("() => redraws"):
            if redraw["event"] in ("question", "reveal", "standings"):
                samples[f"{redraw['event']} drawn, {who} (ms)"].append(redraw["ms"])
        await page.context.close()
    await game.go_home()


async def _reach(viewers: dict[str, Page], phase: str) -> None:
    for page in viewers.values():
        await page.locator(f"main[data-phase={phase}]").wait_for()


async def measure(runs: int, program: str) -> Samples:
    """All samples, by what was measured."""
    samples: Samples = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="quiz-timings-") as folder:
        async with (
            Server(Path(folder), PASSWORD) as server,
            aiohttp.ClientSession() as http,
            running_chromium(program) as browser,
            Backstage(await Api(http, server.url).sign_in(PASSWORD)).open() as backstage,
        ):
            game = await backstage.game(ALL_TYPES)
            for number in range(runs):
                sys.stderr.write(f"run {number + 1} of {runs}\n")
                await first_loads(browser, server.url, game, samples)
                await joining(browser, server.url, game, f"Ada {number}", samples)
                await redrawing(browser, server.url, backstage, samples)
    return samples


def table(samples: Samples) -> str:
    """Medians, and the extremes beside them."""
    lines = ["| what | median | least | most | samples |", "|---|---:|---:|---:|---:|"]
    for what, values in samples.items():
        middle, least, most = (f"{value:,.1f}" for value in (statistics.median(values), min(values), max(values)))
        lines.append(f"| {what} | {middle} | {least} | {most} | {len(values)} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="how often everything is measured")
    asked = parser.parse_args()
    program = find_chromium()
    if program is None:
        sys.stderr.write("There is no Chromium on this machine: apt install chromium\n")
        return 1
    samples = asyncio.run(measure(asked.runs, program))
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    conditions = {"round_trip_ms": ROUND_TRIP_MS, "bytes_per_s": BYTES_PER_S, "cpu_slower": SLOWER, "runs": asked.runs}
    REPORT.write_text(json.dumps({"conditions": conditions, "samples": samples}, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(table(samples) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
