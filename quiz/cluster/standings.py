"""Standings that all nodes share, and the twin of a node that is alone."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import msgspec

from quiz.cluster.calls import RedisCalls, Script
from quiz.cluster.settings import RedisSettings
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.standings import Standing
from quiz.game.errors import Unavailable
from quiz.game.ports import StandingsPart

LINES_AT_ONCE: Final = 1000
"""Lines in one call; while Redis runs a script it does nothing else."""
STAGED_MS: Final = 30_000
"""How long lines are kept that never became a version, because the node that put them stopped half-way."""
MEMORY_LINES: Final = 200_000
"""What a node that is alone keeps at most, over all sessions."""

_STAGE: Final = Script(
    "standings_stage",
    """
    for at = 2, #ARGV, 3 do
      redis.call('ZADD', KEYS[1], ARGV[at], ARGV[at + 1])
      redis.call('HSET', KEYS[2], ARGV[at + 1], ARGV[at + 2])
    end
    redis.call('PEXPIRE', KEYS[1], ARGV[1])
    redis.call('PEXPIRE', KEYS[2], ARGV[1])
    return 1
    """,
)
"""KEYS: staged ranks and lines. Lifetime, then rank, member, line for each."""

_PUBLISH: Final = Script(
    "standings_publish",
    """
    local present = redis.call('HGET', KEYS[5], 'version')
    local count = tonumber(ARGV[2])
    if (present and tonumber(present) > tonumber(ARGV[1])) or redis.call('ZCARD', KEYS[1]) ~= count then
      redis.call('UNLINK', KEYS[1], KEYS[2])
      return 0
    end
    redis.call('UNLINK', KEYS[3], KEYS[4])
    if count > 0 then
      redis.call('RENAME', KEYS[1], KEYS[3])
      redis.call('RENAME', KEYS[2], KEYS[4])
      redis.call('PEXPIRE', KEYS[3], ARGV[3])
      redis.call('PEXPIRE', KEYS[4], ARGV[3])
    end
    redis.call('HSET', KEYS[5], 'version', ARGV[1], 'count', count)
    redis.call('PEXPIRE', KEYS[5], ARGV[3])
    return 1
    """,
)
"""KEYS: staged ranks and lines, ranks, lines, and what they are of. Version, count, lifetime."""

_PART: Final = Script(
    "standings_part",
    """
    local of = redis.call('HMGET', KEYS[3], 'version', 'count')
    if of[1] ~= ARGV[1] or redis.call('ZCARD', KEYS[1]) ~= tonumber(of[2]) then return false end
    local found = {of[2]}
    for _, member in ipairs(redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[3])) do
      found[#found + 1] = redis.call('HGET', KEYS[2], member)
    end
    return found
    """,
)
"""KEYS: ranks, lines, and what they are of. Version, first and last place. Returns the count and the lines."""


class RedisStandings:
    """The `StandingsCache` port on a sorted set whose score is the rank, and a hash with the rest of each line.

    Ranks are whole numbers far below 2**53, so the set's doubles hold them exactly, and those who share a rank share a
    score. Redis orders equal scores by member, byte by byte; a member is the folded nickname, a zero byte and the id,
    in UTF-8, whose bytes sort as the characters do: so the set has the order of `rank_players` of its own accord.

    A version is gathered under names that nobody reads, and put in the place of the one before by one script. All keys
    of a session are on one server.
    """

    def __init__(self, calls: RedisCalls, settings: RedisSettings) -> None:
        self._calls = calls
        self._prefix = settings.prefix
        self._lifetime_ms = settings.standings_lifetime_ms
        self._read = msgspec.msgpack.Decoder(Standing).decode
        self._write = msgspec.msgpack.Encoder().encode

    async def put(self, session_id: SessionId, version: int, standings: Sequence[Standing]) -> None:
        """Keep the standings of a version; see the port."""
        keys = self._keys(session_id)
        attempt = secrets.token_hex(4)
        staged = [f"{key}:{attempt}" for key in keys[:2]]
        try:
            for first in range(0, len(standings), LINES_AT_ONCE):
                words: list[bytes | int] = [STAGED_MS]
                for line in standings[first : first + LINES_AT_ONCE]:
                    words += [line.rank, _member(line.nickname, line.player_id), self._write(line)]
                await self._calls.run(_STAGE, staged, words)
            await self._calls.run(_PUBLISH, [*staged, *keys], (version, len(standings), self._lifetime_ms))
        except Unavailable:
            return

    async def part(self, session_id: SessionId, version: int, offset: int, limit: int) -> StandingsPart | None:
        """Lines of a version; see the port."""
        # A negative place would be counted from the end.
        last = max(offset + limit - 1, offset)
        try:
            found = await self._calls.run(_PART, self._keys(session_id), (version, offset, last))
        except Unavailable:
            return None
        if not isinstance(found, list):
            return None
        count, *lines = found
        if None in lines:
            # Redis was short of memory and has let some go.
            return None
        return StandingsPart(int(count), [self._read(line) for line in lines[:limit]])

    def _keys(self, session_id: SessionId) -> list[str]:
        # In braces is what a cluster goes by.
        return [f"{self._prefix}standings:{{{session_id}}}:{part}" for part in ("ranks", "lines", "of")]


class MemoryStandings:
    """The same in this process; the sessions that have not been asked for longest make room.

    Args:
        most_lines: how many lines are kept over all sessions.
    """

    def __init__(self, most_lines: int = MEMORY_LINES) -> None:
        self._most_lines = most_lines
        self._versions: OrderedDict[SessionId, tuple[int, Sequence[Standing]]] = OrderedDict()
        self._lines = 0

    @property
    def lines(self) -> int:
        """How many lines are kept."""
        return self._lines

    async def put(self, session_id: SessionId, version: int, standings: Sequence[Standing]) -> None:
        """Keep the standings of a version; see the port."""
        present, _ = self._versions.get(session_id, (0, ()))
        if present > version:
            return
        self._drop(session_id)
        if len(standings) > self._most_lines:
            return
        self._versions[session_id] = (version, tuple(standings))
        self._lines += len(standings)
        while self._lines > self._most_lines:
            self._drop(next(iter(self._versions)))

    async def part(self, session_id: SessionId, version: int, offset: int, limit: int) -> StandingsPart | None:
        """Lines of a version; see the port."""
        present, standings = self._versions.get(session_id, (0, ()))
        if present != version or session_id not in self._versions:
            return None
        self._versions.move_to_end(session_id)
        return StandingsPart(len(standings), standings[offset : offset + limit])

    def _drop(self, session_id: SessionId) -> None:
        _, standings = self._versions.pop(session_id, (0, ()))
        self._lines -= len(standings)


def _member(nickname: str, player_id: PlayerId) -> bytes:
    return f"{nickname.casefold()}\0{player_id}".encode()
