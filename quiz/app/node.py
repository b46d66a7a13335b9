"""A node: everything that one process serves, from its settings to its last answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Final

import structlog
from aiohttp import web
from msgspec import Struct

from quiz.app.adapters import check_schema, open_clock, open_shared, open_storage
from quiz.app.readiness import checks, look_behind
from quiz.app.upkeep import keep_house, own, sweep_deadlines
from quiz.app.wiring import Game, wire_game, wire_services
from quiz.config import Settings
from quiz.game.welcome import Welcome, welcome
from quiz.http.server import build_http
from quiz.http.services import Services
from quiz.observe.lag import measure_lag
from quiz.observe.metrics import Metrics
from quiz.realtime.server import RealtimeServer
from quiz.storage.storage import Storage

LISTEN_BACKLOG: Final = 4096
LINGERING_S: Final = 1
"""How long the rest of a body is read that nobody wants any more."""

log = structlog.get_logger("quiz.app")


class Node(Struct, frozen=True):
    """A node that takes connections at `url`. `welcome` says how to sign in after a first start."""

    url: str
    storage: Storage
    services: Services
    game: Game
    metrics: Metrics
    welcome: Welcome | None


@asynccontextmanager
async def running(settings: Settings, host: str, port: int) -> AsyncIterator[Node]:
    """Run a node until the end of the block, which sends its clients away and answers calls under way before it ends.

    Args:
        port: 0 takes a free one.

    Raises:
        SchemaBehind: a PostgreSQL that has not been migrated; SQLite is migrated here.
        NotDurable: a PostgreSQL that may forget what it has committed.
        OSError: the address cannot be listened on.
        Unavailable: the database cannot be reached. Redis need not be there.
    """
    metrics = Metrics()
    await check_schema(settings.storage.url)
    async with AsyncExitStack() as stack:
        shared = await open_shared(stack, settings, metrics)
        storage = await open_storage(stack, settings, shared, metrics)
        clock = await open_clock(stack, settings, storage)
        game = wire_game(settings, storage, shared, clock, metrics)
        services = wire_services(settings, storage, shared, clock, game)
        for close in (game.crowd.close, game.teller.close, game.healing.close, game.deadlines.close):
            stack.push_async_callback(close)
        greeting = await welcome(storage.users, services.accounts, services.library, settings.admin_password)
        realtime = RealtimeServer(
            tokens=services.tokens,
            snapshots=game.snapshots,
            answering=game.answering,
            conductor=game.conductor,
            clock=clock,
            metrics=metrics,
            healing=game.healing,
            bus=shared.bus,
            settings=settings.realtime,
            allowed_origins=_origins(settings),
        )
        game.fanout.serve(realtime)
        metrics.before_render(realtime.count_connections)
        metrics.before_render(partial(look_behind, metrics, storage, clock))
        metrics.before_render(lambda: metrics.bots.set(game.bot_play.bots))
        app = build_http(settings.http, services, checks(storage, clock, realtime), metrics)
        realtime.attach_to(app)
        runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            shutdown_timeout=5,
            keepalive_timeout=settings.http.idle_timeout_s,
            lingering_time=LINGERING_S,
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await own(stack, keep_house(settings, storage, game, clock), "housekeeping")
        await own(stack, sweep_deadlines(settings, game), "deadline sweep")
        await own(stack, game.healing.run(), "healing")
        await own(stack, game.taking.run(), "overflow")
        await own(stack, measure_lag(metrics), "lag")
        site = web.TCPSite(runner, host, port, backlog=LISTEN_BACKLOG)
        await site.start()
        # In this order backwards: while clients are sent away, whoever asks is told that the node is leaving.
        stack.push_async_callback(site.stop)
        stack.push_async_callback(realtime.close)
        stack.push_async_callback(game.bot_play.close)
        url = f"http://{_printable(host)}:{_port(runner)}"
        log.info("node serves", action="serve", url=url)
        yield Node(url, storage, services, game, metrics, greeting)
        log.info("node stops", action="stop")


def _origins(settings: Settings) -> list[str] | None:
    """Browser origins that may connect; None leaves it at the page's own host."""
    if not settings.http.allowed_origins:
        return None
    own_origin = [settings.http.public_url] if settings.http.public_url else []
    return [*settings.http.allowed_origins, *own_origin]


def _port(runner: web.AppRunner) -> int:
    """The port that is listened on; it was 0 for a free one."""
    return int(runner.addresses[0][1])


def _printable(host: str) -> str:
    """The host as it stands in an address for people on this machine."""
    if host in ("0.0.0.0", "::"):  # noqa: S104
        return "localhost"
    return f"[{host}]" if ":" in host else host
