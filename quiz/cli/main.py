"""The `quiz` command."""

from __future__ import annotations

import typer

from quiz.cli import cluster, import_file, migrate, serve, user
from quiz.cli.bots import command as bots

app = typer.Typer(
    name="quiz",
    help="A live quiz: serve it, fill it, rehearse it. Settings come from the environment, see the README.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.command("serve")(serve.serve)
app.command("cluster")(cluster.cluster)
app.command("migrate")(migrate.migrate)
app.command("import")(import_file.import_file)
app.add_typer(user.app, name="user", help="Quiz masters.")
app.command("bots")(bots.bots)

if __name__ == "__main__":
    app()
