"""Who a swarm's clients are, and how it behaves."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Client(msgspec.Struct, frozen=True):
    """One client: its token and affinity (None: sends none) and the index of its target (None: round robin)."""

    token: str | None = None
    affinity: str | None = None
    target: int | None = None


class Options(msgspec.Struct, frozen=True):
    """How a swarm behaves. Give either `clients` or `count`.

    Attributes:
        targets: `host:port` each.
        clients: one entry a client; at most about 19,990 for each swarm where a process may have 20,000 descriptors.
        count: that many clients without token and affinity.
        core: the core the swarm is pinned to; None leaves it to the kernel.
        deflate: offer permessage-deflate, as a browser does, and inflate what comes compressed.
        sources: how many addresses in 127.0.0.0/8 the clients connect from; 0 binds none (targets off this machine).
            About 28,000 connections fit between one source and one target.
        source_offset: the first of these addresses, so that several swarms use different ones.
        path: of the Socket.IO server.
        origin: the Origin header; None sends none.
        seq_key: the integer in an event's payload by which order is checked and broadcasts are told apart.
        order_event: check the order of this event only; None checks all that have `seq_key`, together.
        at_key: an integer in an event's payload that is its moment of sending, microseconds of CLOCK_MONOTONIC.
        question_key: the integer in an event's payload that `{question}` stands for.
        stop_reading: share of the clients (0 to 1) that stop reading, when told or `stop_after_ms` after joining.
        stop_after_ms: 0 waits for `Swarm.stop_reading`.
        rcvbuf: SO_RCVBUF in bytes of those that stop; 0 leaves the kernel's.
        connecting: at most so many handshakes at once.
        nap_us: how long the swarm sleeps when there is nothing to read, while there is traffic. Latencies are as
            coarse as that, but the server does not pay for waking it. 0 spins.
        ack_timeout_ms: `emit` gives up so long after its last event.
        connect_timeout_ms: a client that has not joined by then failed.
    """

    targets: tuple[str, ...]
    clients: tuple[Client, ...] = ()
    count: int = 0
    core: int | None = None
    deflate: bool = False
    sources: int = 0
    source_offset: int = 0
    path: str = "/socket.io/"
    origin: str | None = None
    seq_key: str = "seq"
    order_event: str | None = None
    at_key: str | None = None
    question_key: str = "number"
    stop_reading: float = 0.0
    stop_after_ms: int = 0
    rcvbuf: int = 0
    connecting: int = 256
    nap_us: int = 50
    ack_timeout_ms: int = 10_000
    connect_timeout_ms: int = 30_000

    def arguments(self) -> list[str]:
        """The program's command line, without the list of clients."""
        given: dict[str, str | int | float | None] = {
            "count": self.count,
            "core": self.core,
            "sources": self.sources,
            "source-offset": self.source_offset,
            "path": self.path,
            "origin": self.origin,
            "seq-key": self.seq_key,
            "order-event": self.order_event,
            "at-key": self.at_key,
            "question-key": self.question_key,
            "stop-reading": self.stop_reading,
            "stop-after-ms": self.stop_after_ms,
            "rcvbuf": self.rcvbuf,
            "connecting": self.connecting,
            "nap-us": self.nap_us,
            "ack-timeout-ms": self.ack_timeout_ms,
            "connect-timeout-ms": self.connect_timeout_ms,
        }
        words = [word for target in self.targets for word in ("--target", target)]
        words += [word for name, value in given.items() if value is not None for word in (f"--{name}", str(value))]
        return [*words, "--deflate"] if self.deflate else words


def clients_text(clients: Sequence[Client]) -> str:
    """The list of clients as the program reads it: token, affinity, target; "-" where there is none."""
    return "".join(
        f"{client.token or '-'} {client.affinity or '-'} {'-' if client.target is None else client.target}\n"
        for client in clients
    )
