"""Where games are measured: a cluster of real servers on this machine, seen from outside."""

from __future__ import annotations

import asyncio
import os
import secrets
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import aiohttp
import msgspec
from msgspec import Struct

from loadtests.bench.game.seats import take_seats
from loadtests.bench.process import Server
from loadtests.swarm.swarm import Client
from quiz.cli.local_cluster.local_cluster import LocalCluster

QUESTIONS: Final = 200
_LIMITS: Final = {
    "QUIZ_JOINS": "1000000/minute",
    "QUIZ_SEATS_MAX": "200000",
    "QUIZ_CONNECTIONS_MAX": "20000",
    # A database that is slow for a moment shows as late acks, and not as answers that wait in the overflow queue.
    "QUIZ_OVERFLOW_PATIENCE_MS": "30000",
    "QUIZ_DATABASE_STATEMENT_TIMEOUT_MS": "30000",
    # Nobody is there any more when a cluster is stopped.
    "QUIZ_DRAIN_SPREAD_S": "0",
    "QUIZ_LOG_LEVEL": "error",
}


class Made(Struct, frozen=True):
    """A session and its host's token."""

    id: str
    pin: str
    host_token: str


class _Login(Struct, frozen=True):
    token: str


class _Quiz(Struct, frozen=True):
    id: str


class Hall:
    """A running cluster. Get one from `Hall.running`.

    Attributes:
        nodes: their processes.
        url: of the first node, past nginx.
    """

    def __init__(self, cluster: LocalCluster, http: aiohttp.ClientSession) -> None:
        self._cluster = cluster
        self._http = http
        self._headers: dict[str, str] = {}
        self.nodes = [Server(cluster.pids[name], node.port) for name, node in cluster.nodes.items()]
        self.url = f"http://127.0.0.1:{self.nodes[0].port}"
        self.nginx_url = cluster.url

    @classmethod
    @asynccontextmanager
    async def running(
        cls, nodes: int, core: int | None, environment: Mapping[str, str] | None = None
    ) -> AsyncIterator[Hall]:
        """Start a cluster, and stop it at the end of the block.

        Args:
            core: where its nodes run; None leaves that to the kernel, as it does for PostgreSQL, Redis and nginx.
            environment: settings of the nodes beyond those that let so many players in.

        Raises:
            CannotStart, MissingWheels: it does not come up here.
        """
        password = secrets.token_urlsafe(12)
        told = {**_LIMITS, "QUIZ_ADMIN_PASSWORD": password, **(environment or {})}
        async with LocalCluster(nodes, environment=told, restarts=False) as cluster, aiohttp.ClientSession() as http:
            hall = cls(cluster, http)
            if core is not None:
                for node in hall.nodes:
                    pin(node.pid, core)
            login = {"username": "admin", "password": password}
            token = msgspec.json.decode(await hall._post("/auth/login", login), type=_Login).token
            hall._headers = {"Authorization": f"Bearer {token}"}
            yield hall

    async def sessions(self, many: int, time_limit_s: int | None = None) -> list[Made]:
        """Sessions of a quiz of choice questions, with a time limit that is never reached or with none."""
        body = await self._post("/quizzes", _document(time_limit_s))
        quiz_id = msgspec.json.decode(body, type=_Quiz).id
        return [
            msgspec.json.decode(await self._post("/sessions", {"quiz_id": quiz_id}), type=Made) for _ in range(many)
        ]

    async def seats(self, session: Made, many: int, targets: int = 0) -> tuple[Client, ...]:
        """Players of a session. Each connects with the session's PIN as affinity.

        Args:
            targets: spread them over so many targets of a swarm; 0 leaves that to the swarm.
        """
        tokens = await take_seats(self._cluster.postgresql.url, self._cluster.secrets.secret_key, session.id, many)
        return tuple(
            Client(token, session.pin, number % targets if targets else None) for number, token in enumerate(tokens)
        )

    def cpu_s(self) -> float:
        """CPU seconds of all nodes so far."""
        return sum(node.cpu_s() for node in self.nodes)

    def memory_bytes(self) -> list[int]:
        """What each node has, proportionally where processes share."""
        return [node.memory_bytes() for node in self.nodes]

    async def idle_cpu(self, for_s: float) -> float:
        """CPU seconds that all nodes together use in a second while nothing happens."""
        began, cpu_s = time.monotonic(), self.cpu_s()
        await asyncio.sleep(for_s)
        return (self.cpu_s() - cpu_s) / (time.monotonic() - began)

    async def _post(self, path: str, body: object) -> bytes:
        url, headers = f"{self.url}/api/v1{path}", {"Content-Type": "application/json", **self._headers}
        async with self._http.post(url, data=msgspec.json.encode(body), headers=headers) as reply:
            reply.raise_for_status()
            return await reply.read()


def pin(pid: int, core: int) -> None:
    """Have all threads of a process run on one core, and those that they will start."""
    for thread in (Path("/proc") / str(pid) / "task").iterdir():
        os.sched_setaffinity(int(thread.name), {core})


def _document(time_limit_s: int | None) -> dict[str, object]:
    choices = [{"text": f"Answer {number}", "correct": number == 1} for number in range(1, 5)]
    questions = [
        {
            "type": "choice",
            "text": f"Question {number}: which of these is the first?",
            "choices": choices,
            "time_limit": time_limit_s,
            "points": 1000,
        }
        for number in range(1, QUESTIONS + 1)
    ]
    return {"title": "A game that is measured", "rounds": [{"title": "The only round", "questions": questions}]}
