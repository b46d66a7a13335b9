"""One visit to one server: start it, measure, end it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import msgspec

from loadtests.bench.contenders import Contender
from loadtests.bench.measures import Sizes
from loadtests.bench.process import Server
from loadtests.bench.visitor import STOPPED_SHARE, Visit, Visitor
from loadtests.swarm.swarm import Options, Swarm

# The kernel doubles it. Some packets fit, so that a client which reads is not slowed by it.
SMALL_RCVBUF = 65_536


class Cores(msgspec.Struct, frozen=True):
    """Where the server and the generator run."""

    server: int = 0
    swarm: int = 1


async def visit_plain(contender: Contender, sizes: Sizes, cores: Cores) -> Visit:
    """Acks, deliveries, memory, spread; clients offer no compression."""
    most = max(sizes.large, sizes.small)
    async with _visitor(contender, sizes, cores, Options(targets=(), count=most)) as visitor:
        await visitor.connect(sizes.small)
        await visitor.echoes()
        broadcast_s = await visitor.deliveries(sizes.small, "delivery_1000")
        if sizes.large:
            await visitor.idle(sizes.small, sizes.large, "idle")
            broadcast_s = await visitor.deliveries(sizes.large, "delivery_10000")
            await visitor.echoes_meanwhile(sizes.large, broadcast_s)
        return visitor.found()


async def visit_deflate(contender: Contender, sizes: Sizes, cores: Cores) -> Visit:
    """Deliveries and memory with clients that offer permessage-deflate, as browsers do."""
    most = max(sizes.large, sizes.small)
    async with _visitor(contender, sizes, cores, Options(targets=(), count=most, deflate=True)) as visitor:
        await visitor.connect(sizes.small)
        await visitor.deliveries(sizes.small, "delivery_1000_deflate")
        if sizes.large:
            await visitor.idle(sizes.small, sizes.large, "idle_deflate")
            await visitor.deliveries(sizes.large, "delivery_10000_deflate")
        return visitor.found()


async def visit_stopped(contender: Contender, sizes: Sizes, cores: Cores) -> Visit:
    """What the others and the server feel when one client in a hundred stops reading."""
    options = Options(targets=(), count=sizes.listeners, stop_reading=STOPPED_SHARE, rcvbuf=SMALL_RCVBUF)
    async with _visitor(contender, sizes, cores, options) as visitor:
        await visitor.connect(sizes.listeners)
        await visitor.stopped()
        return visitor.found()


@contextlib.asynccontextmanager
async def _visitor(contender: Contender, sizes: Sizes, cores: Cores, options: Options) -> AsyncIterator[Visitor]:
    async with Server.running(contender.command, cores.server, contender.environment) as server:
        told = msgspec.structs.replace(
            options,
            targets=(f"127.0.0.1:{server.port}",),
            core=cores.swarm,
            sources=2,
            connecting=100,
            at_key="at",
            # A server that a broadcast occupies for seconds acks late, and that is what is measured.
            ack_timeout_ms=60_000,
            order_event="tick",
        )
        async with Swarm.running(told) as swarm:
            yield Visitor(server, swarm, sizes)
