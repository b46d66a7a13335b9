"""`quiz serve`: one node."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console

from quiz.app import Node, NotDurable, SchemaBehind, is_alone, running
from quiz.cli.first_start import sign_in
from quiz.cli.settings import fail, settings_or_exit
from quiz.config import Settings
from quiz.game.errors import Refused, Unavailable
from quiz.observe.logs import set_up_logs

console = Console(highlight=False, soft_wrap=True)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 picks a free one.")] = 8000,
) -> None:
    """One node. Ctrl-C or SIGTERM ends it after calls under way are answered."""
    settings = settings_or_exit()
    set_up_logs(
        settings.log_level,
        json=not sys.stderr.isatty() if settings.log_json is None else settings.log_json,
        node=None if is_alone(settings) else settings.node_name,
    )
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings, host, port))
    except OSError as error:
        fail(f"Cannot listen on {host}:{port}: {error.strerror or error}.")
    except (NotDurable, SchemaBehind, Unavailable) as error:
        fail(str(error))
    except Refused as refused:
        fail(f"QUIZ_ADMIN_PASSWORD: {refused.message}")


async def _serve(settings: Settings, host: str, port: int) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with running(settings, host, port) as node:
        _greet(node)
        _spare_the_collector()
        await stop.wait()


def _spare_the_collector() -> None:
    """Let garbage be looked for seldom.

    Nearly all that a node allocates for its clients is let go of by count. What it holds for thousands of them is no
    garbage, and a collection that looks through all of it keeps everybody waiting.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _greet(node: Node) -> None:
    console.print(f"\n  Players join at  [bold]{node.url}/[/bold]")
    console.print(f"  Hosts sign in at [bold]{node.url}/host[/bold]")
    if node.welcome is not None:
        console.print(f"\n  {sign_in(node.welcome)}")
    console.print()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not made for every system
        return None
    return uvloop.new_event_loop
