"""A node: `quiz serve` on a port of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from typing import ClassVar, Final

import aiohttp

from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.part import Part
from quiz.cli.local_cluster.process import Command
from quiz.cli.local_cluster.sweeper import Sweeper

_ASK: Final = aiohttp.ClientTimeout(total=5)


def quiz(*arguments: str) -> tuple[str, ...]:
    """What runs the `quiz` command in this environment."""
    return (sys.executable, "-m", "quiz.cli.main", *arguments)


class Node(Part):
    """One node; clients reach it through nginx, tests also by `url`."""

    # It takes leave of its clients, and answers what is under way.
    stop_within_s: ClassVar[float] = 30
    ready_within_s: ClassVar[float] = 60

    def __init__(self, name: str, home: Home, sweeper: Sweeper, port: int, environment: Mapping[str, str]) -> None:
        super().__init__(name, home, sweeper)
        self.port = port
        self.address = f"127.0.0.1:{port}"
        self.url = f"http://{self.address}"
        self._environment = dict(environment)

    def command(self) -> Command:
        arguments = quiz("serve", "--host", "127.0.0.1", "--port", str(self.port))
        return Command(arguments=arguments, log=self.log, environment=self._environment)

    async def is_ready(self, pid: int) -> bool:
        del pid
        try:
            async with aiohttp.ClientSession(timeout=_ASK) as http, http.get(f"{self.url}/readyz") as reply:
                return reply.status == 200
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError):
            return False
