"""What hosts and screens hear about the crowd: who came and went, and how many have answered."""

from __future__ import annotations

from typing import Final

from msgspec import Struct, field

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.messages import Lobby, Progress, RosterEntry
from quiz.domain.session import Phase
from quiz.game.coalesce import Coalescer
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import AnswerLog, Fanout

SEATS_A_MESSAGE: Final = 200
"""Most newcomers named in one `lobby` event; the rest follow in the next."""


class Moves(Struct):
    """Seats taken and lost since the last `lobby` event."""

    joined: list[RosterEntry] = field(default_factory=list)
    left: list[str] = field(default_factory=list)


class Crowd:
    """Batches `lobby` and `progress` events, each at most once in `interval_ms` for a session."""

    def __init__(self, live: LiveSessions, answers: AnswerLog, fanout: Fanout, interval_ms: Millis) -> None:
        self._live = live
        self._answers = answers
        self._fanout = fanout
        self._moves: dict[SessionId, Moves] = {}
        self._lobby = Coalescer[SessionId](interval_ms, self.tell_lobby)
        self._progress = Coalescer[SessionId](interval_ms, self._tell_progress)

    def arrived(self, session_id: SessionId, player_id: PlayerId, nickname: str) -> None:
        """A seat was taken."""
        live = self._live.peek(session_id)
        if live is not None and not live.board.seat(player_id, nickname):
            return
        self._moves.setdefault(session_id, Moves()).joined.append(RosterEntry(player_id, nickname))
        self._lobby.touch(session_id)

    def left(self, session_id: SessionId, nickname: str) -> None:
        """A seat was lost."""
        moves = self._moves.setdefault(session_id, Moves())
        moves.joined = [seat for seat in moves.joined if seat.nickname != nickname]
        moves.left.append(nickname)
        self._lobby.touch(session_id)

    def answered(self, session_id: SessionId) -> None:
        """An answer was stored."""
        self._progress.touch(session_id)

    async def close(self) -> None:
        """End all tasks."""
        await self._lobby.close()
        await self._progress.close()

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
        answered = await self._answers.count(session, session.question)
        async with live.lock:
            if self._still_open(live, session.question):
                await self._fanout.publish(
                    session_id,
                    Audience.STAFF,
                    Progress(
                        version=live.session.version,
                        question=session.question,
                        answered=answered,
                        players=len(live.board),
                    ),
                )

    @staticmethod
    def _still_open(live: LiveSession, question: int) -> bool:
        return live.session.phase is Phase.QUESTION and live.session.question == question
