"""What hosts and screens hear about the crowd: who came and went, and how many have answered.

Each node tells the hosts and screens that are connected to it. What happened on this node it passes on to the others,
in batches as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec import Struct, field

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.messages import Lobby, Progress, RosterEntry
from quiz.domain.session import Phase
from quiz.game.coalesce import Coalescer
from quiz.game.counts import AnswerCount, Counts
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.notices import Answered, Seated
from quiz.game.ports import Fanout

SEATS_A_MESSAGE: Final = 200
"""Most newcomers named in one `lobby` event, and in one notice to other nodes; the rest follow in the next."""


class Moves(Struct):
    """Seats taken and lost since the last `lobby` event."""

    joined: list[RosterEntry] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class Crowd:
    """Batches `lobby` and `progress` events, each at most once in `interval_ms` for a session."""

    def __init__(self, live: LiveSessions, answers: AnswerCount, fanout: Fanout, interval_ms: Millis) -> None:
        self._live = live
        self._counts = Counts(answers)
        self._fanout = fanout
        self._moves: dict[SessionId, Moves] = {}
        self._news: dict[SessionId, list[RosterEntry]] = {}
        self._lobby = Coalescer[SessionId](interval_ms, self.tell_lobby)
        self._progress = Coalescer[SessionId](interval_ms, self._tell_progress)
        self._spread_seats = Coalescer[SessionId](interval_ms, self._inform_of_seats)
        self._spread_answers = Coalescer[SessionId](interval_ms, self._inform_of_answers)

    def arrived(self, session_id: SessionId, player_id: PlayerId, nickname: str) -> None:
        """A seat was taken, by way of this node."""
        seat = RosterEntry(player_id, nickname)
        self._news.setdefault(session_id, []).append(seat)
        self._spread_seats.touch(session_id)
        live = self._live.peek(session_id)
        if live is None or live.board.seat(player_id, nickname):
            self.moved(session_id, [seat], [])

    def moved(self, session_id: SessionId, joined: Sequence[RosterEntry], left: Sequence[str]) -> None:
        """The picture of this node has gained and lost seats."""
        if not (joined or left) or not self._fanout.reaches(session_id, Audience.STAFF):
            return
        moves = self._moves.setdefault(session_id, Moves())
        moves.joined = [seat for seat in moves.joined if seat.nickname not in left] if left else moves.joined
        moves.joined += joined
        moves.left += left
        self._lobby.touch(session_id)

    def answered(self, session_id: SessionId) -> None:
        """An answer was stored, by way of this node."""
        self._spread_answers.touch(session_id)
        self.answered_elsewhere(session_id)

    def answered_elsewhere(self, session_id: SessionId) -> None:
        """There may be more answers than this node's hosts and screens have been told."""
        if self._fanout.reaches(session_id, Audience.STAFF):
            self._progress.touch(session_id)

    async def close(self) -> None:
        """End all tasks."""
        for coalescer in (self._lobby, self._progress, self._spread_seats, self._spread_answers):
            await coalescer.close()

    async def tell_lobby(self, session_id: SessionId) -> None:
        """Tell now whatever moves have not been told."""
        if session_id not in self._moves:
            return
        live = await self._live.get(session_id)
        async with live.lock:
            moves = self._moves.pop(session_id, None)
            if moves is None:
                return
            now, later = moves.joined[:SEATS_A_MESSAGE], moves.joined[SEATS_A_MESSAGE:]
            if later:
                self._moves[session_id] = Moves(joined=later)
                self._lobby.touch(session_id)
            await self._fanout.publish(
                session_id,
                Audience.STAFF,
                Lobby(
                    version=live.session.version,
                    players=len(live.board),
                    joined=[seat.nickname for seat in now],
                    left=moves.left,
                    locked=live.session.locked,
                    seats=now,
                ),
            )

    async def _tell_progress(self, session_id: SessionId) -> None:
        live = await self._live.get(session_id)
        session = live.session
        if session.phase is not Phase.QUESTION:
            return
        count = await self._counts.of(live)
        if not count.exact:  # look again, until the database has said how many there are
            self._progress.touch(session_id)
        if not count.new:
            return
        async with live.lock:
            if self._still_open(live, session.question):
                await self._fanout.publish(
                    session_id,
                    Audience.STAFF,
                    Progress(
                        version=live.session.version,
                        question=session.question,
                        answered=count.answered,
                        players=len(live.board),
                    ),
                )

    async def _inform_of_seats(self, session_id: SessionId) -> None:
        seats = self._news.pop(session_id, [])
        if later := seats[SEATS_A_MESSAGE:]:
            self._news[session_id] = later
            self._spread_seats.touch(session_id)
        if seats:
            await self._fanout.inform(session_id, Audience.ALL, Seated(seats[:SEATS_A_MESSAGE]))

    async def _inform_of_answers(self, session_id: SessionId) -> None:
        live = self._live.peek(session_id)
        if live is not None and live.session.phase is Phase.QUESTION:
            await self._fanout.inform(session_id, Audience.STAFF, Answered(live.session.question))

    @staticmethod
    def _still_open(live: LiveSession, question: int) -> bool:
        return live.session.phase is Phase.QUESTION and live.session.question == question
