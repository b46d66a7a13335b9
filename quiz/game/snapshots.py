"""What a client is sent when it connects, or when it has to begin anew."""

from __future__ import annotations

from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.messages import State
from quiz.domain.roles import Role
from quiz.domain.session import Phase, Session
from quiz.domain.snapshot import player_snapshot, staff_snapshot
from quiz.domain.tally import StoredAnswer
from quiz.game.crowd import Crowd
from quiz.game.errors import Refused
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import Clock
from quiz.game.taking import Taking
from quiz.game.tokens import Seat


class Snapshots:
    """One use case: `of` a seat."""

    def __init__(self, live: LiveSessions, answers: Taking, crowd: Crowd, clock: Clock) -> None:
        self._live = live
        self._crowd = crowd
        self._answers = answers
        self._clock = clock

    async def admit(self, seat: Seat) -> None:
        """Check that a seat still exists.

        Raises:
            Refused: `unauthorized` when the session is gone or the player was removed.
        """
        try:
            live = await self._live.get(seat.session_id)
        except Refused:
            raise Refused("unauthorized", "This game does not exist any more.") from None
        if seat.role is Role.PLAYER and not (seat.player_id and await self._live.seated(live, seat.player_id)):
            raise Refused("unauthorized", "You have no seat in this game any more.")

    def version(self, session_id: SessionId) -> int:
        """The version of a session that this node knows, 0 if none."""
        live = self._live.peek(session_id)
        return live.session.version if live else 0

    async def of(self, seat: Seat) -> State:
        """The whole of a session as the seat may see it, in its present version.

        Raises:
            Refused: as `admit`.
        """
        await self.admit(seat)
        if seat.role is not Role.PLAYER:
            await self._crowd.tell_lobby(seat.session_id)  # or those seated last would come twice
        while True:
            live = await self._live.get(seat.session_id)
            session = live.session
            if seat.role is Role.PLAYER and seat.player_id is not None:
                stored = await self._stored(live, seat.player_id)
                if live.session is session:
                    if seat.player_id not in live.board:
                        raise Refused("unauthorized", "You have no seat in this game any more.")
                    stored = live.answer_of(seat.player_id) or stored
                    return player_snapshot(session, live.board, seat.player_id, stored, self._clock.now())
            else:
                answered = await self._answers.count(session, session.question) if _has_question(session) else 0
                if live.session is session:
                    return staff_snapshot(session, live.board, seat.role, answered, self._clock.now())

    async def _stored(self, live: LiveSession, player_id: PlayerId) -> StoredAnswer | None:
        if not _has_question(live.session):
            return None
        known = live.answer_of(player_id)
        if known is not None:
            return known
        receipt = await self._answers.find(live.session, live.session.question, player_id)
        return None if receipt is None else receipt.answer


def _has_question(session: Session) -> bool:
    return session.phase in (Phase.QUESTION, Phase.REVEAL)
