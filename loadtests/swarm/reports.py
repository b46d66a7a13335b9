"""What a swarm reports: one JSON line each, named by `type`. Durations ending in `_us` are microseconds."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Quantiles(msgspec.Struct, frozen=True):
    """A histogram's figures in microseconds, better than one percent; all 0 when nothing was counted."""

    count: int
    p50: int
    p90: int
    p99: int
    p999: int
    max: int


class EventCount(msgspec.Struct, frozen=True):
    """How often an event was received by all clients together, and how many bytes its packets had."""

    count: int
    bytes: int


class Order(msgspec.Struct, frozen=True):
    """Sequence numbers as each connection saw them, and how many events with one the receivers had, least and most.

    `receivers` are the joined clients that still read; only they are in `least` and `most`.
    """

    skipped: int
    repeated: int
    backward: int
    receivers: int
    least: int
    most: int


class AnswerCount(msgspec.Struct, frozen=True):
    """Answers by rule: sent, replaced by a later question's, not sendable, and still waiting for their moment."""

    sent: int
    superseded: int
    skipped: int
    due: int


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The swarm takes commands."""

    clients: int


class Connected(msgspec.Struct, frozen=True, tag="connected"):
    """A `connect` is through: each of its clients joined or failed."""

    joined: int
    failed: int
    took_s: float
    failures: dict[str, int]


class Emitted(msgspec.Struct, frozen=True, tag="emitted"):
    """An `emit` is through: all was sent and acked, or skipped by clients that were gone or had 8 calls in flight."""

    sent: int
    skipped: int
    unacked: int
    timed_out: bool
    took_s: float


class Expected(msgspec.Struct, frozen=True, tag="expected"):
    """An awaited count was reached."""

    event: str
    count: int


class Failure(msgspec.Struct, frozen=True, tag="error"):
    """A command could not be obeyed."""

    message: str


class Broadcast(msgspec.Struct, frozen=True):
    """One sequence number of one event: its receipts over all clients, first and last on CLOCK_MONOTONIC."""

    event: str
    seq: int
    count: int
    first_ns: int
    last_ns: int


class Broadcasts(msgspec.Struct, frozen=True, tag="broadcasts"):
    """Every broadcast since the last reset, in no order."""

    items: tuple[Broadcast, ...]


class Report(msgspec.Struct, frozen=True, tag="report"):
    """Everything counted since the last reset; the numbers of clients are those of now.

    `failures` are clients that never joined, by cause; `ends` joined ones that the server or the network ended;
    `acks` outcomes by name (`ok`, `saved`, `queued` or an error's code). `delivery_us` needs the option `at_key`.
    `spread_us` is the time from first to last receipt of each broadcast.
    """

    idle: int
    connecting: int
    joined: int
    failed: int
    gone: int
    stopped: int
    failures: dict[str, int]
    ends: dict[str, int]
    events: dict[str, EventCount]
    acks: dict[str, int]
    acks_lost: int
    answers: AnswerCount
    order: Order
    frames: int
    bytes: int
    compressed: int
    not_inflated: int
    broadcasts: int
    untracked: int
    connect_us: Quantiles
    ack_us: Quantiles
    delivery_us: Quantiles
    stopped_gone_us: Quantiles
    spread_us: Quantiles
    cpu_s: float
    wall_s: float
    lag_us: int

    @property
    def busy(self) -> float:
        """How much of its core the swarm used since the last reset, 0 to 1."""
        return self.cpu_s / self.wall_s if self.wall_s > 0 else 0.0

    def complete(self, each: int) -> bool:
        """Whether every receiver had exactly `each` events with a sequence number, in order and without a gap."""
        o = self.order
        return (o.skipped, o.repeated, o.backward) == (0, 0, 0) and o.least == o.most == each


AnyReport = Annotated[
    Ready | Connected | Emitted | Expected | Failure | Broadcasts | Report, "what a line on stdout decodes to"
]
