"""Questions close by themselves, also after a restart in the middle of one."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final, Protocol

import structlog
from msgspec import Struct

from quiz.domain.commands import Command, Deadline, End
from quiz.domain.ids import Millis, SessionId
from quiz.domain.session import Phase, Session
from quiz.game.errors import Refused, Unavailable
from quiz.game.ports import Clock, SessionStore

log = structlog.get_logger("quiz.game")


class Performer(Protocol):
    """Whoever carries out commands."""

    async def perform(self, session_id: SessionId, command: Command, seen: int | None = None) -> int: ...


_WORTH_ANOTHER_TRY: Final = frozenset({"not_due", "stale"})
"""The clock was set back, or others kept winning the race: the question is still open."""


_SWEPT_AT_ONCE: Final = 16
"""Orphaned questions closed at the same time by one node."""


class Waking:
    """A wait that can be called off, unlike a task that is cancelled in the middle of a transaction."""

    def __init__(self) -> None:
        self._off = asyncio.Event()

    def call_off(self) -> None:
        """End the wait now."""
        self._off.set()

    async def stopped_within(self, seconds: float) -> bool:
        """Wait, and tell whether it was called off."""
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                await self._off.wait()
        except TimeoutError:
            return False
        return True


class Watched(Struct, frozen=True):
    """What is watched of a session: its question and deadline, and the wait for it."""

    due: tuple[int, Millis]
    waking: Waking

    def stop(self) -> None:
        """Let the question be; a close that is being carried out is not disturbed."""
        self.waking.call_off()


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
        clock: Clock,
        *,
        grace_ms: Millis,
        jitter_ms: Millis,
        retry_ms: Millis,
        random: Random,
    ) -> None:
        self._store = store
        self._clock = clock
        self._grace_ms = grace_ms
        self._jitter_ms = jitter_ms
        self._retry_ms = retry_ms
        self._random = random
        self._watched: dict[SessionId, Watched] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._performer: Performer | None = None

    def serve(self, performer: Performer) -> None:
        """Name who carries the commands out; before that nothing can be watched."""
        self._performer = performer

    def watch(self, session: Session) -> None:
        """Close the session's open question when it is due."""
        watched = self._watched.get(session.id)
        if session.phase is not Phase.QUESTION or session.closes_at is None:
            if watched is not None:
                watched.stop()
            return
        self._watch(session.id, (session.question, session.closes_at))

    async def resume(self) -> None:
        """Watch every open question there is.

        Raises:
            Unavailable: the database is away.
        """
        for each in await self._store.open_questions():
            self._watch(each.session_id, (each.question, each.closes_at))

    async def end_abandoned(self, before: Millis) -> None:
        """End sessions made before an instant that nobody has ended.

        Raises:
            Unavailable: the database is away.
        """
        for session_id in await self._store.unfinished_since(before):
            await self._attempt(session_id, End())

    async def sweep(self, late_ms: Millis) -> None:
        """Close questions whose deadline passed more than `late_ms` ago: whoever watched them is gone.

        Raises:
            Unavailable: the database is away.
        """
        overdue = await self._store.overdue(Millis(self._clock.now() - late_ms))
        orphans = [each for each in overdue if each.session_id not in self._watched]
        self._random.shuffle(orphans)  # other nodes have found the same ones
        for start in range(0, len(orphans), _SWEPT_AT_ONCE):
            some = orphans[start : start + _SWEPT_AT_ONCE]
            await asyncio.gather(*(self._attempt(each.session_id, Deadline(each.question)) for each in some))

    async def close(self) -> None:
        """Stop watching; a close that is being carried out is finished first."""
        for watched in list(self._watched.values()):
            watched.stop()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _watch(self, session_id: SessionId, due: tuple[int, Millis]) -> None:
        watched = self._watched.get(session_id)
        if watched is not None and watched.due == due:
            return
        if watched is not None:
            watched.stop()
        waking = Waking()
        self._watched[session_id] = Watched(due, waking)
        task = asyncio.create_task(self._close(session_id, due, waking), name=f"deadline {session_id}")
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._forget(session_id, waking, done))

    async def _close(self, session_id: SessionId, due: tuple[int, Millis], waking: Waking) -> None:
        question, closes_at = due
        at = closes_at + self._grace_ms + self._random.randint(0, self._jitter_ms)
        while not await waking.stopped_within((at - self._clock.now()) / 1000):
            if await self._attempt(session_id, Deadline(question)):
                return
            at = self._clock.now() + self._retry_ms

    async def _attempt(self, session_id: SessionId, command: Command) -> bool:
        """Whether there is nothing left to do; False when it is worth another try."""
        if self._performer is None:
            raise RuntimeError("deadlines are watched before anybody can act on them")
        try:
            await self._performer.perform(session_id, command)
        except Refused as refused:
            # The rest means: closed by the host or another node, or extended, and then watched anew.
            return refused.code not in _WORTH_ANOTHER_TRY
        except Unavailable:
            log.warning("deadline waits for the database", action="deadline", session=session_id)
            return False
        except Exception:
            log.exception("deadline failed", action="deadline", session=session_id)
            return False
        return True

    def _forget(self, session_id: SessionId, waking: Waking, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        watched = self._watched.get(session_id)
        if watched is not None and watched.waking is waking:
            del self._watched[session_id]
