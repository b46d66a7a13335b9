"""What stands behind the game's ports: chosen by the URLs of the settings."""

from __future__ import annotations

from contextlib import AsyncExitStack

import structlog
from msgspec import Struct

from quiz.cluster.bus import LocalBus, RedisBus
from quiz.cluster.calls import RedisCalls
from quiz.cluster.clock import DatabaseClock, SystemClock
from quiz.cluster.content import RedisContent
from quiz.cluster.limiter import MemoryLimiter
from quiz.cluster.overflow import RedisOverflow
from quiz.cluster.redis_limiter import RedisLimiter
from quiz.cluster.standings import MemoryStandings, RedisStandings
from quiz.config import Settings, sqlite_file
from quiz.game.ports import Clock, ContentCache, Limiter, OverflowQueue, StandingsCache
from quiz.observe.meters import BatchMetrics, BusMetrics, CacheMetrics, CallMetrics, QueryMetrics
from quiz.observe.metrics import Metrics
from quiz.realtime.bus import Bus
from quiz.storage.migrate import migrate, pending
from quiz.storage.storage import Storage

log = structlog.get_logger("quiz.app")


class SchemaBehind(Exception):
    """The database is behind this code, and is not one that a node migrates by itself."""


class Shared(Struct, frozen=True):
    """What the nodes of a cluster share beside the database, or the twins of a node that is alone."""

    bus: Bus
    limiter: Limiter
    standings: StandingsCache
    content: ContentCache | None
    overflow: OverflowQueue | None


async def check_schema(url: str) -> None:
    """Bring a file of our own to head; a database that others may be using must be there already.

    Raises:
        SchemaBehind, Unavailable.
    """
    if sqlite_file(url) is not None:
        await migrate(url)
    elif missing := await pending(url):
        raise SchemaBehind(f"The database lacks {len(missing)} migrations; run `quiz migrate` once, then start again.")


def is_alone(settings: Settings) -> bool:
    """Whether there can be no other node: a SQLite file is for one process."""
    return sqlite_file(settings.storage.url) is not None


def alone(settings: Settings) -> Shared:
    """The twins, which are shared with nobody."""
    return Shared(
        bus=LocalBus(),
        limiter=MemoryLimiter(settings.limits),
        standings=MemoryStandings(),
        content=None,
        overflow=None,
    )


async def open_shared(stack: AsyncExitStack, settings: Settings, metrics: Metrics) -> Shared:
    """What Redis keeps, if there is one. It need not be up: each of these bears with that."""
    if settings.redis is None:
        return alone(settings)
    calls = await stack.enter_async_context(RedisCalls(settings.redis, CallMetrics(metrics)))
    overflow = RedisOverflow(calls, settings.redis)
    if (reason := await overflow.check_durability()) is not None:
        log.warning("answers in the overflow queue may be lost with Redis", action="start", reason=reason)
    return Shared(
        bus=await stack.enter_async_context(RedisBus(settings.redis, BusMetrics(metrics))),
        limiter=RedisLimiter(calls, settings.limits, settings.redis),
        standings=RedisStandings(calls, settings.redis),
        content=RedisContent(calls, settings.redis),
        overflow=overflow,
    )


async def open_storage(stack: AsyncExitStack, settings: Settings, shared: Shared, metrics: Metrics) -> Storage:
    """The database.

    Raises:
        NotDurable: it may forget what it has committed.
        Unavailable: it cannot be reached.
    """
    storage = Storage(
        settings.storage,
        answers_observer=BatchMetrics(metrics, "answers"),
        seats_observer=BatchMetrics(metrics, "seats"),
        queries_observer=QueryMetrics(metrics),
        cache=shared.content,
        cache_observer=CacheMetrics(metrics),
    )
    await stack.enter_async_context(storage)
    await storage.check_durability()
    return storage


async def open_clock(stack: AsyncExitStack, settings: Settings, storage: Storage) -> Clock:
    """The service's clock: the database's, which nodes share."""
    if is_alone(settings):
        return SystemClock()
    return await stack.enter_async_context(DatabaseClock(storage.now, settings.clock))
