"""Carrying out what hosts and deadlines ask of a session: load, decide, commit, announce."""

from __future__ import annotations

from typing import Final, Protocol

import structlog

from quiz.domain.announce import Audience, announcements, rewrites_the_past
from quiz.domain.commands import Command, Kick
from quiz.domain.decide import Decision, Refusal, decide
from quiz.domain.ids import Millis, SessionId
from quiz.domain.messages import Kicked
from quiz.domain.session import Session
from quiz.game.coalesce import Coalescer
from quiz.game.crowd import Crowd
from quiz.game.errors import Refused
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import AnswerLog, Clock, Fanout, SessionStore

_ATTEMPTS: Final = 5
"""How often a lost race is decided again before the caller is told to retry."""

log = structlog.get_logger("quiz.game")


class Deadlines(Protocol):
    """Whoever wakes up when a question's time is over."""

    def watch(self, session: Session) -> None:
        """Close the session's question when it is due, if one is open; replaces what was watched of it before."""
        ...


class Conductor:
    """Performs commands. The database decides races: the loser looks again and decides anew."""

    def __init__(
        self,
        store: SessionStore,
        answers: AnswerLog,
        live: LiveSessions,
        crowd: Crowd,
        fanout: Fanout,
        clock: Clock,
        deadlines: Deadlines,
        resync_interval_ms: Millis,
    ) -> None:
        self._store = store
        self._answers = answers
        self._live = live
        self._crowd = crowd
        self._fanout = fanout
        self._clock = clock
        self._deadlines = deadlines
        # Beside the session's lock: a snapshot for each of thousands must not keep a question from closing.
        self._resync = Coalescer[SessionId](resync_interval_ms, fanout.resync)

    async def close(self) -> None:
        """End all tasks."""
        await self._resync.close()

    async def perform(self, session_id: SessionId, command: Command, seen: int | None = None) -> int:
        """Carry out a command; the version it led to.

        Args:
            seen: the version the command was decided on; None for a command that holds for any.

        Raises:
            Refused: `stale` (with the present version), `wrong_phase`, `invalid`, `not_due`, `not_found`.
            Unavailable: the database is away; whether the command was carried out will show in the version.
        """
        live = await self._live.get(session_id)
        async with live.lock:
            for _ in range(_ATTEMPTS):
                decision = await self._decide(live, command, seen)
                if decision.closes is not None:
                    await self._answers.flush()  # what arrived in time must not lose to the close
                board = await self._store.commit(decision, self._clock.now())
                if board is None:
                    await self._catch_up(live)
                    continue
                left = live.board.seats.get(decision.kicks) if decision.kicks else None
                live.advance(decision.after, board)
                await self._announce(decision, live, left)
                return decision.after.version
        raise Refused("stale", version=live.session.version)

    async def _decide(self, live: LiveSession, command: Command, seen: int | None) -> Decision:
        if seen is not None and seen != live.session.version:
            await self._catch_up(live)
        if seen is not None and seen != live.session.version:
            raise Refused("stale", version=live.session.version)
        if isinstance(command, Kick) and not await self._live.seated(live, command.player):
            raise Refused("not_found", "Nobody with this id has a seat.", version=live.session.version)
        outcome = decide(live.session, command, self._clock.now())
        if isinstance(outcome, Refusal):
            raise Refused(outcome.code, outcome.message, version=live.session.version)
        return outcome

    async def _catch_up(self, live: LiveSession) -> None:
        """Look again, and let everyone see what this node had missed.

        Another node may have been quicker, or this one lost the database's word on a commit that was carried out.
        Either way nobody here has been told.
        """
        known = live.session.version
        await self._live.refresh(live)
        if live.session.version != known:
            self._deadlines.watch(live.session)
            self._resync.touch(live.session.id)

    async def _announce(self, decision: Decision, live: LiveSession, left: str | None) -> None:
        session = decision.after
        log.info(
            "session advanced",
            action=type(decision.command).__name__.lower(),
            session=session.id,
            version=session.version,
            phase=session.phase.value,
            question=session.question,
        )
        self._deadlines.watch(session)
        if decision.kicks is not None:
            await self._fanout.tell(
                session.id, decision.kicks, Kicked(version=session.version, reason="The host has removed you.")
            )
            await self._fanout.part(session.id, decision.kicks)
        if left is not None:
            self._crowd.left(session.id, left)
        for target, event in announcements(decision, live.board):
            if isinstance(target, Audience):
                await self._fanout.publish(session.id, target, event)
            else:
                await self._fanout.tell(session.id, target, event)
        if rewrites_the_past(decision):
            self._resync.touch(session.id)
