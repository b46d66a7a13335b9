"""Questions close by themselves, also after a restart in the middle of one."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Protocol

import structlog

from quiz.domain.commands import Command, Deadline, End
from quiz.domain.ids import Millis, SessionId
from quiz.domain.session import Phase, Session
from quiz.game.errors import Refused, Unavailable
from quiz.game.live import LiveSessions
from quiz.game.ports import Clock, SessionStore

log = structlog.get_logger("quiz.game")


class Performer(Protocol):
    """Whoever carries out commands."""

    async def perform(self, session_id: SessionId, command: Command, seen: int | None = None) -> int: ...


class DeadlineWatch:
    """One timer for each open question that has a deadline.

    Nobody owns a deadline: every node that knows of one sets a timer, and the first whose versioned update succeeds
    closes the question. The others learn that it is closed, which is all they wanted.

    Args:
        grace_ms: how long after `closes_at` a question is closed, for answers that arrived in time to be written.
        jitter_ms: up to how much later still, at random, so that nodes do not all try at once.
        retry_ms: how long to wait before trying again when the database is away.
    """

    def __init__(
        self,
        store: SessionStore,
        live: LiveSessions,
        clock: Clock,
        *,
        grace_ms: Millis,
        jitter_ms: Millis,
        retry_ms: Millis,
        random: Random,
    ) -> None:
        self._store = store
        self._live = live
        self._clock = clock
        self._grace_ms = grace_ms
        self._jitter_ms = jitter_ms
        self._retry = retry_ms / 1000
        self._random = random
        self._tasks: dict[SessionId, asyncio.Task[None]] = {}
        self._performer: Performer | None = None

    def serve(self, performer: Performer) -> None:
        """Name who carries the commands out; before that nothing can be watched."""
        self._performer = performer

    def watch(self, session: Session) -> None:
        """Close the session's open question when it is due."""
        if (previous := self._tasks.pop(session.id, None)) is not None and previous is not asyncio.current_task():
            previous.cancel()
        if session.phase is Phase.QUESTION and session.closes_at is not None:
            task = asyncio.create_task(self._close(session), name=f"deadline {session.id}")
            self._tasks[session.id] = task
            task.add_done_callback(lambda done: self._forget(session.id, done))

    async def resume(self, abandoned_before: Millis) -> None:
        """Watch every open question there is, and end sessions made before `abandoned_before` that nobody ended."""
        for session_id in await self._store.open_sessions():
            self.watch((await self._live.get(session_id)).session)
        for session_id in await self._store.unfinished_since(abandoned_before):
            await self._perform(session_id, End())

    async def close(self) -> None:
        """Stop watching."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _close(self, session: Session) -> None:
        assert session.closes_at is not None  # noqa: S101  (`watch` has looked)
        jitter = self._random.randint(0, self._jitter_ms)
        due = session.closes_at + self._grace_ms + jitter
        await asyncio.sleep(max(0, due - self._clock.now()) / 1000)
        while True:
            if await self._perform(session.id, Deadline(session.question)):
                return
            await asyncio.sleep(self._retry)

    async def _perform(self, session_id: SessionId, command: Command) -> bool:
        """Whether there is nothing left to do."""
        if self._performer is None:
            raise RuntimeError("deadlines are watched before anybody can act on them")
        try:
            await self._performer.perform(session_id, command)
        except Refused:
            pass  # closed by the host or another node, or extended, and then watched anew
        except Unavailable:
            log.warning("deadline waits for the database", action="deadline", session=session_id)
            return False
        return True

    def _forget(self, session_id: SessionId, task: asyncio.Task[None]) -> None:
        if self._tasks.get(session_id) is task:
            del self._tasks[session_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("deadline failed", action="deadline", session=session_id, exc_info=error)
