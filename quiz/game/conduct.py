"""Carrying out what hosts and deadlines ask of a session: load, decide, commit, announce."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from typing import Final, Protocol

import structlog

from quiz.domain.announce import Earned, announcements
from quiz.domain.commands import Command, Kick
from quiz.domain.decide import Decision, Refusal, decide
from quiz.domain.ids import SessionId
from quiz.game.errors import Refused
from quiz.game.healing import Healing
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.notices import Advanced
from quiz.game.ports import Clock, Fanout, SeatRefusal, SessionStore
from quiz.game.telling import Teller

_ATTEMPTS: Final = 5
"""How often a lost race is decided again before the caller is told to retry."""
_NOT_READMITTED: Final = {
    SeatRefusal.TAKEN: "Somebody else has taken this nickname meanwhile.",
    SeatRefusal.GONE: "Nobody with this id has lost a seat.",
}

log = structlog.get_logger("quiz.game")


class AnswersUnderWay(Protocol):
    """Answers that have been taken and are not in their rows yet."""

    async def settle(self) -> None:
        """Return when those taken before are in the database, or are known to come later."""
        ...


class Conductor:
    """Performs commands. The database decides races: the loser looks again and decides anew.

    Args:
        seats_most: how many players a session takes.
    """

    def __init__(
        self,
        store: SessionStore,
        under_way: AnswersUnderWay,
        live: LiveSessions,
        fanout: Fanout,
        clock: Clock,
        teller: Teller,
        healing: Healing,
        seats_most: int,
    ) -> None:
        self._store = store
        self._under_way = under_way
        self._live = live
        self._fanout = fanout
        self._clock = clock
        self._teller = teller
        self._healing = healing
        self._seats_most = seats_most

    async def perform(self, session_id: SessionId, command: Command, seen: int | None = None) -> int:
        """Carry out a command; the version it led to.

        Args:
            seen: the version the command was decided on; None for a command that holds for any.

        Raises:
            Refused: `stale` (with the present version), `wrong_phase`, `invalid`, `not_due`, `not_found`,
                `nickname_taken`, `session_full`.
            Unavailable: the database is away; whether the command was carried out will show in the version.
        """
        live = await self._live.get(session_id)
        async with live.lock:
            for _ in range(_ATTEMPTS):
                decision = await self._decide(live, command, seen)
                if decision.closes is not None:
                    await self._under_way.settle()  # what arrived in time must not lose to the close
                board = await self._store.commit(decision, self._clock.now(), self._seats_most)
                if isinstance(board, SeatRefusal):
                    raise Refused(board.value, _NOT_READMITTED.get(board), version=live.session.version)
                if board is None:
                    # Another node was quicker, or the database's word on a commit of ours was lost.
                    await self._healing.catch_up(live, "race")
                    continue
                old = live.board
                live.committed(decision, board)
                await self._teller.step(live, decision.before, old, partial(self._announce, live, decision))
                return decision.after.version
        raise Refused("stale", version=live.session.version)

    async def _decide(self, live: LiveSession, command: Command, seen: int | None) -> Decision:
        if seen is not None and seen != live.session.version:
            await self._healing.catch_up(live, "race")
        if seen is not None and seen != live.session.version:
            raise Refused("stale", version=live.session.version)
        if isinstance(command, Kick) and not await self._live.seated(live, command.player):
            raise Refused("not_found", "Nobody with this id has a seat.", version=live.session.version)
        outcome = decide(live.session, command, self._clock.now())
        if isinstance(outcome, Refusal):
            raise Refused(outcome.code, outcome.message, version=live.session.version)
        return outcome

    def _announce(self, live: LiveSession, decision: Decision, earned: Earned) -> AsyncIterator[str]:
        session = decision.after
        log.info(
            "session advanced",
            action=type(decision.command).__name__.lower(),
            session=session.id,
            version=session.version,
            phase=session.phase.value,
            question=session.question,
        )
        notice = Advanced(
            version=session.version,
            phase=session.phase.value,
            question=session.question,
            opens_at=session.opens_at,
            closes_at=session.closes_at,
            locked=session.locked,
            voided=session.voided,
            scores=decision.closes is not None or decision.recounts or bool(decision.kicks or decision.readmits),
        )
        events = list(announcements(decision.before, session, live.board))
        return self._fanout.announce(session.id, events, notice, earned)
