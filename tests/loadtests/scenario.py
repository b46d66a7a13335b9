"""A load test against a real node: locust as a process of its own, as people run it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import aiohttp
import msgspec
from msgspec import Struct

from tests.node.processes import Server
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "correct horse"
PATIENCE_S = 40.0


class Line(Struct):
    """A line of locust's statistics."""

    name: str
    num_requests: int
    num_failures: int


class Seen:
    """What has come of a load so far, as the node itself knows it."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def rows(self, table: str) -> int:
        """How many rows the database has."""
        with closing(sqlite3.connect(f"file:{self._server.folder / 'quiz.db'}?mode=ro", uri=True)) as database:
            return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608

    async def metric(self, beginning: str) -> float:
        """The sum of all samples whose line begins so."""
        async with aiohttp.ClientSession() as http, http.get(f"{self._server.url}/metrics") as reply:
            lines = (await reply.text()).splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(beginning))


@asynccontextmanager
async def node(folder: Path) -> AsyncIterator[Server]:
    """`quiz serve` on SQLite."""
    async with Server(folder, PASSWORD) as server:
        yield server


async def run(name: str, server: Server, done: Callable[[Seen], Awaitable[bool]], *options: str) -> dict[str, Line]:
    """Run a scenario until `done`, end it as Ctrl-C does, and give its statistics by name."""
    command = [sys.executable, "-m", "locust", "-f", f"loadtests/{name}.py", "--host", server.url, *options]
    process = await asyncio.create_subprocess_exec(
        *command,
        *("--headless", "--json", "--stop-timeout", "0"),
        cwd=ROOT,
        env={**os.environ, "LOADTEST_PASSWORD": PASSWORD},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    # Read meanwhile: a full pipe would hold it up.
    output = asyncio.create_task(process.communicate())
    seen = Seen(server)

    async def look() -> bool:
        assert process.returncode is None, (await output)[1].decode()
        return await done(seen)

    try:
        await until(look, PATIENCE_S)
    finally:
        if process.returncode is None:
            process.terminate()
        said, errors = await output
    assert process.returncode == 0, errors.decode()
    return {line.name: line for line in msgspec.json.decode(said, type=list[Line])}
