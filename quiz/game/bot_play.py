"""Bots at play on this node: they answer by the use case that people's answers go to, without connections."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

import structlog
from msgspec import Struct

from quiz.domain.ids import Millis, SessionId
from quiz.domain.roles import Role
from quiz.domain.session import Phase
from quiz.game.calls import AnswerAck, AnswerCall
from quiz.game.deadlines import Waking
from quiz.game.errors import Refused, Unavailable
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import Clock
from quiz.game.tokens import Seat
from quiz.game.troupe import LOOK_MS, Troupe, Turn, bots_on

REHEARSALS_MAX: Final = 50
"""Most sessions whose bots one node plays."""

log = structlog.get_logger("quiz.game")


class Answers(Protocol):
    """Whoever takes players' answers."""

    async def answer(self, seat: Seat, call: AnswerCall, received_at: Millis) -> AnswerAck: ...


class Playing(Struct, frozen=True):
    """A session whose bots play here."""

    troupe: Troupe
    waking: Waking
    task: asyncio.Task[None]


class BotPlay:
    """One task for each session that has bots to play here, whatever their number."""

    def __init__(self, live: LiveSessions, answers: Answers, clock: Clock) -> None:
        self._live = live
        self._answers = answers
        self._clock = clock
        self._playing: dict[SessionId, Playing] = {}
        self._closing = False

    @property
    def bots(self) -> int:
        """How many bots play here."""
        return sum(playing.troupe.size for playing in self._playing.values())

    def has_room(self, session_id: SessionId) -> bool:
        """Whether the bots of this session can be played."""
        return not self._closing and (session_id in self._playing or len(self._playing) < REHEARSALS_MAX)

    def begin(self, session_id: SessionId) -> None:
        """Play all bots of a session, until the game is over or the last of them has gone; once, if asked again."""
        playing = self._playing.get(session_id)
        if self._closing or (playing is not None and not playing.task.done()):
            return
        troupe, waking = Troupe(), Waking()
        task = asyncio.create_task(self._run(session_id, troupe, waking), name=f"rehearsal {session_id}")
        self._playing[session_id] = playing = Playing(troupe, waking, task)
        task.add_done_callback(lambda _: self._forget(session_id, playing))

    async def close(self) -> None:
        """Play no more; answers on their way are waited for."""
        self._closing = True
        for playing in self._playing.values():
            playing.waking.call_off()
        await asyncio.gather(*(playing.task for playing in self._playing.values()), return_exceptions=True)

    def _forget(self, session_id: SessionId, playing: Playing) -> None:
        if self._playing.get(session_id) is playing:
            del self._playing[session_id]

    async def _run(self, session_id: SessionId, troupe: Troupe, waking: Waking) -> None:
        wait_ms = Millis(0)
        while not await waking.stopped_within(wait_ms / 1000):
            wait_ms = LOOK_MS
            try:
                live = await self._live.get(session_id)
                if live.session.phase is Phase.FINISHED or not bots_on(live.board):
                    return
                if await self._round(live, troupe):
                    wait_ms = troupe.wait_ms(live.session, self._clock.now())
            except Refused:
                return  # the session is gone
            except Unavailable:
                continue
            except Exception:
                if troupe.fails_first():
                    log.exception("bots cannot play", action="rehearsal", session=session_id)

    async def _round(self, live: LiveSession, troupe: Troupe) -> bool:
        """Have those answer whose time has come; False when the database is away, and their turns come again."""
        session = live.session
        turns = troupe.due(session, bots_on(live.board), self._clock.now())
        return all(await asyncio.gather(*(self._take_turn(session.id, turn, troupe) for turn in turns)))

    async def _take_turn(self, session_id: SessionId, turn: Turn, troupe: Troupe) -> bool:
        seat = Seat(session_id, Role.PLAYER, turn.player_id)
        call = AnswerCall(turn.question, turn.answer, f"rehearsal-{turn.question}")
        try:
            await self._answers.answer(seat, call, self._clock.now())
        except Unavailable:
            return False
        except Refused:
            pass  # the question has closed meanwhile, or the seat is gone
        except Exception:
            if troupe.fails_first():
                log.exception("a bot failed", action="rehearsal", session=session_id, player=turn.player_id)
        troupe.done(turn)
        return True
