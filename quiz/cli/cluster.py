"""`quiz cluster`: PostgreSQL, Redis, nginx and nodes on this machine."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from quiz.cli.local_cluster.console import Narrator
from quiz.cli.local_cluster.events import CannotStart
from quiz.cli.local_cluster.home import BadHome
from quiz.cli.local_cluster.local_cluster import LocalCluster
from quiz.cli.local_cluster.wheels import MissingWheels
from quiz.cli.settings import fail

console = Console(highlight=False, soft_wrap=True)


def cluster(
    nodes: Annotated[int, typer.Option(min=1, max=64, help="How many nodes.")] = 3,
    host: Annotated[str, typer.Option(help="Address nginx listens on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port nginx listens on; 0 picks a free one.")] = 8000,
    keep: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Folder for data and logs, which stays; otherwise nothing does."),
    ] = None,
) -> None:
    """PostgreSQL, Redis, nginx and nodes on this machine. Ctrl-C or SIGTERM stops all of it; a second one at once."""
    try:
        ended_well = asyncio.run(_run(nodes, host, port, keep))
    except (MissingWheels, BadHome) as error:
        fail(str(error))
    except OSError as error:
        fail(f"The cluster has no place to live: {error}.")
    if not ended_well:
        raise typer.Exit(1)


async def _run(nodes: int, host: str, port: int, keep: Path | None) -> bool:
    """Run until a signal comes; whether it got as far as that."""
    stop, hurry = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        (hurry if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, on_signal)
    narrator = Narrator(console)
    local = LocalCluster(nodes, host=host, port=port, keep=keep, tell=narrator.tell)
    try:
        return await _serve(local, narrator, stop)
    finally:
        stop.set()
        hurrying = asyncio.create_task(_kill_when(hurry, local))
        await local.stop()
        hurrying.cancel()


async def _kill_when(hurry: asyncio.Event, local: LocalCluster) -> None:
    await hurry.wait()
    local.kill_all()


async def _serve(local: LocalCluster, narrator: Narrator, stop: asyncio.Event) -> bool:
    starting, stopping = asyncio.create_task(local.start()), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await starting
            narrator.welcome(local)
            await stopping
    except CannotStart as failed:
        narrator.failure(failed)
        return False
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)
    console.print("\n  Stopping; Ctrl-C once more to end it at once.\n")
    return True
