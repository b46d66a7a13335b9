"""PostgreSQL, reached over a Unix socket."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import quote

from quiz.cli.local_cluster.events import CannotStart
from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.part import Part
from quiz.cli.local_cluster.process import Command, run_to_end
from quiz.cli.local_cluster.sweeper import Sweeper

_ROLE: Final = "quiz"
_DATABASE: Final = "postgres"
"""The one that is there from the start."""
_INITDB_S: Final = 60.0
_ASK_S: Final = 5.0
_CONNECTIONS: Final = 500
_NOT_ROOT: Final = "nobody"
"""Who runs it when root starts the cluster: PostgreSQL refuses to be root."""


class PostgreSql(Part):
    """One PostgreSQL server.

    Args:
        programs: the folder with `postgres`, `initdb` and `pg_isready`.
    """

    # Fast shutdown: it cuts its clients off, writes what has to be written, and gives its shared memory back.
    stop_signal: ClassVar[signal.Signals] = signal.SIGINT
    stop_within_s: ClassVar[float] = 30

    def __init__(self, home: Home, sweeper: Sweeper, programs: Path) -> None:
        super().__init__("postgresql", home, sweeper)
        self._programs = programs
        self._data = home.data / "postgresql"
        self._sockets = home.run / "postgresql"
        self._user = _NOT_ROOT if os.geteuid() == 0 else None

    @property
    def url(self) -> str:
        return f"postgresql+asyncpg://{_ROLE}@/{_DATABASE}?host={quote(str(self._sockets))}"

    async def prepare(self) -> None:
        self._own(self._sockets)
        if self._data.exists():
            return
        # Made beside and moved: one that was interrupted is not taken for a whole one.
        made = self._data.with_name("postgresql.new")
        shutil.rmtree(made, ignore_errors=True)
        self._own(made)
        arguments = (str(self._programs / "initdb"), "-D", str(made), "-U", _ROLE, "--auth=trust", "--encoding=UTF8")
        command = Command(arguments=(*arguments, "--no-locale"), log=self.log, user=self._user, folder=made)
        if status := await run_to_end(command, self.sweeper, _INITDB_S):
            raise CannotStart(self.name, f"could not be set up, initdb ended with status {status}", self.last_lines())
        made.rename(self._data)

    def command(self) -> Command:
        settings = {
            "listen_addresses": "",
            # Only who may enter the folder gets to the socket, so nobody needs a password.
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
            "max_connections": str(_CONNECTIONS),
            # In files of its own rather than in the system's shared memory, where a killed server leaves them.
            "dynamic_shared_memory_type": "mmap",
        }
        options = (word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
        return Command(
            arguments=(str(self._programs / "postgres"), "-D", str(self._data), *options),
            log=self.log,
            folder=self._data,
            user=self._user,
            orphaned=self.stop_signal,
        )

    async def is_ready(self, pid: int) -> bool:
        del pid
        asking = (str(self._programs / "pg_isready"), "-q", "-h", str(self._sockets), "-U", _ROLE, "-d", _DATABASE)
        return await run_to_end(Command(arguments=asking, log=self.log), self.sweeper, _ASK_S) == 0

    def _own(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        if self._user is not None:
            shutil.chown(folder, self._user)
