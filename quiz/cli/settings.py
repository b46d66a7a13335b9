"""Settings for commands: read, or explained and out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import NoReturn, TypeVar

import typer
from rich.console import Console

from quiz.app import SchemaBehind
from quiz.config import BadSettings, Settings, read_settings
from quiz.game.errors import Refused, Unavailable

T = TypeVar("T")

errors = Console(stderr=True)


def settings_or_exit() -> Settings:
    """The settings of the environment; a mistake in them ends the command with a line that says what to change."""
    try:
        return read_settings()
    except BadSettings as bad:
        fail(str(bad))


def fail(message: str) -> NoReturn:
    """End the command with a message and exit status 1."""
    errors.print(f"[red]{message}", highlight=False)
    raise typer.Exit(1)


def run(work: Coroutine[None, None, T]) -> T:
    """Run a command's work; refusals and outages end it with their message."""
    try:
        return asyncio.run(work)
    except Refused as refused:
        fail(refused.message)
    except (BadSettings, SchemaBehind, Unavailable) as error:
        fail(str(error))
