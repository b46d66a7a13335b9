"""nginx before the nodes, with the configuration that compose uses too."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar, Final

from quiz.cli.local_cluster.events import CannotStart
from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.part import Part
from quiz.cli.local_cluster.ports import is_free
from quiz.cli.local_cluster.process import Command, descendants, run_to_end
from quiz.cli.local_cluster.sweeper import Sweeper

_ROOM: Final = Path(__file__).parent
_IN_WHEEL: Final = _ROOM / "nginx_conf"
_IN_CHECKOUT: Final = _ROOM.parents[2] / "deploy" / "nginx"
_LOOK_S: Final = 0.02
_RELOAD_S: Final = 10.0
_CHECK_S: Final = 10.0


class Nginx(Part):
    """One nginx, listening on `host` and `port`."""

    # Graceful: it listens no more at once, and ends when the last connection did.
    stop_signal: ClassVar[signal.Signals] = signal.SIGQUIT
    stop_within_s: ClassVar[float] = 5

    def __init__(self, home: Home, sweeper: Sweeper, program: Path, host: str, port: int) -> None:
        super().__init__("nginx", home, sweeper)
        self._program = program
        self._host = host
        self._port = port
        self._listen = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self._folder = home.run / "nginx"
        self._nodes: tuple[str, ...] = ()
        self._reloading = asyncio.Lock()

    def check_address(self) -> None:
        """Look whether it will be able to listen, which is better known before everything else has been started.

        Raises:
            CannotStart: it will not.
        """
        try:
            free = is_free(self._host, self._port)
        except OSError as error:
            raise CannotStart(self.name, f"cannot listen on {self._listen}: {error.strerror or error}") from None
        if not free:
            raise CannotStart(self.name, f"cannot listen on {self._listen}: something else does; try another port")

    async def prepare(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        for file in configuration().glob("*.conf"):
            shutil.copyfile(file, self._folder / file.name)
        # Without `reuseport`, which would let another cluster listen on the same port unnoticed.
        (self._folder / "listen.conf").write_text(f"listen {self._listen} backlog=4096;\n", encoding="ascii")
        self._write_nodes()

    def command(self) -> Command:
        # Workers of root would become somebody who may not enter the folder.
        main = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        return self._run("-g", main)

    async def is_ready(self, pid: int) -> bool:
        # Written when it listens. Whoever else listens on that port writes none.
        try:
            return (self._folder / "nginx.pid").read_text(encoding="ascii").strip() == str(pid)
        except FileNotFoundError:
            return False

    def set_nodes(self, addresses: Iterable[str]) -> None:
        """Say where the nodes are, as `127.0.0.1:8001`; it takes a `reload` to make it so."""
        self._nodes = tuple(addresses)

    async def reload(self) -> None:
        """Read the configuration again, and wait until only new workers take clients; old ones keep their sockets.

        Raises:
            CannotStart: the configuration does not hold, or nginx does not run. The old one stays in force.
        """
        async with self._reloading:
            self._write_nodes()
            if self.pid is None or self.process is None:
                raise CannotStart(self.name, "does not run")
            if await run_to_end(self._run("-t", "-q"), self.sweeper, _CHECK_S) != 0:
                raise CannotStart(self.name, "does not take its configuration", self.last_lines())
            await self.take_over()

    async def take_over(self) -> None:
        """As `reload`, with the files as they lie there."""
        if self.process is None:
            raise CannotStart(self.name, "does not run")
        before = self.workers()
        self.process.send(signal.SIGHUP)
        until = time.monotonic() + _RELOAD_S
        while not (now := self.workers()) - before or any(map(_takes_clients, now & before)):
            if time.monotonic() > until:
                raise CannotStart(self.name, f"has not reloaded within {_RELOAD_S:g} s", self.last_lines())
            await asyncio.sleep(_LOOK_S)

    def workers(self) -> set[int]:
        """The processes that serve, among them those that only finish what they began before a reload."""
        return set(descendants(self.pid)) if self.pid is not None else set()

    def _run(self, *arguments: str) -> Command:
        where = ("-p", str(self._folder), "-c", str(self._folder / "nginx.conf"))
        return Command(
            arguments=(str(self._program), *where, *arguments),
            log=self.log,
            folder=self._folder,
            orphaned=signal.SIGTERM,
        )

    def _write_nodes(self) -> None:
        for name, failures in (("nodes.conf", "max_fails=2 fail_timeout=2s"), ("socket_nodes.conf", "max_fails=0")):
            servers = (f"server {address} {failures};\n" for address in self._nodes)
            # An upstream without a server is refused; this one answers that no node is there.
            (self._folder / name).write_text("".join(servers) or "server 127.0.0.1:9 down;\n", encoding="ascii")


def _takes_clients(worker: int) -> bool:
    """Whether a worker has not been told yet to take no more."""
    try:
        return b"shutting down" not in Path(f"/proc/{worker}/cmdline").read_bytes()
    except OSError:
        return False


def configuration() -> Path:
    """The folder with nginx.conf and what it includes."""
    return _IN_WHEEL if _IN_WHEEL.is_dir() else _IN_CHECKOUT
