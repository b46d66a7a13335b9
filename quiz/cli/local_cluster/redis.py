"""Redis, with a file it appends every change to."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.part import Part
from quiz.cli.local_cluster.process import Command
from quiz.cli.local_cluster.sweeper import Sweeper


class Redis(Part):
    """One Redis server on 127.0.0.1, that wants a password: whoever may publish there can speak to all players."""

    def __init__(self, home: Home, sweeper: Sweeper, program: Path, port: int, password: str) -> None:
        super().__init__("redis", home, sweeper)
        self._program = program
        self._port = port
        self._password = password
        self._data = home.data / "redis"

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self._port}/0"

    async def prepare(self) -> None:
        self._data.mkdir(mode=0o700, exist_ok=True)
        # In a file, as everybody on the machine can read the arguments of a process.
        config = self._config()
        config.touch(mode=0o600)
        config.write_text(
            "\n".join(
                (
                    "bind 127.0.0.1",
                    f"port {self._port}",
                    f"requirepass {self._password}",
                    "dir .",
                    "appendonly yes",
                    "appendfsync everysec",
                    'save ""',
                    "tcp-backlog 1024",
                )
            )
            + "\n",
            encoding="utf-8",
        )

    def command(self) -> Command:
        return Command(
            arguments=(str(self._program), str(self._config())),
            log=self.log,
            folder=self._data,
            orphaned=self.stop_signal,
        )

    async def is_ready(self, pid: int) -> bool:
        del pid
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            return False
        try:
            writer.write(f"AUTH {self._password}\r\nPING\r\n".encode())
            # While it reads its file it answers to PING that it is loading.
            return await reader.readline() == b"+OK\r\n" and await reader.readline() == b"+PONG\r\n"
        except ConnectionError:
            return False
        finally:
            writer.close()

    def forget(self) -> None:
        """Throw away what it has on disk. It must not run."""
        shutil.rmtree(self._data, ignore_errors=True)

    def _config(self) -> Path:
        return self.home.run / "redis.conf"
