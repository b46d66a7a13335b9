"""What is measured: each measure's name, unit, and how it is shown."""

from __future__ import annotations

import msgspec


class Measure(msgspec.Struct, frozen=True):
    """One row of the table; for all of them less is better."""

    key: str
    title: str
    unit: str


MEASURES = (
    Measure("delivery_1000", "CPU a delivery, room of 1,000", "µs"),
    Measure("delivery_10000", "CPU a delivery, room of 10,000", "µs"),
    Measure("delivery_1000_deflate", "CPU a delivery, room of 1,000, deflate offered", "µs"),
    Measure("delivery_10000_deflate", "CPU a delivery, room of 10,000, deflate offered", "µs"),
    Measure("ack", "CPU an event with ack, 500 clients", "µs"),
    Measure("ack_p99", "ack p99, 500 clients in bursts, 5,000/s", "ms"),
    Measure("idle", "memory an idle websocket", "KB"),
    Measure("idle_deflate", "memory an idle websocket, deflate offered", "KB"),
    Measure("spread", "first to last of 10,000 receivers", "ms"),
    Measure("ack_p99_broadcast", "ack p99 while 10,000 are broadcast to", "ms"),
    Measure("others_p99", "p99 of a delivery, nobody stopped", "ms"),
    Measure("others_p99_stopped", "p99 of a delivery to the others, 1 % stopped reading", "ms"),
    Measure("stopped_held", "memory of the server for each that stopped, at most", "KB"),
    Measure("stopped_kernel", "kernel's send buffer of one that stopped, at most", "KB"),
    Measure("stopped_gone", "the last that stopped is gone after", "s"),
)


class Sizes(msgspec.Struct, frozen=True):
    """How much is measured. Times in seconds; each blast has as many broadcasts as give about `blast_cpu_s` of CPU.

    Attributes:
        small: clients in the smaller room.
        large: clients in the larger room; 0 leaves all of it out.
        rounds: visits to each server.
        blast_cpu_s: CPU time of the server that a measurement of deliveries should take.
        fewest: broadcasts in a measurement, at least (large room, small room).
        most: broadcasts in a measurement, at most.
        echoers: clients that emit events with ack.
        echoes: events with ack from each of them.
        listeners: clients in the room where some stop reading; 0 leaves that out.
        stopped_for_s: how long those that stopped are watched.
        stopped_every: in every how many rounds that is done, from the first on: it takes long and varies little.
    """

    small: int = 1000
    large: int = 10_000
    rounds: int = 5
    blast_cpu_s: float = 0.4
    fewest: tuple[int, int] = (2, 10)
    most: int = 150
    echoers: int = 500
    echoes: int = 10
    listeners: int = 400
    stopped_for_s: float = 6.0
    stopped_every: int = 2


FULL = Sizes()
# To look at while changing things: no large room, and with it no memory, which a thousand clients do not show: they
# fit into what a server freed after it started. And nobody stops reading.
QUICK = Sizes(large=0, rounds=2, blast_cpu_s=0.2, echoes=8, listeners=0)
