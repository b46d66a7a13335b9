"""Many nodes against one: what a delivery costs all nodes together when sessions are placed by affinity."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from loadtests.bench.game.figures import Figure, Found, Unusable
from loadtests.bench.game.hall import Hall
from loadtests.bench.game.host import Host
from loadtests.bench.game.repeats import repeat
from loadtests.bench.game.sizes import Sizes
from loadtests.bench.game.swarming import gathered
from loadtests.bench.visit import Cores
from loadtests.swarm.swarm import Client, Options, Swarm

PLAYERS: Final = 50
UPDATES_PER_S: Final = 4
_LIMIT_S: Final = 300


async def measure(sizes: Sizes, cores: Cores) -> Found:
    """The same sessions, the same updates a second, on one node and on many, through nginx."""
    found: dict[int, list[float]] = {}
    notes: list[str] = []
    for nodes in (1, sizes.many_nodes):
        found[nodes], note = await _on(nodes, sizes, cores)
        notes.append(note)
    one, many = found[1], found[sizes.many_nodes]
    figures = [
        Figure(f"placed_{nodes}", f"nodes' CPU a delivery, sessions of {PLAYERS}, nodes: {nodes}", "µs", values)
        for nodes, values in found.items()
    ]
    ratio = Figure("", "", "", many).median / Figure("", "", "", one).median
    title = f"{sizes.many_nodes} nodes against 1, CPU a delivery"
    return Found([*figures, Figure("placed_ratio", title, "times", [ratio], "≤ 1.10")], notes)


async def _on(nodes: int, sizes: Sizes, cores: Cores) -> tuple[list[float], str]:
    """CPU microseconds a delivery, without what the nodes use when idle; and a remark."""
    async with AsyncExitStack() as stack:
        hall = await stack.enter_async_context(Hall.running(nodes, cores.server))
        sessions = await hall.sessions(sizes.placed, _LIMIT_S)
        clients: list[Client] = []
        for session in sessions:
            clients += await hall.seats(session, PLAYERS)
        target = hall.nginx_url.removeprefix("http://")
        options = Options(
            (target,), tuple(clients), core=cores.swarm, sources=4, seq_key="version", order_event="question"
        )
        swarm = await stack.enter_async_context(gathered(options))
        hosts = [await stack.enter_async_context(Host.connected(hall.nginx_url, session)) for session in sessions]
        await asyncio.gather(*(host.open_question() for host in hosts))
        idle = await hall.idle_cpu(sizes.idle_s)
        costs = await repeat(sizes.repeats, partial(_window, hall, hosts, swarm, idle, UPDATES_PER_S * sizes.placed_s))
        sockets = [node.sockets() for node in hall.nodes]
    return costs, f"placement, nodes: {nodes}: {idle * 1000:.1f} ms of CPU a second when idle, descriptors {sockets}"


async def _window(hall: Hall, hosts: list[Host], swarm: Swarm, idle: float, updates: int) -> float:
    await swarm.reset()
    before_s, began = hall.cpu_s(), time.monotonic()
    await asyncio.gather(*(_update(host, updates, number / len(hosts)) for number, host in enumerate(hosts)))
    deliveries = len(hosts) * PLAYERS * updates
    await swarm.expect("question", deliveries)
    took_s, cpu_s = time.monotonic() - began, hall.cpu_s() - before_s
    report = await swarm.report()
    if not report.complete(updates):
        raise Unusable(f"updates were lost or out of order: {report.order}")
    return (cpu_s - idle * took_s) / deliveries * 1e6


async def _update(host: Host, updates: int, offset: float) -> None:
    """Move a deadline so many times a second; sessions take turns."""
    began = time.monotonic()
    for number in range(updates):
        await asyncio.sleep(max(0.0, began + (number + offset) / UPDATES_PER_S - time.monotonic()))
        await host.command("extend", seconds=1)
