"""`quiz serve` as a process of its own, to be killed and started again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Self

import aiohttp

START_S = 30.0
STOP_S = 30.0


class Server:
    """One node over a database file; it can be stopped in any way and started again at the same port.

    Args:
        settings: variables of its environment besides those that every test needs.
    """

    def __init__(self, folder: Path, password: str, settings: Mapping[str, str] = MappingProxyType({})) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("QUIZ_", "DATABASE_"))},
            "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'quiz.db'}",
            "QUIZ_ADMIN_PASSWORD": password,
            "QUIZ_DRAIN_SPREAD_S": "1",
            **settings,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it is ready."""
        command = (sys.executable, "-m", "quiz.cli.main", "serve", "--port", str(self.port))
        with (self.folder / "serve.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(*command, env=self._env, stdout=log, stderr=log)
        async with asyncio.timeout(START_S), aiohttp.ClientSession() as http:
            while True:
                assert self._process.returncode is None, self.log()
                with suppress(aiohttp.ClientError):
                    async with http.get(f"{self.url}/readyz") as reply:
                        if reply.status == 200:
                            return
                await asyncio.sleep(0.05)

    async def kill(self) -> None:
        """`kill -9`."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> int:
        """SIGTERM; the exit status."""
        return await self._end(signal.SIGTERM)

    def log(self) -> str:
        return (self.folder / "serve.log").read_text(encoding="utf-8")

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None and self._process.returncode is None:
            await self.kill()

    async def _end(self, how: signal.Signals) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        return await asyncio.wait_for(self._process.wait(), STOP_S)


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
