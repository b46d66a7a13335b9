"""What a node does beside serving: tasks that run as long as it does."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Final

import structlog

from quiz.app.adapters import is_alone
from quiz.app.wiring import Game
from quiz.config import Settings
from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.game.ports import Clock
from quiz.storage.storage import Storage

HOUSEKEEPING_S: Final = 600

log = structlog.get_logger("quiz.app")


async def keep_house(settings: Settings, storage: Storage, game: Game, clock: Clock) -> None:
    """Forget games that are over, end those that were forgotten, make room for answers of the months to come."""
    while True:
        game.live.forget_finished()
        try:
            await storage.ensure_partitions(clock.now())
            if is_alone(settings):  # otherwise whoever hosts a session watches it
                await game.deadlines.resume()
            await game.deadlines.end_abandoned(Millis(clock.now() - settings.session_lifetime_ms))
        except Unavailable:
            log.warning("housekeeping waits for the database", action="housekeeping")
        except Exception:
            log.exception("housekeeping failed", action="housekeeping")
        await asyncio.sleep(HOUSEKEEPING_S)


async def sweep_deadlines(settings: Settings, game: Game) -> None:
    """Close questions that nobody else has closed, because the nodes that hosted them are gone."""
    was_away = False
    while True:
        await asyncio.sleep(settings.deadline_sweep_ms / 1000)
        try:
            await game.deadlines.sweep(settings.deadline_late_ms)
            was_away = False
        except Unavailable:
            if not was_away:
                log.warning("overdue questions wait for the database", action="deadline")
            was_away = True
        except Exception:
            log.exception("overdue questions cannot be closed", action="deadline")


async def own(stack: AsyncExitStack, work: Coroutine[None, None, None], name: str) -> None:
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
