"""The connections for calls: one to each server that has keys, made when it is first needed."""

from __future__ import annotations

import asyncio
from typing import TypeVar

from quiz.cluster.address import Endpoint, RedisAddress
from quiz.cluster.pipe import Pipe
from quiz.cluster.settings import RedisSettings
from quiz.cluster.topology import Topology, locate
from quiz.cluster.wire import Wire, WireLost

Made = TypeVar("Made")


class Pipes:
    """Finds the servers and connects to them, for all callers at once: one that gives up does not stop it."""

    def __init__(self, address: RedisAddress, settings: RedisSettings) -> None:
        self._address = address
        self._settings = settings
        self._name = f"{settings.prefix}calls"
        self._known: Topology | None = None
        self._topology: asyncio.Task[Topology] | None = None
        self._pipes: dict[Endpoint, asyncio.Task[Pipe]] = {}
        self._closed = False

    async def of(self, key: str, deadline: float) -> Pipe:
        """The connection to the server that has the key.

        Args:
            deadline: when to give up, by the loop's clock.

        Raises:
            WireLost
        """
        if self._closed:
            raise WireLost("closed")
        if self._topology is None or _failed(self._topology):
            self._topology = asyncio.create_task(self._locate(), name="redis topology")
        endpoint = (await _made(self._topology, deadline)).endpoint(key)
        if endpoint is None:
            self.look()
            raise WireLost("unreachable", "no server has this key")
        making = self._pipes.get(endpoint)
        if making is None or _failed(making) or (making.done() and making.result().lost):
            self._pipes[endpoint] = making = asyncio.create_task(self._connect(endpoint), name=f"redis {endpoint}")
        return await _made(making, deadline)

    def look(self) -> None:
        """Something is wrong: find out next time whether there are other servers now."""
        if self._topology is not None and self._topology.done():
            self._topology = None

    async def close(self) -> None:
        """End all connections; whoever waits is told."""
        self._closed = True
        tasks = [*self._pipes.values(), *([self._topology] if self._topology else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for task in self._pipes.values():
            if not _failed(task):
                await task.result().close()

    async def _locate(self) -> Topology:
        self._known = found = await locate(self._address, self._settings, self._name, self._known)
        for endpoint in self._pipes.keys() - {share.endpoint for share in found.shares}:
            if (gone := self._pipes.pop(endpoint)).done() and not _failed(gone):
                await gone.result().close()
        return found

    async def _connect(self, endpoint: Endpoint) -> Pipe:
        return Pipe(await Wire.open(endpoint, self._address, self._name, self._settings.connect_timeout_ms))


def _failed(task: asyncio.Task[Made]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)


async def _made(task: asyncio.Task[Made], deadline: float) -> Made:
    if not task.done():
        await asyncio.wait([task], timeout=max(0.0, deadline - asyncio.get_running_loop().time()))
    if not task.done():
        raise WireLost("timeout", "no connection in time")
    if task.cancelled():
        raise WireLost("closed")
    return task.result()
