"""Rate limits that all nodes share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from quiz.cluster.calls import RedisCalls, Script
from quiz.cluster.limiter import MemoryLimiter, read_limit
from quiz.cluster.settings import RedisSettings
from quiz.game.errors import Unavailable

_ATTEMPT: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local most, span = tonumber(ARGV[1]), tonumber(ARGV[2])
local oldest = redis.call('LINDEX', KEYS[1], most - 1)
if oldest and tonumber(oldest) > now - span then return tonumber(oldest) + span - now end
if ARGV[3] == '1' then
  redis.call('LPUSH', KEYS[1], string.format('%.0f', now))
  redis.call('LTRIM', KEYS[1], 0, most - 1)
  redis.call('PEXPIRE', KEYS[1], math.ceil(span / 1000))
end
return -1
"""
"""The key's attempts stand in a list, the latest first, in microseconds of Redis's own clock, which all nodes share.
As many attempts ago as may pass at once, there was one that has not left the window: then this is one too many.
Arguments: how many may pass, the window in microseconds, whether to count. Returns the microseconds to wait, or -1."""


class RedisLimiter:
    """Counts the attempts of each key in a window that moves with Redis's clock.

    While Redis is away this node counts for itself, from zero: nobody is refused for that, and nothing is raised. What
    several nodes count then is not added up.

    Args:
        limits: by name, in the notation of `read_limit`.

    Raises:
        ValueError: see `read_limit`.
    """

    def __init__(self, calls: RedisCalls, limits: Mapping[str, str], settings: RedisSettings) -> None:
        self._calls = calls
        self._limits = {name: read_limit(notation) for name, notation in limits.items()}
        self._alone = MemoryLimiter(limits)
        self._prefix = f"{settings.prefix}limit:"
        self._hit = Script("limit_hit", _ATTEMPT)
        self._check = Script("limit_check", _ATTEMPT)

    async def hit(self, name: str, key: str) -> int | None:
        """Count one attempt; see the port. An attempt over the limit is refused and does not count."""
        try:
            return await self._ask(self._hit, name, key, count=1)
        except Unavailable:
            return await self._alone.hit(name, key)

    async def check(self, name: str, key: str) -> int | None:
        """Say how long to wait, without counting; see the port."""
        try:
            return await self._ask(self._check, name, key, count=0)
        except Unavailable:
            return await self._alone.check(name, key)

    async def _ask(self, script: Script, name: str, key: str, count: int) -> int | None:
        limit = self._limits[name]
        words = (limit.amount, limit.get_expiry() * 1_000_000, count)
        wait_us = await self._calls.run(script, [f"{self._prefix}{name}:{key}"], words)
        return max(1, math.ceil(wait_us / 1e6)) if isinstance(wait_us, int) and wait_us >= 0 else None
