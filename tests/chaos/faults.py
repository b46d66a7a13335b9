"""One fault, from the moment it strikes until all is as before."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from msgspec import Struct

from tests.chaos.clock import now_ms
from tests.chaos.schedule import Fault, Round
from tests.chaos.stage import Stage


class Strike(Struct, frozen=True):
    """What was done to whom. `away` is when the database was not there, if it was not."""

    victim: str
    since: int
    until: int
    away: tuple[int, int] | None = None


async def strike(stage: Stage, round_: Round) -> Strike:
    """Do what the round says, and return when all is as before."""
    since = now_ms()
    victim = await _DEEDS[round_.fault](stage, round_)
    until = now_ms()
    is_outage = round_.fault in (Fault.SUSPEND_POSTGRESQL, Fault.RESTART_POSTGRESQL)
    return Strike(victim, since, until, (since, until) if is_outage else None)


async def _kill_node(stage: Stage, round_: Round) -> str:
    node = await stage.pick(round_.victim)
    await stage.kill_node(node)
    await asyncio.sleep(round_.for_s)
    await stage.start_node(node)
    return node


async def _stop_node(stage: Stage, round_: Round) -> str:
    node = await stage.pick(round_.victim)
    await asyncio.gather(stage.stop_node(node), stage.add_node())
    await stage.forget_node(node)
    return node


async def _suspend_node(stage: Stage, round_: Round) -> str:
    node = await stage.pick(round_.victim)
    async with stage.suspended(node):
        await asyncio.sleep(round_.for_s)
    return node


async def _suspend_redis(stage: Stage, round_: Round) -> str:
    async with stage.suspended("redis"):
        await asyncio.sleep(round_.for_s)
    return "redis"


async def _suspend_postgresql(stage: Stage, round_: Round) -> str:
    async with stage.suspended("postgresql"):
        await asyncio.sleep(round_.for_s)
    return "postgresql"


async def _empty_redis(stage: Stage, round_: Round) -> str:
    await stage.empty_redis(round_.for_s)
    return "redis"


async def _restart_postgresql(stage: Stage, round_: Round) -> str:
    del round_
    await stage.restart_postgresql()
    return "postgresql"


async def _cut_redis(stage: Stage, round_: Round) -> str:
    node = await stage.pick(round_.victim)
    async with stage.cut_from_redis(node):
        await asyncio.sleep(round_.for_s)
    return node


async def _reload_nginx(stage: Stage, round_: Round) -> str:
    del round_
    await stage.reload_nginx()
    return "nginx"


async def _add_node(stage: Stage, round_: Round) -> str:
    del round_
    return await stage.add_node()


async def _remove_node(stage: Stage, round_: Round) -> str:
    node = await stage.pick(round_.victim)
    await stage.remove_node(node)
    return node


_DEEDS: Final[dict[Fault, Callable[[Stage, Round], Awaitable[str]]]] = {
    Fault.KILL_NODE: _kill_node,
    Fault.STOP_NODE: _stop_node,
    Fault.SUSPEND_NODE: _suspend_node,
    Fault.SUSPEND_REDIS: _suspend_redis,
    Fault.SUSPEND_POSTGRESQL: _suspend_postgresql,
    Fault.EMPTY_REDIS: _empty_redis,
    Fault.RESTART_POSTGRESQL: _restart_postgresql,
    Fault.CUT_REDIS: _cut_redis,
    Fault.RELOAD_NGINX: _reload_nginx,
    Fault.ADD_NODE: _add_node,
    Fault.REMOVE_NODE: _remove_node,
}
