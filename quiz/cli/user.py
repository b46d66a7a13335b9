"""`quiz user`: quiz masters."""

from __future__ import annotations

import getpass
import secrets
import sys
from typing import Annotated

import typer
from rich.console import Console

from quiz.cli.first_start import use_cases
from quiz.cli.settings import fail, run, settings_or_exit
from quiz.config import Settings
from quiz.domain.ids import UserId

app = typer.Typer(no_args_is_help=True)
console = Console(highlight=False)


@app.callback()
def user() -> None:
    """Quiz masters."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What they sign in with.")],
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from a pipe.")] = False,
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it.")] = False,
) -> None:
    """Add a quiz master. Without an option the password is asked for, or made and printed where nobody can be asked."""
    settings = settings_or_exit()
    made = None
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif generate or not sys.stdin.isatty():
        password = made = secrets.token_urlsafe(9)
    else:
        password = getpass.getpass(f"Password of {name}: ")
        if getpass.getpass("Once more: ") != password:
            fail("The two passwords differ; nobody was added.")
    if run(_add(settings, name, password)) is None:
        fail(f"There is a quiz master {name!r} already.")
    console.print(f"Added {name}." + (f" Password, shown this once: {made}" if made else ""), markup=False)


async def _add(settings: Settings, name: str, password: str) -> UserId | None:
    async with use_cases(settings) as services:
        return await services.accounts.add(name, password)
