"""`quiz bots`: fill a session with rehearsal players and say what became of their answers."""

from __future__ import annotations

import asyncio
import secrets
from collections import Counter
from random import Random
from typing import Annotated

import aiohttp
import typer
from rich.console import Console
from rich.table import Table

from quiz.cli.bots.bot import Bot, BotRefused, seat_bots
from quiz.cli.settings import fail

console = Console()


def bots(
    pin: Annotated[str, typer.Option(help="The session's seven digits.")],
    url: Annotated[str, typer.Option(help="Where the service is.")] = "http://127.0.0.1:8000",
    players: Annotated[int, typer.Option(min=1, max=5_000, help="How many bots.")] = 20,
    think: Annotated[float, typer.Option(min=0, help="Longest time to answer, in seconds.")] = 3.0,
    polling: Annotated[bool, typer.Option("--polling", help="Long-polling instead of websockets.")] = False,
    seed: Annotated[int | None, typer.Option(help="Replays the same guesses.")] = None,
) -> None:
    """Rehearsal players that join and answer until the game is over."""
    chosen = secrets.randbelow(2**31) if seed is None else seed
    transports = ("polling",) if polling else ("websocket",)
    dice = [Random(f"{chosen} {number}") for number in range(1, players + 1)]  # noqa: S311  (a seed replays it)
    crowd = [
        Bot(url, pin, f"Bot {number}", random, think_s=think, transports=transports)
        for number, random in enumerate(dice, start=1)
    ]
    console.print(f"{players} bots go to PIN {pin}, seed {chosen}. Ctrl-C sends them home.")
    try:
        asyncio.run(_play(crowd))
    except BotRefused as refused:
        fail(str(refused))
    except (OSError, aiohttp.ClientError) as unreachable:
        fail(f"{url} cannot be reached: {unreachable}")
    except KeyboardInterrupt:
        pass  # sent home early, and reported like the others
    _report(crowd)


async def _play(crowd: list[Bot]) -> None:
    try:
        await seat_bots(crowd)
        console.print("All are seated.")
        await asyncio.gather(*(bot.finished.wait() for bot in crowd))
    finally:
        await asyncio.gather(*(bot.leave() for bot in crowd), return_exceptions=True)


def _report(crowd: list[Bot]) -> None:
    """What the server said about every answer, by question."""
    outcomes = Counter((ack.question, ack.status) for bot in crowd for ack in bot.acks)
    table = Table("Question", "Outcome", "Answers", title="Answers of the bots")
    for (question, status), count in sorted(outcomes.items()):
        table.add_row(str(question), status, str(count))
    console.print(table)
