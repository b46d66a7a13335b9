"""A hundred thousand players on a cluster: one question reaches all, all answers are saved."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Final

from loadtests.bench.game.figures import Figure, Found, Unusable
from loadtests.bench.game.hall import Hall
from loadtests.bench.game.host import Host
from loadtests.bench.game.sizes import Sizes
from loadtests.bench.game.swarming import ANSWER
from loadtests.bench.visit import Cores
from loadtests.swarm.swarm import Client, Options, Swarm

A_SWARM: Final = 17_000
"""Players of one swarm: a process may have 20,000 descriptors."""
SOURCES: Final = 8
PATIENCE_S: Final = 600.0


async def measure(sizes: Sizes, cores: Cores) -> Found:
    """One session, its players spread evenly over the nodes, past nginx; nothing has a core of its own."""
    del cores
    if not sizes.crowd:
        return Found()
    async with AsyncExitStack() as stack:
        hall = await stack.enter_async_context(Hall.running(sizes.crowd_nodes, None))
        [session] = await hall.sessions(1)
        empty_bytes = sum(hall.memory_bytes())
        seating = time.monotonic()
        clients = await hall.seats(session, sizes.crowd, targets=len(hall.nodes))
        seated_s = time.monotonic() - seating
        host = await stack.enter_async_context(Host.connected(hall.url, session))
        swarms = [await stack.enter_async_context(Swarm.running(options)) for options in _swarms(hall, clients)]
        return await _play(hall, host, swarms, sizes, empty_bytes, seated_s)


async def _play(
    hall: Hall, host: Host, swarms: Sequence[Swarm], sizes: Sizes, empty_bytes: int, seated_s: float
) -> Found:
    began, before_s = time.monotonic(), hall.cpu_s()
    joined = await asyncio.gather(*(swarm.connect(timeout_s=PATIENCE_S) for swarm in swarms))
    connected_s, connecting_cpu_s = time.monotonic() - began, hall.cpu_s() - before_s
    if failed := sum(connected.failed for connected in joined):
        raise Unusable(f"{failed} players did not connect: {[connected.failures for connected in joined]}")
    counts = [connected.joined for connected in joined]
    await _all(swarms, counts, "state")
    memory = hall.memory_bytes()
    for swarm in swarms:
        await swarm.reset()
        await swarm.answer_on("question", sizes.crowd_think_ms, ANSWER)
    before_s, began = hall.cpu_s(), time.monotonic()
    await host.open_question()
    await _all(swarms, counts, "question")
    reached_s = time.monotonic() - began
    await _all(swarms, counts, "#ack")
    answered_s = time.monotonic() - began
    await host.command("close")
    await _all(swarms, counts, "result")
    closed_s = time.monotonic() - began - answered_s
    await host.command("next")
    await _all(swarms, counts, "standings")
    cpu_s, memory_after = hall.cpu_s() - before_s, hall.memory_bytes()
    reports = [await swarm.report() for swarm in swarms]
    saved = sum(report.acks.get("saved", 0) for report in reports)
    if saved != sizes.crowd:
        raise Unusable(f"{saved} of {sizes.crowd} answers were saved: {[report.acks for report in reports]}")
    p99_ms = max(report.ack_us.p99 for report in reports) / 1000
    many = f"{sizes.crowd:,} players"
    figures = [
        Figure("crowd_connect_s", f"{many}: all connected after", "s", [connected_s]),
        Figure("crowd_connect_cpu", f"{many}: nodes' CPU a connect", "µs", [connecting_cpu_s / sizes.crowd * 1e6]),
        Figure(
            "crowd_memory", f"{many}: nodes' memory a player", "KB", [(sum(memory) - empty_bytes) / sizes.crowd / 1024]
        ),
        Figure(
            "crowd_memory_after",
            f"{many}: the same after a whole question",
            "KB",
            [(sum(memory_after) - empty_bytes) / sizes.crowd / 1024],
        ),
        Figure("crowd_reached_s", f"{many}: the question reached all after", "s", [reached_s]),
        Figure("crowd_answered_s", f"{many}: all answers saved after", "s", [answered_s]),
        Figure("crowd_p99", f"{many}: ack p99, the worst swarm's", "ms", [p99_ms]),
        Figure("crowd_closed_s", f"{many}: all have their result so long after the close", "s", [closed_s]),
        Figure("crowd_cpu", f"{many}: nodes' CPU a player and question", "µs", [cpu_s / sizes.crowd * 1e6]),
    ]
    nodes = ", ".join(f"{used / 2**20:,.0f}" for used in memory)
    note = (
        f"crowd: {len(memory)} nodes with {nodes} MB; seats taken in {seated_s:.0f} s; answers within"
        f" {sizes.crowd_think_ms / 1000:g} s; {len(swarms)} swarms, PostgreSQL, Redis and nodes share all cores"
    )
    return Found(figures, [note])


def _swarms(hall: Hall, clients: Sequence[Client]) -> list[Options]:
    targets = tuple(f"127.0.0.1:{node.port}" for node in hall.nodes)
    return [
        Options(
            targets=targets,
            clients=tuple(clients[start : start + A_SWARM]),
            sources=SOURCES,
            source_offset=number * SOURCES,
            seq_key="version",
            connecting=64,
            nap_us=1000,
            connect_timeout_ms=120_000,
        )
        for number, start in enumerate(range(0, len(clients), A_SWARM))
    ]


async def _all(swarms: Sequence[Swarm], counts: Sequence[int], event: str) -> None:
    """Wait until every player has had an event, or every answer its ack."""
    await asyncio.gather(*(swarm.expect(event, count, PATIENCE_S) for swarm, count in zip(swarms, counts, strict=True)))
