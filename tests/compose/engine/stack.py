"""The services of docker-compose.yml."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from tests.compose.engine.docker import Docker
from tests.node.processes import free_port

ROOT = Path(__file__).resolve().parents[3]
PROJECT = "quiz-compose-tests"
OURS = "quiz-cluster:compose-tests"
SERVICES = ("nginx", "node", "migrate", "postgres", "redis")
FILES_WANTED = 65_536
READY_S = 60.0
LOG_LINES = 500


class Stack:
    """Compose at work on one project, named so that a run that was cut off is tidied by the next.

    Args:
        docker: the engine.
        images: by the variable of the compose file.
        folder: for secrets and settings.
    """

    def __init__(self, docker: Docker, images: dict[str, str], folder: Path) -> None:
        self.docker = docker
        self.secrets_folder = folder / "secrets"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
        settings = images | {
            "COMPOSE_PROJECT_NAME": PROJECT,
            "QUIZ_BUILD_NETWORK": "host",
            # An engine gives its containers no more than it has itself.
            "QUIZ_FILES": str(FILES_WANTED if files == resource.RLIM_INFINITY else min(files, FILES_WANTED)),
            "QUIZ_IMAGE": OURS,
            "QUIZ_PORT": f"127.0.0.1:{self.port}",
            "QUIZ_SECRETS": str(self.secrets_folder),
        }
        # In a file, as operators have it; what the shell happens to hold would win over it.
        self.env_file = folder / "compose.env"
        self.env_file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()), encoding="utf-8")
        self._environ = {
            name: value
            for name, value in docker.environ.items()
            if not name.startswith(("QUIZ_", "DATABASE_", "REDIS_")) and not name.endswith("_IMAGE")
        }
        self._command = ("docker-compose",) if shutil.which("docker-compose") else ("docker", "compose")
        subprocess.run([ROOT / "deploy/compose/make-secrets", self.secrets_folder], check=True, capture_output=True)

    def compose(self, *arguments: str) -> str:
        """What compose prints to standard output; it has to succeed."""
        done = subprocess.run(
            (*self._command, "--env-file", str(self.env_file), *arguments),
            cwd=ROOT,
            env=self._environ,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"compose {' '.join(arguments)}:\n{done.stdout}{done.stderr}\n{self.logs()}")
        return done.stdout

    def scale(self, nodes: int) -> None:
        """As many nodes as that: returns when one is ready behind nginx and those that are too many have ended."""
        self.compose("up", "--detach", "--scale", f"node={nodes}")
        end = time.monotonic() + READY_S
        while not self.is_ready():
            assert time.monotonic() < end, self.logs()
            time.sleep(0.1)

    def is_ready(self) -> bool:
        """Whether nginx finds a node that can serve."""
        try:
            with urlopen(f"{self.url}/readyz", timeout=READY_S) as reply:  # noqa: S310 - our own address
                return bool(reply.status == 200)
        except OSError:
            return False

    def roll_out(self) -> None:
        """Replace the nodes as docs/compose.md says."""
        environ = self._environ | {"COMPOSE": " ".join((*self._command, "--env-file", str(self.env_file)))}
        script = ROOT / "deploy/compose/roll-out"
        done = subprocess.run([script], env=environ, capture_output=True, text=True, errors="replace", check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def down(self, *arguments: str) -> None:
        """Remove containers and networks; with `--volumes` the data too."""
        self.compose("down", "--remove-orphans", *arguments)

    def logs(self) -> str:
        """The last that each container of the project wrote."""
        texts = []
        for container in self._ids():
            done = self.docker.attempt("logs", f"--tail={LOG_LINES}", container)
            texts.append(f"--- {self.inspect(container)['Name']}\n{done.stdout}{done.stderr}")
        return "".join(texts)

    def containers(self, service: str) -> list[str]:
        """The ids of a service's containers, those that ended too."""
        return self._ids(f"--filter=label=com.docker.compose.service={service}")

    def container(self, service: str) -> str:
        """The id of the only, or any, container of a service."""
        return self.containers(service)[0]

    def inspect(self, container: str) -> dict[str, Any]:
        """All that the engine tells of a container."""
        found: dict[str, Any] = json.loads(self.docker.run("inspect", container))[0]
        return found

    def inside(self, container: str, *command: str) -> str:
        """What a command in a container prints; it has to succeed."""
        return self.docker.run("exec", container, *command)

    def secrets(self) -> dict[str, str]:
        """Every secret, by name."""
        return {path.name: path.read_text(encoding="ascii") for path in self.secrets_folder.iterdir()}

    def _ids(self, *filters: str) -> list[str]:
        listed = self.docker.run(
            "ps", "--all", "--quiet", f"--filter=label=com.docker.compose.project={PROJECT}", *filters
        )
        return listed.split()
