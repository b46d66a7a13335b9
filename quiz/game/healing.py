"""Keeping this node's pictures in step with what other nodes do: by their notices, and by looking for itself.

Notices may be lost, so they only make things quicker. Every session that has clients here is compared with the
database once in an interval, and a node that finds itself behind reads, and tells its clients what they have missed.
"""

from __future__ import annotations

import asyncio
import time
from typing import Final, Literal, Protocol, assert_never

import msgspec
import structlog

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis, SessionId
from quiz.domain.session import Phase, Session
from quiz.game.coalesce import Coalescer
from quiz.game.crowd import Crowd
from quiz.game.deadlines import DeadlineWatch
from quiz.game.errors import Refused, Unavailable
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.notices import Advanced, Answered, Notice, Seated
from quiz.game.ports import Fanout, SessionStore
from quiz.game.telling import Teller, ToRooms

log = structlog.get_logger("quiz.game")

Cause = Literal["race", "gap", "look", "poll"]
"""How a node learned that it was behind: it lost a race, missed a notice, looked for a client, or looked at all."""

_AT_ONCE: Final = 500
"""Sessions compared in one query."""


class HealingObserver(Protocol):
    """Is told the numbers that metrics are made of."""

    def caught_up(self, cause: str, *, steps: int) -> None:
        """A picture was behind by so many versions; 0 when only seats were missing."""
        ...


class Healing:
    """Follows the sessions that have clients on this node."""

    def __init__(
        self,
        store: SessionStore,
        live: LiveSessions,
        crowd: Crowd,
        fanout: Fanout,
        teller: Teller,
        deadlines: DeadlineWatch,
        observer: HealingObserver,
        interval_ms: Millis,
    ) -> None:
        self._store = store
        self._live = live
        self._crowd = crowd
        self._fanout = fanout
        self._teller = teller
        self._deadlines = deadlines
        self._observer = observer
        self._interval = interval_ms / 1000
        self._early = asyncio.Event()
        self._behind = Coalescer[SessionId](interval_ms // 4, self._heal)

    async def host(self, session_id: SessionId) -> None:
        """A client of this session has come; returns when the picture is no older than that.

        Raises:
            Refused, Unavailable: as `LiveSessions.get`.
        """
        self._live.host(session_id)
        live = await self.present(session_id)
        self._deadlines.watch(live.session)

    async def present(self, session_id: SessionId) -> LiveSession:
        """The picture, no older than this call.

        Raises:
            Refused: as `LiveSessions.get`.
            Unavailable: as there, or the database does not say so soon enough.
        """
        since = time.monotonic()
        live = await self._live.get(session_id)
        try:
            async with asyncio.timeout(self._interval):
                is_behind = await self._live.is_behind(live, since)
        except TimeoutError:
            raise Unavailable("The database does not say whether a session has moved.") from None
        if is_behind:
            async with live.lock:
                await self.catch_up(live, "look")
        return live

    def leave(self, session_id: SessionId) -> None:
        """The last client of this session has gone."""
        self._live.leave(session_id)

    def hosted(self) -> int:
        """How many sessions have clients here."""
        return len(self._live.hosted)

    def look_now(self) -> None:
        """Compare all sessions soon: something may have been missed."""
        self._early.set()

    async def run(self) -> None:
        """Look once in an interval, for ever."""
        while True:
            try:
                async with asyncio.timeout(self._interval):
                    await self._early.wait()
            except TimeoutError:
                pass
            self._early.clear()
            try:
                await self._look()
            except Unavailable as outage:
                log.warning("cannot look for missed versions", action="heal", reason=str(outage))
            except Exception:
                log.exception("cannot look for missed versions", action="heal")

    async def close(self) -> None:
        """End all tasks."""
        await self._behind.close()

    async def hear(self, session_id: SessionId, notice: Notice, deliver: ToRooms) -> None:
        """Take in what another node says of a session; the notices of one session come one after the other.

        Args:
            deliver: sends the events that came with the notice to the clients here, see `Teller.step`; called if they
                fit.
        """
        live = self._live.peek(session_id)
        if live is None:
            return
        match notice:
            case Advanced():
                await self._advanced(live, notice, deliver)
            case Seated(seats):
                new = [seat for seat in seats if live.board.seat(seat.player_id, seat.nickname)]
                self._crowd.moved(session_id, new, [])
            case Answered():
                self._crowd.answered_elsewhere(session_id)
            case _:
                assert_never(notice)

    async def catch_up(self, live: LiveSession, cause: Cause) -> None:
        """Read the present version, and tell the clients here what they have missed; the session's lock is held.

        One step is told as it would have been; after more of them everyone begins anew.

        Raises:
            Refused: `not_found`.
            Unavailable: nothing has changed.
        """
        before, old = live.session, live.board
        await self._live.refresh(live)
        steps = live.session.version - before.version
        if steps or len(live.board) != len(old):
            self._observer.caught_up(cause, steps=steps)
        if steps == 0:
            self._teller.seats_changed(live, old)
        elif steps == 1:
            await self._teller.step_from_here(live, before, old)
        else:
            log.info("missed versions", action="heal", session=live.session.id, cause=cause, steps=steps)
            self._teller.begin_anew(live, old)

    async def _advanced(self, live: LiveSession, notice: Advanced, deliver: ToRooms) -> None:
        async with live.lock:
            before, old = live.session, live.board
            if notice.version <= before.version:
                return
            if notice.version > before.version + 1:
                await self._try_to_catch_up(live, "gap")
                return
            if notice.scores:
                try:
                    await self._live.refresh(live)
                except (Refused, Unavailable):
                    self._behind.touch(live.session.id)
                    return
                if live.session.version != notice.version:
                    self._teller.begin_anew(live, old)
                    return
            else:
                live.advance(_advance(before, notice), old)
            await self._teller.step(live, before, old, deliver)

    async def _look(self) -> None:
        hosted = list(self._live.hosted)
        for start in range(0, len(hosted), _AT_ONCE):
            some = hosted[start : start + _AT_ONCE]
            marks = await self._store.marks(some)
            for session_id in some:
                live, mark = self._live.peek(session_id), marks.get(session_id)
                if mark is None:
                    continue
                if live is None or not live.is_at(mark):
                    self._behind.touch(session_id)
                elif live.session.phase is Phase.QUESTION and self._fanout.reaches(session_id, Audience.STAFF):
                    self._crowd.answered_elsewhere(session_id)

    async def _heal(self, session_id: SessionId) -> None:
        live = await self._live.get(session_id)
        async with live.lock:
            await self.catch_up(live, "poll")

    async def _try_to_catch_up(self, live: LiveSession, cause: Cause) -> None:
        try:
            await self.catch_up(live, cause)
        except (Refused, Unavailable):
            self._behind.touch(live.session.id)


def _advance(session: Session, notice: Advanced) -> Session:
    return msgspec.structs.replace(
        session,
        version=notice.version,
        phase=Phase(notice.phase),
        question=notice.question,
        opens_at=notice.opens_at,
        closes_at=notice.closes_at,
        locked=notice.locked,
        voided=notice.voided,
    )
