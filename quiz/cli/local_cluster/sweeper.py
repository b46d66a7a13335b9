"""The janitor's side of the house: started first, told of every process, let go last."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

from quiz.cli.local_cluster import janitor


class Sweeper:
    """Has a janitor remove `folder` when this process is gone, or before that when it is done.

    It notes which processes there are; `done` must be called in the end.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._janitor: asyncio.subprocess.Process | None = None
        self._pipe = -1

    async def start(self) -> None:
        """Start the janitor."""
        # Not inherited by the parts: the janitor waits until nobody holds this end any more.
        read, self._pipe = os.pipe()
        try:
            self._janitor = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-S",
                janitor.__file__,
                str(self._folder),
                stdin=read,
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(read)

    def note_start(self, pid: int) -> None:
        """A process was started."""
        self._write(f"+{pid}\n")

    def note_end(self, pid: int) -> None:
        """A process has ended and been waited for: its id may come to mean another."""
        self._write(f"-{pid}\n")

    async def done(self) -> None:
        """Have the folder removed, and wait until it is."""
        if self._pipe >= 0:
            os.close(self._pipe)
            self._pipe = -1
        if self._janitor is None:
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            await self._janitor.wait()

    def _write(self, note: str) -> None:
        if self._pipe >= 0:
            with suppress(BrokenPipeError):
                os.write(self._pipe, note.encode())
