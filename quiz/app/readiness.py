"""What keeps a node from getting traffic, and what is behind it when somebody looks."""

from __future__ import annotations

from collections.abc import Mapping

from quiz.cluster.clock import DatabaseClock
from quiz.game.errors import Unavailable
from quiz.game.ports import Clock
from quiz.http.health import Check
from quiz.observe.metrics import Metrics
from quiz.realtime.server import RealtimeServer
from quiz.storage.storage import Storage


def checks(storage: Storage, clock: Clock, realtime: RealtimeServer) -> Mapping[str, Check]:
    """The checks of readiness, by name. Redis is none of them: without it a node still plays, only slower."""

    async def database() -> str | None:
        try:
            await storage.check()
        except Unavailable as error:
            return str(error)
        return None

    async def clock_known() -> str | None:
        return clock.problem() if isinstance(clock, DatabaseClock) else None

    async def draining() -> str | None:
        return "this node sends its clients away" if realtime.closing else None

    return {"database": database, "clock": clock_known, "draining": draining}


def look_behind(metrics: Metrics, storage: Storage, clock: Clock) -> None:
    """Bring the gauges of the database up to date."""
    in_use, size = storage.pool_use()
    metrics.pool_connections.labels("in use").set(in_use)
    metrics.pool_connections.labels("idle").set(size - in_use)
    if isinstance(clock, DatabaseClock):
        metrics.clock_uncertainty.set(clock.uncertainty_ms() / 1000)
