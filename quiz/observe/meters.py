"""What the rooms tell their observers, as metrics."""

from __future__ import annotations

from quiz.observe.metrics import Metrics


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


class HealingMetrics:
    """What `Healing` tells."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def caught_up(self, cause: str, *, steps: int) -> None:
        """A picture was behind."""
        self._metrics.resyncs.labels(cause).inc()
        self._metrics.steps_missed.inc(steps)


class TakingMetrics:
    """What `Taking` tells."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def queue_waits(self, answers: int) -> None:
        """So many answers wait in the overflow queue."""
        self._metrics.overflow_waiting.set(answers)

    def queued(self) -> None:
        """An answer was acked as queued."""
        self._metrics.answers_queued.inc()

    def restored(self, answers: int) -> None:
        """So many answers have left the queue."""
        self._metrics.answers_restored.inc(answers)


class CacheMetrics:
    """What a cache tells."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

        self._counts: dict[tuple[str, str], int] = {}
        metrics.before_render(self._count)

    def looked_up(self, kind: str, tier: str) -> None:
        """Content was found in this tier. There is a look for each answer, so they are only added up here."""
        found = (kind, tier)
        self._counts[found] = self._counts.get(found, 0) + 1

    def _count(self) -> None:
        counts, self._counts = self._counts, {}
        for (kind, tier), looks in counts.items():
            self._metrics.cache_lookups.labels(kind, tier).inc(looks)


class QueryMetrics:
    """What the database's transactions tell."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def slow(self, name: str, seconds: float) -> None:
        """A query took longer than it should."""
        self._metrics.slow_queries.labels(name).inc()


class BusMetrics:
    """What the bus tells."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        metrics.bus_up.set(0)

    def published(self, messages: int) -> None:
        """So many messages were written."""
        self._metrics.bus_published.inc(messages)

    def dropped(self, cause: str, messages: int) -> None:
        """So many messages will not arrive."""
        self._metrics.bus_dropped.labels(cause).inc(messages)

    def received(self, messages: int) -> None:
        """So many messages of other nodes came in."""
        self._metrics.bus_received.inc(messages)

    def reconnects(self, cause: str) -> None:
        """The connection that hears was lost."""
        self._metrics.bus_reconnects.labels(cause).inc()

    def up(self, is_up: bool) -> None:
        """The node hears itself, or does not."""
        self._metrics.bus_up.set(is_up)

    def delay(self, seconds: float) -> None:
        """A message took so long from being published to being heard."""
        self._metrics.bus_delay.observe(seconds)

    def waiting(self, messages: int) -> None:
        """So many messages wait to be written."""
        self._metrics.bus_waiting.set(messages)


class CallMetrics:
    """What calls to Redis tell."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics

    def called(self, name: str, seconds: float) -> None:
        """A call was answered."""
        self._metrics.redis_seconds.labels(name).observe(seconds)

    def failed(self, name: str, cause: str) -> None:
        """A call was not answered, or not tried."""
        self._metrics.redis_failures.labels(name, cause).inc()
