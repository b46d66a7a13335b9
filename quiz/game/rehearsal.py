"""Rehearsal: a host has bots take seats in a session, and sends them away again."""

from __future__ import annotations

import asyncio
import re
from typing import Final, Protocol
from weakref import WeakValueDictionary

from quiz.domain.commands import Dismiss
from quiz.domain.ids import SessionId
from quiz.domain.nickname import Nickname, read_nickname
from quiz.domain.session import Phase
from quiz.game.bot_play import BotPlay
from quiz.game.deadlines import Performer
from quiz.game.errors import Refused, Unavailable
from quiz.game.healing import Cause
from quiz.game.joining import SEATS_MAX, Arrivals
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.new_ids import new_bot_id
from quiz.game.ports import Clock, SeatRefusal, SessionStore
from quiz.game.staff import Staff, open_as_staff
from quiz.game.troupe import bots_on

BOTS_MAX: Final = 100
"""Most bots in one session."""
_NUMBERED: Final = re.compile(r"Bot ([0-9]+)", re.ASCII)


class Present(Protocol):
    """Whoever brings a picture of a session up to date."""

    async def catch_up(self, live: LiveSession, cause: Cause) -> None: ...


class Rehearsal:
    """Use cases for the host of a session and the quiz master whose session it is.

    The node that is asked for bots plays all bots of the session, those that others have seated too. Two nodes may
    play the same one: it does the same on both, and the second answer is a repetition of the first. Bots whose node
    has stopped keep their seats and answer no more, until bots are added again, be it none, or all are removed.

    All raise `Refused`: `not_found`, and `forbidden` for anybody else; and `Unavailable`.

    Args:
        bots_most: how many bots a session takes. Nodes that are asked at the same moment may each seat so many.
        seats_most: how many players, bots among them.
    """

    def __init__(
        self,
        store: SessionStore,
        live: LiveSessions,
        present: Present,
        play: BotPlay,
        performer: Performer,
        arrivals: Arrivals,
        clock: Clock,
        bots_most: int = BOTS_MAX,
        seats_most: int = SEATS_MAX,
    ) -> None:
        self.bots_most = bots_most
        self._store = store
        self._live = live
        self._present = present
        self._play = play
        self._performer = performer
        self._arrivals = arrivals
        self._clock = clock
        self._seats_most = seats_most
        self._adding: WeakValueDictionary[SessionId, asyncio.Lock] = WeakValueDictionary()

    async def count(self, by: Staff, session_id: SessionId) -> int:
        """How many bots are seated, as far as this node knows."""
        return len(bots_on((await open_as_staff(self._live, by, session_id)).board))

    async def add(self, by: Staff, session_id: SessionId, players: int) -> int:
        """Seat so many more bots, and play all there are until the game is over; how many were seated.

        With 0 bots the doors may be closed: then those that are there are only taken up again.

        Raises:
            Refused: also `wrong_phase` when the game is over, `session_locked`, `session_full` when there would be too
                many bots, or there is no seat, `try_again` when this node has enough to play.
        """
        await open_as_staff(self._live, by, session_id)
        if not self._play.has_room(session_id):
            raise Refused("try_again")
        async with self._adding.setdefault(session_id, asyncio.Lock()):
            live = await self._look(session_id)
            self._check(live, players)
            try:
                return await self._seat(live, players)
            finally:
                self._play.begin(session_id)

    async def remove(self, by: Staff, session_id: SessionId) -> int:
        """Take all bots' seats away, whoever plays them, in one step; how many there were.

        What they have answered stays stored, as that of players who were removed does.
        """
        await open_as_staff(self._live, by, session_id)
        bots = bots_on((await self._look(session_id)).board)
        if bots:
            await self._performer.perform(session_id, Dismiss(tuple(bots)))
        return len(bots)

    async def _look(self, session_id: SessionId) -> LiveSession:
        """The picture as the database has it: others may have seated bots this node has not heard of."""
        live = await self._live.get(session_id)
        async with live.lock:
            await self._present.catch_up(live, "look")
        return live

    def _check(self, live: LiveSession, players: int) -> None:
        if live.session.phase is Phase.FINISHED:
            raise Refused("wrong_phase", "The game is over.")
        if players == 0:
            return
        if live.session.locked:
            raise Refused("session_locked")
        there = len(bots_on(live.board))
        if there + players > self.bots_most:
            raise Refused("session_full", f"A game takes {self.bots_most} bots; there are {there} already.")

    async def _seat(self, live: LiveSession, players: int) -> int:
        """Number on from the last bot, past names that people have taken."""
        seats = live.board.seats
        numbers = [int(found[1]) for bot in bots_on(live.board) if (found := _NUMBERED.fullmatch(seats[bot]))]
        last, seated = max(numbers, default=0), 0
        while seated < players:
            first, last = last + 1, last + players - seated
            asked = (self._take_seat(live.session.id, number) for number in range(first, last + 1))
            outcomes = await asyncio.gather(*asked, return_exceptions=True)
            seated += outcomes.count(None)
            for outcome in outcomes:
                if isinstance(outcome, BaseException):
                    raise outcome
                if outcome not in (None, SeatRefusal.TAKEN) and not seated:
                    raise Refused(outcome.value)
            if set(outcomes) - {None, SeatRefusal.TAKEN}:
                break  # the doors were closed in between, or that was the last seat
        return seated

    async def _take_seat(self, session_id: SessionId, number: int) -> SeatRefusal | None:
        nickname, bot = _named(number), new_bot_id()
        try:
            refusal = await self._store.seat(session_id, bot, nickname, self._clock.now(), self._seats_most)
        except Unavailable:  # it may have been taken, and asking again finds that out
            refusal = await self._store.seat(session_id, bot, nickname, self._clock.now(), self._seats_most)
        if refusal is None:
            self._arrivals.arrived(session_id, bot, nickname.shown)
        return refusal


def _named(number: int) -> Nickname:
    nickname = read_nickname(f"Bot {number}")
    assert isinstance(nickname, Nickname)  # noqa: S101  (short, and plain)
    return nickname
