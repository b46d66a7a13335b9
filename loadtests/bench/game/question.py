"""A whole question for each player: question, answer saved, its share of progress, reveal, result, standings."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from functools import partial
from itertools import pairwise
from typing import Final

from msgspec import Struct

from loadtests.bench.game.figures import Figure, Found, Unusable
from loadtests.bench.game.hall import Hall
from loadtests.bench.game.host import Host
from loadtests.bench.game.repeats import repeat
from loadtests.bench.game.sizes import Sizes
from loadtests.bench.game.swarming import ANSWER, players
from loadtests.bench.visit import Cores
from loadtests.swarm.swarm import Swarm

ANSWERS_PER_S: Final = 2_000
"""In each room the same, so that the time in which a node does other things is the same for each player."""
_EVENTS: Final = ("question", "reveal", "result", "standings")


class Played(Struct, frozen=True):
    """One question: the node's CPU time by part, the time it took, the way from its first to its last receiver."""

    parts_s: tuple[float, ...]
    """Question and answers; reveal and results; standings."""
    took_s: float
    spread_ms: float
    busy: float
    """The share of its core that the swarm used."""


async def measure(sizes: Sizes, cores: Cores) -> Found:
    """One room after another on one node."""
    figures: list[Figure] = []
    notes: list[str] = []
    async with Hall.running(1, cores.server) as hall:
        for room in sizes.rooms:
            [session] = await hall.sessions(1)
            clients = await hall.seats(session, room)
            async with Host.connected(hall.url, session) as host, players(hall.nodes, clients, cores.swarm) as swarm:
                played = await repeat(sizes.repeats, partial(_question, hall, host, swarm, room))
            figures += _figures(room, played)
            took_s = statistics.median(one.took_s for one in played)
            busy = max(one.busy for one in played)
            parts = [
                statistics.median(part) / room * 1e6 for part in zip(*(one.parts_s for one in played), strict=True)
            ]
            notes.append(
                f"question, {room:,} in the room: {took_s:.1f} s each; question and answers {parts[0]:.0f} µs,"
                f" reveal and results {parts[1]:.0f}, standings {parts[2]:.0f};"
                f" the swarm used at most {busy:.0%} of its core"
            )
    return Found(figures, notes)


def _figures(room: int, played: Sequence[Played]) -> list[Figure]:
    cpu = [sum(one.parts_s) / room * 1e6 for one in played]
    spread = [one.spread_ms for one in played]
    return [
        Figure(f"question_cpu_{room}", f"node's CPU a player and question, {room:,} in the room", "µs", cpu, "≤ 120"),
        Figure(
            f"question_spread_{room}", f"first to last receiver of the question, {room:,} in the room", "ms", spread
        ),
    ]


async def _question(hall: Hall, host: Host, swarm: Swarm, room: int) -> Played:
    await swarm.reset()
    await swarm.answer_on("question", max(1, room * 1000 // ANSWERS_PER_S), ANSWER)
    began, spent_s = time.monotonic(), [hall.cpu_s()]
    await host.open_question()
    await swarm.expect("#ack", room)
    spent_s.append(hall.cpu_s())
    await host.command("close")
    await swarm.expect("result", room)
    spent_s.append(hall.cpu_s())
    await host.command("next")
    await swarm.expect("standings", room)
    spent_s.append(hall.cpu_s())
    took_s = time.monotonic() - began
    await swarm.answer_off()
    report = await swarm.report()
    received = {event: report.events[event].count for event in _EVENTS}
    if report.acks != {"saved": room} or set(received.values()) != {room}:
        raise Unusable(f"{room} players saw {received} and got {report.acks}")
    [opening] = [each for each in (await swarm.broadcasts()).items if each.event == "question"]
    parts_s = tuple(after - before for before, after in pairwise(spent_s))
    return Played(parts_s, took_s, (opening.last_ns - opening.first_ns) / 1e6, report.busy)
