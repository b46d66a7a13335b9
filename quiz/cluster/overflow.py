"""Answers that wait in Redis while the database is away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
import structlog

from quiz.cluster.calls import RedisCalls
from quiz.cluster.overflow_scripts import ADD, CLAIM, DONE, DURABILITY, FIND, OLDEST, WAITING
from quiz.cluster.settings import RedisSettings
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.game.errors import Unavailable
from quiz.game.ports import PendingAnswer, QueuedAnswer

FORGOTTEN_AT_ONCE: Final = 500
"""Answers in one call of `done`; while Redis runs a script it does nothing else."""

log = structlog.get_logger("quiz.cluster.overflow")


class RedisOverflow:
    """The `OverflowQueue` port on a Redis stream. Nothing in it ever goes but by `done`.

    How much a crash of Redis itself can cost is up to its append-only file: `check_durability` says so.
    """

    def __init__(self, calls: RedisCalls, settings: RedisSettings) -> None:
        self._calls = calls
        self._most = settings.overflow_max
        # In braces is what a cluster goes by: both keys are on one server, so one script can change both.
        self._keys = [f"{settings.prefix}{{overflow}}:answers", f"{settings.prefix}{{overflow}}:places"]
        self._claim_key = f"{settings.prefix}{{overflow}}:claim"
        self._read = msgspec.msgpack.Decoder(PendingAnswer).decode
        self._write = msgspec.msgpack.Encoder().encode

    async def add(self, pending: PendingAnswer) -> PendingAnswer:
        """Queue an answer; see the port."""
        place = _place(pending.session_id, pending.question, pending.player_id)
        words = (place, self._write(pending), self._most)
        match await self._calls.run(ADD, self._keys, words, insist=True):
            case bytes() as waiting:
                return self._read(waiting)
            case 0:
                raise Unavailable(f"{self._most} answers wait already.")
            case _:
                return pending

    async def find(self, session_id: SessionId, question: int, player_id: PlayerId) -> PendingAnswer | None:
        """The answer that waits; see the port."""
        found = await self._calls.run(FIND, self._keys, (_place(session_id, question, player_id),), insist=True)
        return self._read(found) if isinstance(found, bytes) else None

    async def waiting(self) -> int:
        """How many answers wait; see the port."""
        count = await self._calls.run(WAITING, self._keys, insist=True)
        return count if isinstance(count, int) else 0

    async def oldest(self, most: int, after: str | None = None) -> Sequence[QueuedAnswer]:
        """Those that came first; see the port. What a newer release wrote, and this one cannot read, is left to it."""
        answers: list[QueuedAnswer] = []
        begin = "-" if after is None else f"({after}"
        while len(answers) < most:
            wanted = most - len(answers)
            entries = await self._calls.run(OLDEST, self._keys, (begin, wanted), insist=True)
            if not isinstance(entries, list):
                break
            for entry, fields in entries:
                begin = f"({entry.decode()}"
                try:
                    answers.append(QueuedAnswer(entry.decode(), self._read(fields[3])))
                except msgspec.MsgspecError:
                    log.exception("a queued answer cannot be read", action="overflow", entry=entry.decode())
            if len(entries) < wanted:
                break
        return answers

    async def claim(self, node: str, life_ms: Millis) -> bool:
        """Whether it is up to this node; see the port."""
        return await self._calls.run(CLAIM, [self._claim_key], (node, life_ms), insist=True) == 1

    async def done(self, answers: Sequence[QueuedAnswer]) -> None:
        """Forget answers; see the port."""
        for first in range(0, len(answers), FORGOTTEN_AT_ONCE):
            words: list[str] = []
            for answer in answers[first : first + FORGOTTEN_AT_ONCE]:
                pending = answer.pending
                words += [answer.entry, _place(pending.session_id, pending.question, pending.player_id)]
            await self._calls.run(DONE, self._keys, words, insist=True)

    async def check_durability(self) -> str | None:
        """Why answers that wait could be lost with Redis, or None: for a warning at the start."""
        try:
            told = await self._calls.run(DURABILITY, self._keys, insist=True)
        except Unavailable as error:
            return f"{error} Whether it would keep answers that wait is not known."
        facts = _facts(b"\n".join(part for part in told if isinstance(part, bytes)) if isinstance(told, list) else b"")
        if facts.get("aof_enabled") == "0":
            return "Redis keeps no append-only file: answers that wait are lost with it. Set `appendonly yes`."
        policy = facts.get("maxmemory_policy", "")
        if policy.startswith("allkeys") and facts.get("maxmemory", "0") != "0":
            return f"Redis may evict answers that wait: set `maxmemory-policy` to `volatile-lru`, it is `{policy}`."
        return None


def _place(session_id: SessionId, question: int, player_id: PlayerId) -> str:
    return f"{session_id}:{question}:{player_id}"


def _facts(info: bytes) -> dict[str, str]:
    pairs = (line.partition(":") for line in info.decode().splitlines() if ":" in line)
    return {name: value for name, _, value in pairs}
