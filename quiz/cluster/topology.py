"""Which server has which keys and channels."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Final

from msgspec import Struct
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot

from quiz.cluster.address import Endpoint, RedisAddress
from quiz.cluster.settings import RedisSettings
from quiz.cluster.wire import Refusal, Wire, WireLost

SEEDS_ASKED: Final = 8
"""Servers of a cluster that are asked at once what it looks like."""


class Share(Struct, frozen=True):
    """What one server has: slots from each pair's first to its last number."""

    endpoint: Endpoint
    slots: tuple[tuple[int, int], ...]

    def has(self, slot: int) -> bool:
        """Whether the slot is this server's."""
        return any(first <= slot <= last for first, last in self.slots)

    def tag(self) -> str:
        """A hash tag whose keys and channels are this server's."""
        return next(f"{{{number}}}" for number in range(1_000_000) if self.has(key_slot(f"{{{number}}}".encode())))


class Topology(Struct, frozen=True):
    """All servers that take writes. Without a Redis Cluster that is one."""

    shares: tuple[Share, ...]

    def endpoint(self, key: str) -> Endpoint | None:
        """The server of a key or a channel, None while there is none."""
        if len(self.shares) == 1:
            return self.shares[0].endpoint
        slot = key_slot(key.encode())
        return next((share.endpoint for share in self.shares if share.has(slot)), None)


ALL_SLOTS: Final = ((0, REDIS_CLUSTER_HASH_SLOTS - 1),)


async def locate(address: RedisAddress, settings: RedisSettings, name: str, known: Topology | None = None) -> Topology:
    """Find out where to write: asks the sentinels or the servers of a cluster, all at once; the first to know counts.

    Args:
        name: what the servers' lists of clients say.
        known: how it was before; its servers are asked as well.

    Raises:
        WireLost: nobody knows.
    """
    match address.kind:
        case "single":
            return Topology((Share(address.endpoints[0], ALL_SLOTS),))
        case "sentinel":
            return await _first(_ask_sentinel(endpoint, address, settings, name) for endpoint in address.endpoints)
        case "cluster":
            before = [share.endpoint for share in known.shares] if known else []
            asked = list(dict.fromkeys([*before, *address.endpoints]))[:SEEDS_ASKED]
            return await _first(_ask_server(endpoint, address, settings, name) for endpoint in asked)


async def _ask_sentinel(endpoint: Endpoint, address: RedisAddress, settings: RedisSettings, name: str) -> Topology:
    async with asyncio.timeout(settings.connect_timeout_ms / 1000):
        wire = await Wire.open(endpoint, address, name, settings.connect_timeout_ms, address.sentinel_login)
        try:
            found = await wire.ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", address.service)
        finally:
            wire.abort()
        match found:
            case [bytes() as host, bytes() as port]:
                master = Endpoint(host.decode(), int(port))
            case _:
                raise WireLost("unreachable", f"sentinel {endpoint} knows no service {address.service!r}")
        # After a failover a sentinel may still name the old server for a while.
        wire = await Wire.open(master, address, name, settings.connect_timeout_ms)
        try:
            role = await wire.ask("ROLE")
        finally:
            wire.abort()
    if not isinstance(role, list) or role[0] != b"master":
        raise WireLost("unreachable", f"{master} is not the master")
    return Topology((Share(master, ALL_SLOTS),))


async def _ask_server(endpoint: Endpoint, address: RedisAddress, settings: RedisSettings, name: str) -> Topology:
    async with asyncio.timeout(settings.connect_timeout_ms / 1000):
        wire = await Wire.open(endpoint, address, name, settings.connect_timeout_ms)
        try:
            ranges = await wire.ask("CLUSTER", "SLOTS")
        finally:
            wire.abort()
    if not isinstance(ranges, list) or not ranges:
        raise WireLost("unreachable", f"{endpoint} has no part in a cluster")
    slots: dict[Endpoint, list[tuple[int, int]]] = {}
    for one in ranges:
        match one:
            case [int() as first, int() as last, [bytes() | None as host, int() as port, *_], *_]:
                # A server that has not been told its own address leaves the host empty.
                server = Endpoint(host.decode() if host else endpoint.host, port)
                slots.setdefault(server, []).append((first, last))
            case _:
                raise WireLost("unreachable", f"{endpoint} does not say which server has what")
    return Topology(tuple(Share(server, tuple(sorted(own))) for server, own in sorted(slots.items(), key=str)))


async def _first(asked: Iterable[Coroutine[None, None, Topology]]) -> Topology:
    """The first answer; the others are not waited for."""
    tasks = [asyncio.create_task(question) for question in asked]
    problem: Exception | None = None
    try:
        for answer in asyncio.as_completed(tasks):
            try:
                return await answer
            except (WireLost, Refusal, TimeoutError) as error:
                problem = error
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    raise WireLost("unreachable", str(problem) or "nobody answers in time")
