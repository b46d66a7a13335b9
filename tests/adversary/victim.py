"""The node under attack: `quiz serve` as a process of its own, and what can be measured of it from outside."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]  # it ships no types

from tests.adversary.raw_http import fetch
from tests.adversary.wire import HOST

PASSWORD: Final = "correct horse"
START_S: Final = 45.0
STOP_S: Final = 15.0
_SERVES: Final = re.compile(rf'"url": "http://{re.escape(HOST)}:(\d+)"')
_GRAVE: Final = ("error", "critical")


class Victim:
    """One node over a database file of its own.

    Args:
        home: a directory that belongs to it alone.
        environ: its settings, besides those that every node here has.
    """

    def __init__(self, home: Path, environ: Mapping[str, str]) -> None:
        self.port = 0
        """Where it listens, once it does."""
        self.token = ""
        """Of the quiz master, once somebody has signed in."""
        self._log = home / "serve.log"
        command = (sys.executable, "-m", "quiz.cli.main", "serve", "--port", "0")
        env = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("QUIZ_", "DATABASE_"))},
            "DATABASE_URL": f"sqlite+aiosqlite:///{home / 'quiz.db'}",
            "QUIZ_ADMIN_PASSWORD": PASSWORD,
            "QUIZ_LOG_FORMAT": "json",
            "QUIZ_DRAIN_SPREAD_S": "0",
            **environ,
        }
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=env, stdout=log, stderr=log)
        self._measured = psutil.Process(self._process.pid)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def wait_until_ready(self) -> None:
        """Return when it takes connections, on a port that it picks itself."""
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline and self._process.poll() is None:
            if (serves := _SERVES.search(self.log())) is not None:
                self.port = int(serves[1])
                return
            time.sleep(0.02)
        raise RuntimeError(f"the node does not start:\n{self.log()[-2000:]}")

    def kill(self) -> None:
        """End it, without waiting for clients that are still there."""
        self._process.kill()
        self._process.wait(STOP_S)

    def log(self) -> str:
        """Everything it has written."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    def errors(self, seen: int) -> list[str]:
        """Lines of its log, after so many characters, that tell of an error or are no log lines at all."""
        # The greeting for people is indented, and may come late.
        fresh = [line for line in self.log()[seen:].splitlines() if line.strip() and not line.startswith("  ")]
        return [line for line in fresh if not line.startswith("{") or json.loads(line)["level"] in _GRAVE]

    def resident_bytes(self) -> int:
        """How much memory it holds."""
        return int(self._measured.memory_info().rss)

    def descriptors(self) -> int:
        """How many descriptors it has open besides those of files, which a database opens when it needs more."""
        return int(self._measured.num_fds()) - len(self._measured.open_files())

    def cpu_s(self) -> float:
        """CPU time it has used since it started, in seconds."""
        # psutil knows it to 10 ms only; this is the clock that clock_getcpuclockid(3) names.
        return time.clock_gettime(~self._process.pid << 3 | 2)

    async def total(self, name: str, **labels: str) -> float:
        """A counter of its metrics, summed over the labels that are not given."""
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        found = 0.0
        for line in (await fetch(self.port, "GET", "/metrics")).text.splitlines():
            series, _, value = line.rpartition(" ")
            if series.partition("{")[0] == name and all(label in series for label in wanted):
                found += float(value)
        return found
