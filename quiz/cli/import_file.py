"""`quiz import`: a quiz out of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, get_args

import typer
from rich.console import Console

from quiz.cli.first_start import use_cases
from quiz.cli.settings import fail, run, settings_or_exit
from quiz.config import Settings
from quiz.domain.problems import counted
from quiz.domain.validation import InvalidQuiz
from quiz.formats.registry import FormatName, guess_format
from quiz.game.errors import Refused
from quiz.game.library import ImportedQuiz
from quiz.game.welcome import ADMIN

console = Console(highlight=False, markup=False, soft_wrap=True)


def import_file(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="The quiz file.")],
    format_: Annotated[
        str | None, typer.Option("--format", help=f"One of {', '.join(get_args(FormatName))}; guessed if not given.")
    ] = None,
    title: Annotated[
        str | None, typer.Option(help="What to call the quiz; the file's own title or name if not given.")
    ] = None,
    owner: Annotated[str, typer.Option(help="The quiz master it is for.")] = ADMIN,
) -> None:
    """Add a quiz from a file; tells what was skipped and why."""
    settings = settings_or_exit()
    data = file.read_bytes()
    format_name = format_ or guess_format(file.name, data)
    if format_name is None:
        fail(f"{file.name} does not look like any format that is known here; name it with --format.")
    imported = run(_import(settings, owner, data, str(format_name), title or _title(file)))
    for skipped in imported.skipped:
        console.print(f"line {skipped.line}: {skipped.reason}")
    questions = counted(imported.imported, "question")
    console.print(f"Imported {questions} as quiz {imported.id}, skipped {len(imported.skipped)}.")


async def _import(settings: Settings, owner: str, data: bytes, format_name: str, title: str | None) -> ImportedQuiz:
    async with use_cases(settings) as services:
        user = await services.accounts.named(owner)
        if user is None:
            raise Refused("not_found", f"There is no quiz master {owner!r}; `quiz user add` makes one.")
        try:
            return await services.library.import_file(user, data, format_name, title)
        except InvalidQuiz as invalid:
            raise Refused("invalid", str(invalid)) from None


def _title(file: Path) -> str | None:
    return file.stem.replace("-", " ").replace("_", " ").strip().title() or None
