"""A swarm of players who are all there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from loadtests.bench.game.figures import Unusable
from loadtests.bench.process import Server
from loadtests.swarm.swarm import Client, Options, Swarm

ANSWER: Final = '["answer",{"question":{question},"answer":[{random:4}],"id":"{client}-{question}"}]'
_CONNECT_WITHIN_S: Final = 300.0


@asynccontextmanager
async def players(nodes: Sequence[Server], clients: tuple[Client, ...], core: int | None) -> AsyncIterator[Swarm]:
    """Connect all players to these nodes, past nginx.

    Raises:
        Unusable: some were not let in.
    """
    targets = tuple(f"127.0.0.1:{node.port}" for node in nodes)
    async with gathered(Options(targets=targets, clients=clients, core=core, sources=4, seq_key="version")) as swarm:
        yield swarm


@asynccontextmanager
async def gathered(options: Options) -> AsyncIterator[Swarm]:
    """Connect all clients.

    Raises:
        Unusable: some were not let in.
    """
    async with Swarm.running(options) as swarm:
        connected = await swarm.connect(timeout_s=_CONNECT_WITHIN_S)
        if connected.failed:
            raise Unusable(
                f"{connected.failed} of {len(options.clients)} players did not connect: {connected.failures}"
            )
        await swarm.expect("state", len(options.clients))
        yield swarm
