"""Measures one server that runs, with one swarm."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator

import msgspec

from loadtests.bench.measures import Sizes
from loadtests.bench.process import Server
from loadtests.swarm.reports import Emitted, Report
from loadtests.swarm.swarm import Swarm

# A websocket frame of 180 bytes with its header.
PACKET_BYTES = 176
# The generator takes a third of that for a delivery when nothing else runs, so it does not fall behind.
GAP_A_CLIENT_MS = 0.005
ECHO = '["echo",{"seq":{seq}}]'
ECHO_RATE = 5000
WARMUP_ECHOES = 4
WARMUP_BROADCASTS = 10
SLOW_ECHO_RATE = 1000
BROADCAST_WITH_ECHOES_S = 1.5
# Enough in some seconds to fill what the kernel takes for a socket, which is 4 MB on most machines.
BIG_PACKET_BYTES = 32_000
BIG_GAP_MS = 50
BROADCASTS_BEFORE_STOP = 20
STOPPED_SHARE = 0.01
LOOK_AGAIN_S = 0.1
SETTLE_S = 0.3
BOTTLENECK = 0.9


class Incorrect(Exception):
    """Not every receiver had every event once and in order: the figures would mean nothing."""


class Visit(msgspec.Struct, frozen=True):
    """What one visit measured.

    Attributes:
        values: by key of a measure.
        generator_busy: the largest share of its core that the generator used in a measurement.
        held_up: the largest share of a measurement in which the server waited for its core because of other programs.
    """

    values: dict[str, float]
    generator_busy: float
    held_up: float

    @property
    def usable(self) -> bool:
        """Whether the server, not the generator, decided the figures."""
        return self.generator_busy <= BOTTLENECK


class Visitor:
    """Measures one server with one swarm, and keeps what it found."""

    def __init__(self, server: Server, swarm: Swarm, sizes: Sizes) -> None:
        self._server = server
        self._swarm = swarm
        self._sizes = sizes
        self._values: dict[str, float] = {}
        self._delivery_s: float | None = None
        self._busy = 0.0
        self._held_up = 0.0

    def found(self) -> Visit:
        return Visit(self._values, self._busy, self._held_up)

    async def deliveries(self, clients: int, key: str) -> float:
        """CPU of a delivery to a room of `clients`; gives how long a broadcast took the server, in seconds."""
        if self._delivery_s is None:
            warmup = await self._blast(clients, WARMUP_BROADCASTS)
            self._delivery_s = warmup.cpu_s / (WARMUP_BROADCASTS * clients)
        least = self._sizes.fewest[0 if clients > self._sizes.small else 1]
        count = min(self._sizes.most, max(least, math.ceil(self._sizes.blast_cpu_s / (self._delivery_s * clients))))
        measured = await self._blast(clients, count)
        self._note(measured)
        self._values[key] = measured.cpu_s / (count * clients) * 1e6
        if clients == self._sizes.large and not key.endswith("_deflate"):
            self._values["spread"] = measured.report.spread_us.p50 / 1e3
        return measured.cpu_s / count

    async def echoes(self) -> None:
        """CPU of an event with ack and p99 of the ack, in bursts of one event from each client."""
        clients, each = self._sizes.echoers, self._sizes.echoes
        await self._swarm.emit(str(clients), WARMUP_ECHOES, ECHO_RATE, ECHO, burst=clients)
        async with self._measuring() as measuring:
            emitted = await self._swarm.emit(str(clients), each, ECHO_RATE, ECHO, burst=clients)
        measured = measuring.result()
        self._note(measured)
        _all_acked(measured.report, emitted)
        self._values["ack"] = measured.cpu_s / emitted.sent * 1e6
        self._values["ack_p99"] = measured.report.ack_us.p99 / 1e3

    async def echoes_meanwhile(self, clients: int, broadcast_s: float) -> None:
        """Ack p99 while a room of `clients` is broadcast to, which takes `broadcast_s` each time."""
        gap_ms = _gap_ms(clients)
        count = math.ceil(BROADCAST_WITH_ECHOES_S / (broadcast_s + gap_ms / 1000))
        each = math.ceil(BROADCAST_WITH_ECHOES_S * SLOW_ECHO_RATE / self._sizes.echoers)
        await self._swarm.reset()
        await self._swarm.send("1", _blast(count, PACKET_BYTES, gap_ms))
        emitted = await self._swarm.emit(str(self._sizes.echoers), each, SLOW_ECHO_RATE, ECHO)
        await self._swarm.expect("tick", count * clients)
        report = await self._swarm.report()
        _all_acked(report, emitted)
        _all_received(report, count)
        self._busy = max(self._busy, report.busy)
        self._values["ack_p99_broadcast"] = report.ack_us.p99 / 1e3

    async def idle(self, already: int, clients: int, key: str) -> None:
        """Memory of an idle websocket: connects from `already` to `clients`."""
        await asyncio.sleep(SETTLE_S)
        before = self._server.memory_bytes()
        await self.connect(clients - already)
        await asyncio.sleep(SETTLE_S)
        self._values[key] = (self._server.memory_bytes() - before) / (clients - already) / 1024

    async def connect(self, many: int) -> None:
        """Open the next `many` clients; all must get through."""
        connected = await self._swarm.connect(many)
        if connected.failed:
            raise Incorrect(f"{connected.failed} clients could not connect: {connected.failures}")

    async def stopped(self) -> None:
        """Deliveries before and after one client in a hundred stopped reading, and what becomes of those."""
        clients = self._sizes.listeners
        stopping = round(clients * STOPPED_SHARE)
        count = BROADCASTS_BEFORE_STOP
        measured = await self._blast(clients, count, BIG_PACKET_BYTES, BIG_GAP_MS)
        self._note(measured)
        self._values["others_p99"] = measured.report.delivery_us.p99 / 1e3
        memory, sockets = self._server.memory_bytes(), self._server.sockets()
        count = math.ceil(self._sizes.stopped_for_s * 1000 / BIG_GAP_MS)
        await self._swarm.reset()
        await self._swarm.stop_reading()
        began, most, most_queued, gone_after = time.monotonic(), 0, 0, None
        await self._swarm.send("1", _blast(count, BIG_PACKET_BYTES, BIG_GAP_MS))
        others = asyncio.create_task(self._swarm.expect("tick", count * (clients - stopping)))
        try:
            while not others.done():
                await asyncio.wait({others}, timeout=LOOK_AGAIN_S)
                most = max(most, self._server.memory_bytes() - memory)
                most_queued = max(most_queued, self._server.longest_queue_bytes())
                if gone_after is None and self._server.sockets() <= sockets - stopping:
                    gone_after = time.monotonic() - began
            await others
        finally:
            others.cancel()
        report = await self._swarm.report()
        _all_received(report, count)
        self._busy = max(self._busy, report.busy)
        self._values["others_p99_stopped"] = report.delivery_us.p99 / 1e3
        self._values["stopped_held"] = most / stopping / 1024
        self._values["stopped_kernel"] = most_queued / 1024
        self._values["stopped_gone"] = math.inf if gone_after is None else gone_after

    async def _blast(self, clients: int, count: int, size: int = PACKET_BYTES, gap_ms: int = 0) -> Measured:
        async with self._measuring() as measuring:
            await self._swarm.send("1", _blast(count, size, gap_ms or _gap_ms(clients)))
            await self._swarm.expect("tick", count * clients)
        measured = measuring.result()
        _all_received(measured.report, count)
        return measured

    @contextlib.asynccontextmanager
    async def _measuring(self) -> AsyncIterator[asyncio.Future[Measured]]:
        await self._swarm.reset()
        measured: asyncio.Future[Measured] = asyncio.get_running_loop().create_future()
        began, cpu_s, held_up_s = time.monotonic(), self._server.cpu_s(), self._server.held_up_s()
        yield measured
        cpu_s, held_up_s = self._server.cpu_s() - cpu_s, self._server.held_up_s() - held_up_s
        took_s = time.monotonic() - began
        measured.set_result(Measured(await self._swarm.report(), cpu_s, held_up_s, took_s))

    def _note(self, measured: Measured) -> None:
        self._busy = max(self._busy, measured.report.busy)
        self._held_up = max(self._held_up, measured.held_up_s / measured.took_s)


class Measured(msgspec.Struct, frozen=True):
    """What the swarm saw and what the server spent meanwhile, in seconds."""

    report: Report
    cpu_s: float
    held_up_s: float
    took_s: float


def _gap_ms(clients: int) -> int:
    return max(2, math.ceil(clients * GAP_A_CLIENT_MS))


def _blast(count: int, size: int, gap_ms: int) -> str:
    return f'["blast",{{"count":{count},"size":{size},"gap_ms":{gap_ms}}}]'


def _all_received(report: Report, count: int) -> None:
    if not report.complete(count) or report.ends.keys() - {"while_stopped"} or report.failures:
        raise Incorrect(f"of {count} broadcasts: {report.order}, ended: {report.ends}, {report.failures}")


def _all_acked(report: Report, emitted: Emitted) -> None:
    # A server so slow that clients had all their calls in flight got fewer events, but those must be acked.
    if not emitted.sent or report.acks != {"ok": emitted.sent}:
        raise Incorrect(
            f"of {emitted.sent} acks: {report.acks}, with their connection: {report.acks_lost}, {report.ends}"
        )
