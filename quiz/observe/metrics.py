"""Every metric the service exports, by name, in one place. Times are seconds, as Prometheus has it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_QUICK: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SIZES: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


class Metrics:
    """The metrics of one node, in a registry of its own so that several nodes fit in one process."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self._refreshers: list[Callable[[], None]] = []
        self.connections = Gauge("quiz_connections", "Connected clients.", ["role", "transport"], registry=registry)
        self.connects_refused = Counter(
            "quiz_connects_refused_total", "Connects refused, by code.", ["code"], registry=registry
        )
        self.disconnects = Counter(
            "quiz_disconnects_total", "Connections that ended, by reason.", ["reason"], registry=registry
        )
        self.calls = Counter(
            "quiz_calls_total",
            "Calls of clients, by event and outcome (ok or an error code).",
            ["event", "outcome"],
            registry=registry,
        )
        self.call_seconds = Histogram(
            "quiz_call_seconds",
            "From the arrival of a call's packet to its ack.",
            ["event"],
            buckets=_QUICK,
            registry=registry,
        )
        self.bad_packets = Counter(
            "quiz_bad_packets_total", "Packets refused before they were a call, by cause.", ["cause"], registry=registry
        )
        self.emits = Counter("quiz_emits_total", "Events sent to a room or a client.", ["event"], registry=registry)
        self.deliveries = Counter(
            "quiz_deliveries_total", "Events handed to a connection.", ["event"], registry=registry
        )
        self.answers_acked = Counter(
            "quiz_answers_acked_total", "Acks of saved answers, those of retries among them.", registry=registry
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
        self.loop_lag = Histogram(
            "quiz_loop_lag_seconds", "How late the event loop wakes up.", buckets=_QUICK, registry=registry
        )

    def before_render(self, refresh: Callable[[], None]) -> None:
        """Have gauges brought up to date whenever somebody looks."""
        self._refreshers.append(refresh)

    def render(self) -> bytes:
        """All metrics as Prometheus text, of type `CONTENT_TYPE`."""
        for refresh in self._refreshers:
            refresh()
        return generate_latest(self.registry)


class BatchMetrics:
    """What a group commit tells, as metrics.

    Args:
        kind: what its rows are: "answers" or "seats".
    """

    def __init__(self, metrics: Metrics, kind: str) -> None:
        self._waiting = metrics.rows_waiting.labels(kind)
        self._rows = metrics.batch_rows.labels(kind)
        self._seconds = metrics.commit_seconds.labels(kind)
        self._committed = metrics.rows_committed.labels(kind)
        self._failed = metrics.rows_failed.labels(kind)

    def waiting(self, rows: int) -> None:
        """So many rows wait that are in no batch yet."""
        self._waiting.set(rows)

    def committed(self, rows: int, seconds: float) -> None:
        """A batch was written."""
        self._rows.observe(rows)
        self._seconds.observe(seconds)
        self._committed.inc(rows)

    def failed(self, rows: int, seconds: float) -> None:
        """A batch was given up."""
        self._seconds.observe(seconds)
        self._failed.inc(rows)
