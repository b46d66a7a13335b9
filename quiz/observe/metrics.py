"""Every metric the service exports, by name, in one place. Times are seconds, as Prometheus has it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Metric, generate_latest
from prometheus_client.registry import Collector

from quiz.observe.tally import TallyCounter, TallyHistogram

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class _Refresh(Collector):
    """Has no metrics of its own. Registered first, it is asked before all others."""

    def __init__(self, refreshers: Sequence[Callable[[], None]]) -> None:
        self._refreshers = refreshers

    def collect(self) -> Iterable[Metric]:
        for refresh in self._refreshers:
            refresh()
        return ()


class Metrics:
    """The metrics of one node, in a registry of its own so that several nodes fit in one process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._refreshers: list[Callable[[], None]] = []
        registry.register(_Refresh(self._refreshers))
        self.connections = Gauge("quiz_connections", "Connected clients.", ["role", "transport"], registry=registry)
        self.connects_refused = Counter(
            "quiz_connects_refused_total", "Connects refused, by code.", ["code"], registry=registry
        )
        self.disconnects = Counter(
            "quiz_disconnects_total", "Connections that ended, by reason.", ["reason"], registry=registry
        )
        self.calls = TallyCounter(
            "quiz_calls_total",
            "Calls of clients, by event and outcome (ok or an error code).",
            ["event", "outcome"],
            registry,
        )
        self.call_seconds = TallyHistogram(
            "quiz_call_seconds", "From the arrival of a call's packet to its ack.", "event", _QUICK, registry
        )
        self.bad_packets = Counter(
            "quiz_bad_packets_total", "Packets refused before they were a call, by cause.", ["cause"], registry=registry
        )
        self.emits = Counter("quiz_emits_total", "Events sent to a room or a client.", ["event"], registry=registry)
        self.deliveries = Counter(
            "quiz_deliveries_total", "Events handed to a connection.", ["event"], registry=registry
        )
        self.frames_superseded = Counter(
            "quiz_frames_superseded_total",
            "Events left out for clients that were behind, who got a snapshot in their place.",
            registry=registry,
        )
        self.answers_acked = TallyCounter(
            "quiz_answers_acked_total",
            "Acks of answers by status, saved or queued; those of retries among them.",
            ["status"],
            registry,
        )
        self.rows_committed = Counter(
            "quiz_rows_committed_total",
            "Rows in committed batches, repeats and refusals among them, by kind.",
            ["of"],
            registry=registry,
        )
        self.rows_failed = Counter(
            "quiz_rows_failed_total",
            "Rows given up because the database was away; clients try again.",
            ["of"],
            registry=registry,
        )
        self.batch_rows = Histogram("quiz_batch_rows", "Rows in one commit.", ["of"], buckets=_SIZES, registry=registry)
        self.commit_seconds = Histogram(
            "quiz_commit_seconds", "From the start of a batch to its COMMIT.", ["of"], buckets=_QUICK, registry=registry
        )
        self.rows_waiting = Gauge("quiz_rows_waiting", "Rows that wait for their batch.", ["of"], registry=registry)
        self.http_requests = Counter(
            "quiz_http_requests_total", "REST requests, by route and status.", ["route", "status"], registry=registry
        )
        self.http_seconds = Histogram(
            "quiz_http_seconds", "Duration of a REST request.", ["route"], buckets=_QUICK, registry=registry
        )
        self.bots = Gauge("quiz_bots", "Bots of rehearsals that this node plays.", registry=registry)
        self._of_the_database()
        self._of_the_cluster()
        self.loop_lag = Histogram(
            "quiz_loop_lag_seconds", "How late the event loop wakes up.", buckets=_QUICK, registry=registry
        )

    def _of_the_database(self) -> None:
        registry = self.registry
        self.slow_queries = Counter(
            "quiz_slow_queries_total",
            "Queries over the bound of QUIZ_SLOW_QUERY_MS, by name.",
            ["query"],
            registry=registry,
        )
        self.pool_connections = Gauge(
            "quiz_database_connections", "Connections to the database, by state.", ["state"], registry=registry
        )
        self.clock_uncertainty = Gauge(
            "quiz_clock_uncertainty_seconds", "How exactly this node knows the database's clock.", registry=registry
        )
        self.answers_queued = Counter(
            "quiz_answers_queued_total", "Acks of answers that wait in the overflow queue.", registry=registry
        )
        self.answers_restored = Counter(
            "quiz_answers_restored_total",
            "Answers this node has moved from the overflow queue into the database.",
            registry=registry,
        )
        self.overflow_waiting = Gauge(
            "quiz_overflow_waiting", "Answers in the overflow queue, of all nodes.", registry=registry
        )
        self.cache_lookups = Counter(
            "quiz_cache_lookups_total",
            "Looks for content, by its kind and where it was found: node, shared or database.",
            ["kind", "tier"],
            registry=registry,
        )

    def _of_the_cluster(self) -> None:
        registry = self.registry
        self.rooms = Gauge("quiz_rooms", "Rooms that clients of this node are in.", registry=registry)
        self.sessions_hosted = Gauge(
            "quiz_sessions_hosted", "Sessions that have clients on this node.", registry=registry
        )
        self.resyncs = Counter(
            "quiz_resyncs_total",
            "Pictures found behind, by cause: race, gap, notice or poll.",
            ["cause"],
            registry=registry,
        )
        self.steps_missed = Counter(
            "quiz_steps_missed_total", "Versions that this node had to read because nobody told it.", registry=registry
        )
        self.bus_up = Gauge("quiz_bus_up", "Whether this node hears itself through the bus.", registry=registry)
        self.bus_waiting = Gauge(
            "quiz_bus_waiting", "Messages to other nodes that wait to be written.", registry=registry
        )
        self.redis_seconds = Histogram(
            "quiz_redis_call_seconds", "Duration of a call to Redis.", ["call"], buckets=_QUICK, registry=registry
        )
        self.redis_failures = Counter(
            "quiz_redis_failures_total",
            "Calls to Redis that were not answered or not tried, by cause.",
            ["call", "cause"],
            registry=registry,
        )
        self.bus_published = Counter("quiz_bus_published_total", "Messages sent to other nodes.", registry=registry)
        self.bus_received = Counter("quiz_bus_received_total", "Messages of other nodes.", registry=registry)
        self.bus_dropped = Counter(
            "quiz_bus_dropped_total", "Messages that were not sent, by cause.", ["cause"], registry=registry
        )
        self.bus_reconnects = Counter(
            "quiz_bus_reconnects_total", "New connections to the bus, by cause.", ["cause"], registry=registry
        )
        self.fanout_delay = Histogram(
            "quiz_fanout_delay_seconds",
            "From sending to a room at one node to having it at another, by the database's clock.",
            buckets=_QUICK,
            registry=registry,
        )
        self.bus_delay = Histogram(
            "quiz_bus_delay_seconds",
            "From publishing a heartbeat to hearing it: what the way through Redis takes.",
            buckets=_QUICK,
            registry=registry,
        )

    def before_render(self, refresh: Callable[[], None]) -> None:
        """Have metrics brought up to date whenever somebody looks."""
        self._refreshers.append(refresh)

    def render(self) -> bytes:
        """All metrics as Prometheus text, of type `CONTENT_TYPE`."""
        return generate_latest(self.registry)
