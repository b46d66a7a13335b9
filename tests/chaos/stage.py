"""The cluster under test, and what can be done to it: real processes, each node with a line to Redis of its own."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import aiohttp
import msgspec

from quiz.cli.local_cluster.events import Event, PartDied, PartFailed
from quiz.cli.local_cluster.local_cluster import LocalCluster
from tests.servers.black_hole import BlackHole

PASSWORD: Final = "correct horse"
FEWEST_NODES: Final = 2
"""With fewer, a node that is hit would leave nobody to play with."""
_ASK: Final = aiohttp.ClientTimeout(total=10)
_CONNECTIONS: Final = re.compile(r"^quiz_connections\{.*\} (\S+)$", re.MULTILINE)


class Stage:
    """A running cluster. A node is named as `LocalCluster` names it."""

    def __init__(self, cluster: LocalCluster, stack: AsyncExitStack, deaths: list[str]) -> None:
        self.deaths = deaths
        self._cluster = cluster
        self._stack = stack
        self._lines: dict[str, BlackHole] = {}

    @property
    def url(self) -> str:
        """nginx."""
        return self._cluster.url

    @property
    def dsn(self) -> str:
        """The database, for asyncpg."""
        return self._cluster.postgresql.url.replace("postgresql+asyncpg", "postgresql")

    @property
    def nodes(self) -> list[str]:
        """The nodes that clients are sent to."""
        return list(self._cluster.nodes)

    def describe(self) -> str:
        """What runs, in a line."""
        return f"{', '.join(self.nodes)} behind {self.url}, processes {self._cluster.pids}"

    async def pick(self, chance: float) -> str:
        """The node that is hit, by a number from 0 to 1: the more clients a node has, the likelier it is."""
        shares = await self.clients_by_node()
        at = chance * sum(shares.values())
        for name, share in shares.items():
            if at < share:
                return name
            at -= share
        return self.nodes[-1]

    async def clients_by_node(self) -> dict[str, int]:
        """How many clients each node has."""
        async with aiohttp.ClientSession(timeout=_ASK) as http:

            async def ask(url: str) -> int:
                async with http.get(f"{url}/metrics") as reply:
                    return round(sum(map(float, _CONNECTIONS.findall(await reply.text()))))

            urls = self._cluster.node_urls
            return dict(zip(urls, await asyncio.gather(*map(ask, urls.values())), strict=True))

    async def back_to(self, nodes: int) -> None:
        """Have so many nodes again."""
        while len(self.nodes) > nodes:
            await self._cluster.remove_node(self.nodes[-1])
        while len(self.nodes) < nodes:
            await self.add_node()

    async def add_node(self) -> str:
        """Start a node with a line of its own to Redis, and let clients have it; gives its name."""
        redis = urlsplit(self._cluster.redis.url)
        line = await self._stack.enter_async_context(BlackHole(redis.port or 0))
        own = redis._replace(netloc=redis.netloc.rpartition(":")[0] + f":{line.port}").geturl()
        name = await self._cluster.add_node({"REDIS_URL": own})
        self._lines[name] = line
        return name

    async def remove_node(self, name: str) -> None:
        """Take a node away as an operator does: nginx first."""
        if len(self.nodes) <= FEWEST_NODES:
            await self.add_node()
        await self._cluster.remove_node(name)

    async def kill_node(self, name: str) -> None:
        """`kill -9`."""
        await self._cluster.kill(name)

    async def start_node(self, name: str) -> None:
        """Start a node that was killed."""
        await self._cluster.start_part(name)

    async def stop_node(self, name: str) -> None:
        """SIGTERM, without a word to nginx, and wait for the end."""
        await self._cluster.stop_part(name)

    async def forget_node(self, name: str) -> None:
        """Tell nginx that a stopped node is gone."""
        await self._cluster.remove_node(name)

    @asynccontextmanager
    async def suspended(self, name: str) -> AsyncIterator[None]:
        """SIGSTOP a part with all its processes, and SIGCONT at the end."""
        self._cluster.suspend(name)
        try:
            yield
        finally:
            self._cluster.resume(name)

    @asynccontextmanager
    async def cut_from_redis(self, name: str) -> AsyncIterator[None]:
        """Silence a node's connections to Redis, which stay open."""
        self._lines[name].swallow()
        try:
            yield
        finally:
            self._lines[name].pass_on()

    async def empty_redis(self, after_s: float) -> None:
        """`kill -9` Redis, and start it without its data some seconds later."""
        await self._cluster.kill("redis")
        await asyncio.sleep(after_s)
        self._cluster.redis.forget()
        await self._cluster.start_part("redis")

    async def restart_postgresql(self) -> None:
        """Stop PostgreSQL as an operator does, and start it again."""
        await self._cluster.restart("postgresql")

    async def reload_nginx(self) -> None:
        """Have nginx read its configuration again."""
        await self._cluster.reload_nginx()

    def errors(self) -> Counter[str]:
        """What nodes have logged as errors, by what they were doing and what happened."""
        found: Counter[str] = Counter()
        for log in sorted(self._cluster.home.logs.glob("node-*.log")):
            for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
                if '"level":"error"' in line.replace(" ", ""):
                    entry = msgspec.json.decode(line)
                    last = str(entry.get("exception", "")).strip().splitlines()[-1:]
                    found[" ".join([str(entry.get("action", "")), str(entry.get("event", "")), *last])] += 1
                elif line.startswith("Traceback"):
                    found["a traceback outside the log"] += 1
        return found


@asynccontextmanager
async def stage(nodes: int, keep: Path | None = None) -> AsyncIterator[Stage]:
    """A cluster with so many nodes behind nginx; nothing of it is left at the end but what is in `keep`."""
    deaths: list[str] = []

    def tell(event: Event) -> None:
        if isinstance(event, PartDied | PartFailed):
            deaths.append(repr(event))

    cluster = LocalCluster(1, keep=keep, environment={"QUIZ_ADMIN_PASSWORD": PASSWORD}, tell=tell)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(cluster)
        on = Stage(cluster, stack, deaths)
        # The first one has no line of its own, and nginx will not start without any.
        [plain] = on.nodes
        await asyncio.gather(*(on.add_node() for _ in range(nodes)))
        await cluster.remove_node(plain)
        yield on
