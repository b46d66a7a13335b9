"""The `docker` command."""

from __future__ import annotations

import os
import subprocess
from typing import IO, Any


class Docker:
    """Talks to one engine.

    Args:
        address: of the engine, as in DOCKER_HOST.
    """

    def __init__(self, address: str) -> None:
        # The classic builder: BuildKit needs a plugin that distributions leave out.
        self.environ = {**os.environ, "DOCKER_HOST": address, "DOCKER_BUILDKIT": "0", "COMPOSE_DOCKER_CLI_BUILD": "0"}

    def run(self, *arguments: str, stdin: IO[Any] | None = None) -> str:
        """What a command prints; it has to succeed."""
        done = self.attempt(*arguments, stdin=stdin)
        assert done.returncode == 0, f"docker {' '.join(arguments)}: {done.stdout}{done.stderr}"
        return done.stdout

    def attempt(self, *arguments: str, stdin: IO[Any] | None = None) -> subprocess.CompletedProcess[str]:
        """A command that may fail."""
        command = ("docker", *arguments)
        return subprocess.run(
            command, stdin=stdin, capture_output=True, text=True, errors="replace", env=self.environ, check=False
        )

    def has(self, tag: str) -> bool:
        """Whether the engine has this image."""
        return bool(self.run("images", "--quiet", tag).strip())
