"""`quiz cluster` as a process of its own, and what is left of it."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it ships no types

from quiz.cli.local_cluster.home import PREFIX
from tests.waiting import until

START_S = 60.0
STOP_S = 40.0


class ClusterCommand:
    """The command, its output so far, and a folder for temporary files that nobody else uses."""

    def __init__(self, process: asyncio.subprocess.Process, mark: str, temporary: Path, keep: Path | None) -> None:
        self.process = process
        self.output = ""
        self._mark = mark
        self._temporary = temporary
        self._folders = [temporary] if keep is None else [temporary, keep]
        self._family: set[psutil.Process] = set()

    async def says(self, what: str) -> str:
        """Read on until a line that matches `what`; gives the first group of the match."""
        assert self.process.stdout is not None
        async with asyncio.timeout(START_S):
            while not (found := re.search(what, self.output)):
                line = await self.process.stdout.readline()
                assert line, f"It ended without a word of {what!r}:\n{self.output}"
                self.output += line.decode()
        return str(found.group(1))

    async def end(self, number: signal.Signals) -> int:
        """Send a signal; gives the exit status."""
        self.processes()
        self.process.send_signal(number)
        async with asyncio.timeout(STOP_S):
            rest, _ = await self.process.communicate()
        self.output += rest.decode()
        assert self.process.returncode is not None
        return self.process.returncode

    async def nothing_left(self) -> bool:
        """Whether all processes end that it started, and its temporary folder goes."""

        async def look() -> bool:
            return not self.processes() and not list(self._temporary.glob(f"{PREFIX}*"))

        return await until(look, STOP_S)

    def processes(self) -> list[psutil.Process]:
        """All processes of this command, itself among them: by their family, their environment or where they work.

        Each alone is not enough: orphans have no family, servers write over their environment to show what they do.
        """
        with suppress(psutil.NoSuchProcess):
            command = psutil.Process(self.process.pid)
            self._family |= {command, *command.children(recursive=True)}
        self._family |= {process for process in psutil.process_iter() if self._is_ours(process)}
        return [process for process in self._family if _lives(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            return process.environ().get("CLUSTER_TEST") == self._mark or any(
                Path(process.cwd()).is_relative_to(folder) for folder in self._folders
            )
        return False


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    return False


@asynccontextmanager
async def quiz_cluster(nodes: int, keep: Path | None = None) -> AsyncIterator[ClusterCommand]:
    """The command, just started; killed at the end if it still runs."""
    arguments = ("--nodes", str(nodes), *(("--keep", str(keep)) if keep is not None else ()))
    mark = secrets.token_hex(8)
    # Not the test's own: paths of Unix sockets must be short.
    temporary = Path(tempfile.mkdtemp(prefix="quiz-test-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("QUIZ_", "DATABASE_"))}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "quiz.cli.main", "cluster", "--port", "0", *arguments),
        env={**environment, "CLUSTER_TEST": mark, "TMPDIR": str(temporary), "PYTHONUNBUFFERED": "1"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    command = ClusterCommand(process, mark, temporary, keep)
    try:
        yield command
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()
            await command.nothing_left()
        shutil.rmtree(temporary, ignore_errors=True)


def shared_memory(creator: int) -> list[str]:
    """The System V segments that a process made and left."""
    lines = Path("/proc/sysvipc/shm").read_text(encoding="ascii").splitlines()[1:]
    return [line for line in lines if line.split()[4] == str(creator)]
