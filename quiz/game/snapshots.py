"""What a client is sent when it connects, or when it has to begin anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct

from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.messages import State
from quiz.domain.roles import Role
from quiz.domain.session import Phase, Session
from quiz.domain.snapshot import player_snapshot, staff_snapshot
from quiz.game.crowd import Crowd
from quiz.game.errors import Refused, Unavailable
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import Clock
from quiz.game.receipts import Receipt
from quiz.game.taking import Taking
from quiz.game.tokens import Seat


class Answered(Struct, frozen=True):
    """Who has answered a question, of players who were looked up together."""

    question: int
    receipts: Mapping[PlayerId, Receipt]


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

    async def look_up(self, session_id: SessionId, players: Collection[PlayerId]) -> Answered | None:
        """What many snapshots need, read at once; None when no question is asked or revealed.

        Raises:
            Refused: `not_found`.
            Unavailable: the database is away.
        """
        session = (await self._live.get(session_id)).session
        if not _has_question(session):
            return None
        receipts = await self._answers.find_all(session, session.question, players)
        return Answered(session.question, receipts)

    async def of(self, seat: Seat, answered: Answered | None = None) -> State:
        """The whole of a session as the seat may see it, in its present version.

        Args:
            answered: what `look_up` has read for this session, this player among others.

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
                await self._learn(live, seat.player_id, answered)
                if live.session is session:
                    if seat.player_id not in live.board:
                        raise Refused("unauthorized", "You have no seat in this game any more.")
                    receipt = live.receipt_of(seat.player_id) if _has_question(session) else None
                    stored = None if receipt is None else receipt.answer
                    return player_snapshot(session, live.board, seat.player_id, stored, self._clock.now())
            else:
                count = await self._count(session)
                if live.session is session:
                    return staff_snapshot(session, live.board, seat.role, count, self._clock.now())

    async def _learn(self, live: LiveSession, player: PlayerId, answered: Answered | None) -> None:
        """See to it that the picture knows of the player's answer to the current question.

        While the database is away that stays in doubt: the player sees the question, and an answer waits until it is
        known that it is the first.
        """
        session = live.session
        if not _has_question(session) or live.receipt_of(player) is not None:
            return
        if answered is not None and answered.question == session.question:
            receipt = answered.receipts.get(player)
        else:
            try:
                receipt = await self._answers.find(session, session.question, player)
            except Unavailable:
                if live.session is session:
                    live.in_doubt.add(player)
                return
        if live.session is session:
            live.in_doubt.discard(player)
        if receipt is not None:
            live.acked(receipt)

    async def _count(self, session: Session) -> int:
        if not _has_question(session):
            return 0
        try:
            return await self._answers.count(session, session.question)
        except Unavailable:
            return 0  # the next `progress` says it


def _has_question(session: Session) -> bool:
    return session.phase in (Phase.QUESTION, Phase.REVEAL)
