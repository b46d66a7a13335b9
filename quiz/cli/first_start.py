"""What a command says when it was the first on an empty database: how to sign in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.markup import escape

from quiz.app import offline
from quiz.config import Settings
from quiz.game.welcome import Welcome
from quiz.http.services import Services

console = Console(highlight=False, soft_wrap=True)


@asynccontextmanager
async def use_cases(settings: Settings) -> AsyncIterator[Services]:
    """The use cases for a command. What it says of a first start is said before anything else can go wrong.

    Raises:
        SchemaBehind, Unavailable, BadSettings: see `offline`.
    """
    async with offline(settings) as begun:
        if begun.welcome is not None:
            console.print(sign_in(begun.welcome))
        yield begun.services


def sign_in(welcome: Welcome) -> str:
    """How to sign in, for a console that understands markup. A password that was made is shown this once."""
    if welcome.password is None:
        return f"Sign in as [bold]{welcome.name}[/bold] with the password of QUIZ_ADMIN_PASSWORD."
    return (
        f"Sign in as [bold]{welcome.name}[/bold] with password [bold]{escape(welcome.password)}[/bold]\n"
        "  It is shown this once; change it by setting QUIZ_ADMIN_PASSWORD before the first start."
    )
