"""The use cases without a node around them, for commands that change what is stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from msgspec import Struct

from quiz.app.adapters import alone, check_schema
from quiz.app.wiring import wire_game, wire_services
from quiz.cluster.clock import SystemClock
from quiz.config import BadSettings, Settings
from quiz.game.errors import Refused
from quiz.game.welcome import Welcome, welcome
from quiz.http.services import Services
from quiz.observe.metrics import Metrics
from quiz.storage.storage import Storage


class Offline(Struct, frozen=True):
    """The use cases. `welcome` says how to sign in after a first start."""

    services: Services
    welcome: Welcome | None


@asynccontextmanager
async def offline(settings: Settings) -> AsyncIterator[Offline]:
    """The use cases, until the end of the block.

    Raises:
        SchemaBehind, Unavailable: as `running`.
        BadSettings: this is a first start, and the password for `admin` cannot be used.
    """
    await check_schema(settings.storage.url)
    async with Storage(settings.storage) as storage:
        clock, shared = SystemClock(), alone(settings)
        game = wire_game(settings, storage, shared, clock, Metrics())
        services = wire_services(settings, storage, shared, clock, game)
        try:
            greeting = await welcome(storage.users, services.accounts, services.library, settings.admin_password)
        except Refused as refused:
            raise BadSettings(f"QUIZ_ADMIN_PASSWORD: {refused.message}") from None
        yield Offline(services, greeting)
