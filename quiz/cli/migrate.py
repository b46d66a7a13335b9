"""`quiz migrate`: bring the database to the newest schema."""

from __future__ import annotations

from rich.console import Console

from quiz.cli.settings import run, settings_or_exit
from quiz.storage.migrate import migrate as bring_to_head

console = Console(highlight=False)


def migrate() -> None:
    """Bring the database to the newest schema. Safe to run from several places at once."""
    settings = settings_or_exit()
    applied = run(bring_to_head(settings.storage.url))
    console.print(f"Applied: {', '.join(applied)}." if applied else "The database is up to date.")
