"""The one place that picks adapters and introduces them to each other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager

import structlog
from aiohttp import web
from msgspec import Struct

from quiz.cluster.clock import SystemClock
from quiz.cluster.limiter import MemoryLimiter
from quiz.config import BadSettings, Settings, sqlite_file
from quiz.domain.ids import Millis
from quiz.formats.files import FormatFiles
from quiz.formats.results_files import FormatResults
from quiz.game.accounts import Accounts
from quiz.game.answering import Answering
from quiz.game.conduct import Conductor
from quiz.game.crowd import Crowd
from quiz.game.deadlines import DeadlineWatch
from quiz.game.errors import Refused, Unavailable
from quiz.game.joining import Joining
from quiz.game.library import Library
from quiz.game.live import LiveSessions
from quiz.game.passwords import Passwords
from quiz.game.ports import Clock
from quiz.game.reports import Reports
from quiz.game.sessions import Sessions
from quiz.game.snapshots import Snapshots
from quiz.game.throttle import Throttle
from quiz.game.tokens import Tokens
from quiz.game.welcome import Welcome, welcome
from quiz.http.health import Check
from quiz.http.server import build_http
from quiz.http.services import Services
from quiz.observe.lag import measure_lag
from quiz.observe.metrics import BatchMetrics, Metrics
from quiz.realtime.dispatch import Dispatch
from quiz.realtime.fanout import RoomFanout
from quiz.realtime.server import RealtimeServer
from quiz.storage.migrate import migrate, pending
from quiz.storage.storage import Storage

LIVE_SESSIONS_MAX = 500
"""Pictures of sessions that a node keeps; those beyond are loaded again when they are asked for."""
DEADLINE_RETRY_MS = Millis(250)
HOUSEKEEPING_S = 600
LISTEN_BACKLOG = 4096

log = structlog.get_logger("quiz.app")


class SchemaBehind(Exception):
    """The database is behind this code, and is not one that a node migrates by itself."""


class Node(Struct, frozen=True):
    """A node that takes connections at `url`. `welcome` says how to sign in after a first start."""

    url: str
    storage: Storage
    services: Services
    metrics: Metrics
    welcome: Welcome | None


class Offline(Struct, frozen=True):
    """The use cases without a node. `welcome` says how to sign in after a first start."""

    services: Services
    welcome: Welcome | None


class Game(Struct, frozen=True):
    """The use cases of a running game."""

    live: LiveSessions
    crowd: Crowd
    conductor: Conductor
    deadlines: DeadlineWatch
    answering: Answering
    snapshots: Snapshots


@asynccontextmanager
async def running(settings: Settings, host: str, port: int) -> AsyncIterator[Node]:
    """Run a node until the end of the block, which answers calls under way before it ends.

    Args:
        port: 0 takes a free one.

    Raises:
        SchemaBehind: a PostgreSQL that has not been migrated; SQLite is migrated here.
        OSError: the address cannot be listened on.
        Unavailable: the database cannot be reached.
    """
    clock, metrics = SystemClock(), Metrics()
    await _check_schema(settings.storage.url)
    async with AsyncExitStack() as stack:
        storage = Storage(
            settings.storage,
            answers_observer=BatchMetrics(metrics, "answers"),
            seats_observer=BatchMetrics(metrics, "seats"),
        )
        await stack.enter_async_context(storage)
        services, game, fanout = _wire(settings, storage, clock)
        stack.push_async_callback(game.crowd.close)
        stack.push_async_callback(game.conductor.close)
        stack.push_async_callback(game.deadlines.close)
        greeting = await welcome(storage.users, services.accounts, services.library, settings.admin_password)
        realtime = RealtimeServer(
            tokens=services.tokens,
            snapshots=game.snapshots,
            dispatch=Dispatch(game.answering, game.conductor, clock),
            clock=clock,
            metrics=metrics,
            settings=settings.realtime,
            allowed_origins=_origins(settings),
        )
        fanout.serve(realtime)
        metrics.before_render(realtime.count_connections)
        app = build_http(
            settings.http,
            services,
            {"database": _database_check(storage), "draining": _draining_check(realtime)},
            metrics,
        )
        realtime.attach_to(app)
        runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=5)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        site = web.TCPSite(runner, host, port, backlog=LISTEN_BACKLOG)
        await site.start()
        stack.push_async_callback(realtime.close)
        stack.push_async_callback(site.stop)
        await game.deadlines.resume(_abandoned_before(settings, clock))
        await _own(stack, _keep_house(settings, game, clock), "housekeeping")
        await _own(stack, measure_lag(metrics), "lag")
        url = f"http://{_printable(host)}:{_port(runner)}"
        log.info("node serves", action="serve", url=url)
        yield Node(url, storage, services, metrics, greeting)
        log.info("node stops", action="stop")


def _wire(settings: Settings, storage: Storage, clock: Clock) -> tuple[Services, Game, RoomFanout]:
    fanout = RoomFanout()
    live = LiveSessions(storage.sessions, LIVE_SESSIONS_MAX)
    crowd = Crowd(live, storage.answers, fanout, settings.crowd_interval_ms)
    deadlines = DeadlineWatch(
        storage.sessions,
        live,
        clock,
        grace_ms=settings.deadline_grace_ms,
        jitter_ms=settings.deadline_jitter_ms,
        retry_ms=DEADLINE_RETRY_MS,
        random=random.SystemRandom(),
    )
    conductor = Conductor(
        storage.sessions, storage.answers, live, crowd, fanout, clock, deadlines, settings.crowd_interval_ms
    )
    deadlines.serve(conductor)
    tokens, throttle = Tokens(settings.secret_key), Throttle(MemoryLimiter(settings.limits))
    lifetime = settings.session_lifetime_ms
    services = Services(
        accounts=Accounts(storage.users, Passwords(), tokens, throttle, clock),
        library=Library(storage.quizzes, FormatFiles(), clock),
        sessions=Sessions(storage.sessions, storage.quizzes, live, tokens, clock, lifetime),
        joining=Joining(
            storage.sessions, live, tokens, throttle, clock, crowd, seats_most=settings.seats_max, lifetime=lifetime
        ),
        reports=Reports(storage.sessions, live, FormatResults()),
        tokens=tokens,
    )
    game = Game(
        live,
        crowd,
        conductor,
        deadlines,
        Answering(storage.answers, live, crowd),
        Snapshots(live, storage.answers, crowd, clock),
    )
    return services, game, fanout


async def _keep_house(settings: Settings, game: Game, clock: Clock) -> None:
    while True:
        await asyncio.sleep(HOUSEKEEPING_S)
        game.live.forget_finished()
        try:
            await game.deadlines.resume(_abandoned_before(settings, clock))
        except Unavailable:
            log.warning("housekeeping waits for the database", action="housekeeping")


@asynccontextmanager
async def offline(settings: Settings) -> AsyncIterator[Offline]:
    """The use cases without a node around them, for commands that change what is stored.

    Raises:
        SchemaBehind, Unavailable: as `running`.
        BadSettings: this is a first start, and the password for `admin` cannot be used.
    """
    await _check_schema(settings.storage.url)
    async with Storage(settings.storage) as storage:
        services, _, _ = _wire(settings, storage, SystemClock())
        try:
            greeting = await welcome(storage.users, services.accounts, services.library, settings.admin_password)
        except Refused as refused:
            raise BadSettings(f"QUIZ_ADMIN_PASSWORD: {refused.message}") from None
        yield Offline(services, greeting)


async def _check_schema(url: str) -> None:
    """A file of our own is migrated; a database that others may be using is not."""
    if sqlite_file(url) is not None:
        await migrate(url)
    elif missing := await pending(url):
        raise SchemaBehind(f"The database lacks {len(missing)} migrations; run `quiz migrate` once, then start again.")


def _database_check(storage: Storage) -> Check:
    async def check() -> str | None:
        try:
            await storage.check()
        except Unavailable as error:
            return str(error)
        return None

    return check


def _draining_check(realtime: RealtimeServer) -> Check:
    async def check() -> str | None:
        return "this node sends its clients away" if realtime.closing else None

    return check


def _abandoned_before(settings: Settings, clock: Clock) -> Millis:
    return Millis(clock.now() - settings.session_lifetime_ms)


def _origins(settings: Settings) -> list[str] | None:
    """Browser origins that may connect; None leaves it at the page's own host."""
    if not settings.http.allowed_origins:
        return None
    own = [settings.http.public_url] if settings.http.public_url else []
    return [*settings.http.allowed_origins, *own]


async def _own(stack: AsyncExitStack, work: Coroutine[None, None, None], name: str) -> None:
    """Run `work` beside the node, and end it with the node."""
    task = asyncio.create_task(work, name=name)

    def report(done: asyncio.Task[None]) -> None:
        if not done.cancelled() and (error := done.exception()) is not None:
            log.error("background work died", action=name, exc_info=error)

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    task.add_done_callback(report)
    stack.push_async_callback(end)


def _port(runner: web.AppRunner) -> int:
    """The port that is listened on; it was 0 for a free one."""
    return int(runner.addresses[0][1])


def _printable(host: str) -> str:
    """The host as it stands in an address for people on this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "localhost"
    return f"[{host}]" if ":" in host else host
