"""A line to every server that has channels: one, or as many as a Redis Cluster has masters."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from quiz.cluster.address import Endpoint, RedisAddress
from quiz.cluster.backoff import Backoff
from quiz.cluster.line import Line
from quiz.cluster.settings import RedisSettings
from quiz.cluster.topology import Share, Topology, locate
from quiz.cluster.wire import WireLost

log = structlog.get_logger("quiz.cluster.bus")


class Lines:
    """Follows the servers as they come, go and hand over to each other, and keeps the channels on the right ones.

    Args:
        name: what the servers' lists of clients say.
        begin: makes the line to one server.
    """

    def __init__(
        self, address: RedisAddress, settings: RedisSettings, name: str, begin: Callable[[Share], Line]
    ) -> None:
        self._address = address
        self._settings = settings
        self._name = name
        self._begin = begin
        self._topology = Topology(())
        self._wanted: dict[str, None] = {}
        self._lines: dict[Endpoint, Line] = {}
        self._runs: dict[Endpoint, asyncio.Task[None]] = {}
        self._look = asyncio.Event()

    @property
    def up(self) -> bool:
        """Whether the node hears itself on every one of them."""
        return bool(self._lines) and all(line.up for line in self._lines.values())

    def of(self, channel: str) -> Line | None:
        """The line that a channel is on; None while its server is not known."""
        endpoint = self._topology.endpoint(channel)
        return None if endpoint is None else self._lines.get(endpoint)

    def want(self, channel: str) -> None:
        """Hear a channel from now on, wherever it is."""
        self._wanted[channel] = None
        if (line := self.of(channel)) is not None:
            line.listener.want(channel)

    def unwant(self, channel: str) -> None:
        """Hear a channel no more."""
        self._wanted.pop(channel, None)
        if (line := self.of(channel)) is not None:
            line.listener.unwant(channel)

    def look(self) -> None:
        """Something is wrong: find out soon whether there are other servers now."""
        self._look.set()

    async def run(self) -> None:
        """Follow for ever; the caller owns the task. Ends all lines when it ends."""
        pauses = Backoff(self._settings.reconnect_max_ms)
        try:
            while True:
                self._look.clear()
                with suppress(WireLost):
                    await self._arrange(await locate(self._address, self._settings, self._name, self._topology))
                await asyncio.sleep(pauses.next_s())
                if self.up:
                    pauses.reset()
                    await self._calm()
        finally:
            await self._end([*self._runs])

    async def flush(self) -> None:
        """Let what was said go out, for a bounded time."""
        await asyncio.gather(*(line.publisher.flush() for line in self._lines.values() if line.up))

    async def _calm(self) -> None:
        """Wait until somebody calls, or now and then where servers can change places unnoticed."""
        pause_s = None if self._address.kind == "single" else self._settings.topology_interval_ms / 1000
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self._look.wait()

    async def _arrange(self, topology: Topology) -> None:
        """Begin lines to new servers and end those to old ones."""
        if topology == self._topology:
            return
        stay = {share.endpoint for share in topology.shares if share in self._topology.shares}
        await self._end([endpoint for endpoint in self._runs if endpoint not in stay])
        self._topology = topology
        for share in topology.shares:
            if share.endpoint not in stay:
                self._lines[share.endpoint] = self._begin(share)
        for channel in self._wanted:
            if (line := self.of(channel)) is not None:
                line.listener.want(channel)
        for endpoint, line in self._lines.items():
            if endpoint not in stay:
                self._runs[endpoint] = asyncio.create_task(self._keep(line), name=f"bus {endpoint}")

    async def _keep(self, line: Line) -> None:
        """Run a line, and begin it anew should it ever break: a node must not stay deaf for a mistake of ours."""
        while True:
            try:
                await line.run()
            except Exception:
                log.exception("the bus broke", action="bus")
                line.lost("broken", "")
                await asyncio.sleep(self._settings.reconnect_max_ms / 1000)

    async def _end(self, endpoints: list[Endpoint]) -> None:
        for endpoint in endpoints:
            self._runs[endpoint].cancel()
            del self._lines[endpoint]
        ended: list[Awaitable[None]] = [self._runs.pop(endpoint) for endpoint in endpoints]
        await asyncio.gather(*ended, return_exceptions=True)
