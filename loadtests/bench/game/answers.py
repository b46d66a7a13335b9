"""Answers that are acked after their commit in PostgreSQL: the node's CPU for each, how fast, how many."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import Final

from loadtests.bench.game.figures import Figure, Found, Unusable
from loadtests.bench.game.hall import Hall
from loadtests.bench.game.host import Host
from loadtests.bench.game.repeats import repeat
from loadtests.bench.game.sizes import Sizes
from loadtests.bench.game.swarming import players
from loadtests.bench.visit import Cores
from loadtests.swarm.reports import Report
from loadtests.swarm.swarm import Client, Swarm

_P99_RATE: Final = 10_000


async def measure(sizes: Sizes, cores: Cores) -> Found:
    """Untimed questions are open in many sessions of one node; each player answers each of them once."""
    async with AsyncExitStack() as stack:
        hall = await stack.enter_async_context(Hall.running(1, cores.server))
        sessions = await hall.sessions(sizes.answering_sessions)
        clients: list[Client] = []
        for session in sessions:
            clients += await hall.seats(session, sizes.answerers // len(sessions))
        hosts = [await stack.enter_async_context(Host.connected(hall.url, session)) for session in sessions]
        swarm = await stack.enter_async_context(players(hall.nodes[:1], tuple(clients), cores.swarm))
        return await _windows(hall, hosts, swarm, len(clients), sizes)


async def _windows(hall: Hall, hosts: list[Host], swarm: Swarm, answerers: int, sizes: Sizes) -> Found:
    figures: list[Figure] = []
    busiest = 0.0
    for rate in sizes.rates:
        # About two seconds of each rate are enough.
        windows = await repeat(sizes.repeats, partial(_window, hall, hosts, swarm, min(answerers, 2 * rate), rate))
        cpu = [window.cpu_us for window in windows]
        goal = "≤ 100" if rate == _P99_RATE else ""
        figures += [
            Figure(f"answer_cpu_{rate}", f"node's CPU an answer, {rate:,} offered a second", "µs", cpu),
            Figure(
                f"answer_p99_{rate}", f"ack p99, {rate:,} offered a second", "ms", [w.p99_ms for w in windows], goal
            ),
        ]
        busiest = max(busiest, *(window.report.busy for window in windows))
    flood = await repeat(sizes.repeats, partial(_window, hall, hosts, swarm, answerers, sizes.flood))
    figures += [
        Figure(
            "answers_sustained",
            f"answers saved a second, {sizes.flood:,} offered",
            "1/s",
            [w.rate for w in flood],
            "≥ 20,000",
        ),
        Figure(
            "answer_cpu_flood",
            f"node's CPU an answer, {sizes.flood:,} offered a second",
            "µs",
            [w.cpu_us for w in flood],
        ),
        Figure("answer_p99_flood", f"ack p99, {sizes.flood:,} offered a second", "ms", [w.p99_ms for w in flood]),
    ]
    busiest_flood = max(window.report.busy for window in flood)
    note = (
        f"answers: {answerers:,} players in {len(hosts)} sessions; the swarm used at most {busiest:.0%} of its core,"
        f" {busiest_flood:.0%} when flooding; PostgreSQL had no core of its own"
    )
    return Found(figures, [note])


class Window:
    """A question of which every answer was saved."""

    def __init__(self, report: Report, cpu_s: float, answers: int, took_s: float) -> None:
        self.report = report
        self.cpu_us = cpu_s / answers * 1e6
        self.p99_ms = report.ack_us.p99 / 1000
        self.rate = answers / took_s


async def _window(hall: Hall, hosts: list[Host], swarm: Swarm, answers: int, rate: int) -> Window:
    """Open a question everywhere, have it answered at a rate, close it everywhere. Only the answering is measured."""
    await asyncio.gather(*(host.open_question() for host in hosts))
    question = hosts[0].question
    template = f'["answer",{{"question":{question},"answer":[{{random:4}}],"id":"{{client}}-{question}"}}]'
    await swarm.reset()
    before_s = hall.cpu_s()
    emitted = await swarm.emit(str(answers), 1, rate, template)
    cpu_s = hall.cpu_s() - before_s
    report = await swarm.report()
    for step in ("close", "next"):
        await asyncio.gather(*(host.command(step) for host in hosts))
    if report.acks.get("saved", 0) != answers:
        raise Unusable(
            f"of {answers} answers: {report.acks}, {report.acks_lost} without ack, {emitted.skipped} not sent"
        )
    return Window(report, cpu_s, answers, emitted.took_s)
