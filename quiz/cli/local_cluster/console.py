"""What a person at a terminal reads of a local cluster."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from quiz.cli.local_cluster.events import (
    CannotStart,
    Event,
    PartDied,
    PartFailed,
    PartReady,
    PartStopped,
    TablesReady,
)
from quiz.cli.local_cluster.local_cluster import LocalCluster
from quiz.game.welcome import ADMIN

_COLUMN = 11


class Narrator:
    """Prints what happens, a line for each event."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def tell(self, event: Event) -> None:
        """Print one event."""
        match event:
            case PartReady(name, pid, took_s):
                self._line("green", "ready", name, f"in {took_s:.1f} s, process {pid}")
            case TablesReady(took_s):
                self._line("green", "ready", "tables", f"in {took_s:.1f} s")
            case PartStopped(name, took_s):
                self._line("dim", "stopped", name, f"in {took_s:.1f} s")
            case PartFailed(name, reason, again_in_s):
                self._line("red", "failed", name, f"{reason}; once more in {again_in_s:g} s")
            case PartDied(name, status, last_lines, again_in_s):
                again = "left as it is" if again_in_s is None else f"starting it again in {again_in_s:g} s"
                self._line("red", "died", name, f"{_how(status)}; {again}")
                self._quote(last_lines)

    def welcome(self, cluster: LocalCluster) -> None:
        """Print where everything is, once all of it serves."""
        url, say = cluster.url, self._console.print
        say(f"\n  Players join at  [bold]{url}/[/bold]")
        say(f"  Hosts sign in at [bold]{url}/host[/bold]")
        password = cluster.secrets.admin_password
        how = "the password you chose" if password is None else f"password [bold]{escape(password)}[/bold]"
        say(f"  Sign in as [bold]{ADMIN}[/bold] with {how}\n")
        say(self._parts(cluster))
        say(f"\n  Logs are in {escape(str(cluster.home.logs))}. Ctrl-C stops everything.\n")

    def failure(self, failed: CannotStart) -> None:
        """Print why it does not start."""
        self._line("red", "failed", failed.name, failed.reason)
        self._quote(failed.last_lines)

    def _parts(self, cluster: LocalCluster) -> Table:
        table = Table("part", "process", "address", box=None, padding=(0, 2))
        addresses = {"nginx": cluster.url, **cluster.node_urls}
        for name, pid in cluster.pids.items():
            table.add_row(name, str(pid), addresses.get(name, ""))
        return table

    def _line(self, style: str, state: str, name: str, more: str) -> None:
        self._console.print(f"  [{style}]{state:8}[/] {name:{_COLUMN}} {escape(more)}")

    def _quote(self, lines: list[str]) -> None:
        for line in lines:
            self._console.print(f"    [dim]│ {escape(line)}[/dim]")


def _how(status: int) -> str:
    return f"signal {-status}" if status < 0 else f"status {status}"
