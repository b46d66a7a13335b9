"""Telling this node's clients of a session's step from one version to the next."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from quiz.domain.announce import Earned, announcements, closed_by, earnings, rewrites_the_past
from quiz.domain.board import Board
from quiz.domain.ids import Millis, SessionId
from quiz.domain.messages import Kicked, Reveal, RosterEntry
from quiz.domain.session import Session
from quiz.game.coalesce import Coalescer
from quiz.game.crowd import Crowd
from quiz.game.live import LiveSession
from quiz.game.ports import Fanout

ToRooms = Callable[[Earned], AsyncIterator[str]]


class Deadlines(Protocol):
    """Whoever wakes up when a question's time is over."""

    def watch(self, session: Session) -> None:
        """Close the session's question when it is due, if one is open; replaces what was watched of it before."""
        ...


class Teller:
    """What follows on this node when a session has moved, whoever moved it.

    Args:
        resync_interval_ms: how often at most the clients of a session are all sent fresh snapshots.
    """

    def __init__(self, fanout: Fanout, crowd: Crowd, deadlines: Deadlines, resync_interval_ms: Millis) -> None:
        self._fanout = fanout
        self._crowd = crowd
        self._deadlines = deadlines
        # Beside the session's lock: a snapshot for each of thousands must not keep a question from closing.
        self._resync = Coalescer[SessionId](resync_interval_ms, fanout.resync)

    async def close(self) -> None:
        """End all tasks."""
        await self._resync.close()

    async def step(self, live: LiveSession, before: Session, old: Board, to_rooms: ToRooms) -> None:
        """Tell of one step; the session's lock is held.

        Args:
            before: the session as it was, with its board `old`; what it is now is in `live`.
            to_rooms: sends the step's events to whole rooms, with a reveal to each player what that has earned, and
                gives the name of each event when it is sent.
        """
        session, board = live.session, live.board
        self.seats_changed(live, old)
        self._deadlines.watch(session)
        for player, _ in old.without(board):
            farewell = Kicked(version=session.version, reason="The host has removed you.")
            await self._fanout.tell(session.id, player, farewell)
            await self._fanout.part(session.id, player)
        earned = earnings(before, session, board)
        told = [event async for event in to_rooms(earned)]
        if Reveal.event not in told and closed_by(before, session) is not None:
            await self._tell_results(session, earned)
        if rewrites_the_past(before, session, old, board):
            self._resync.touch(session.id)

    async def step_from_here(self, live: LiveSession, before: Session, old: Board) -> None:
        """Tell of one step whose events no other node has sent here."""

        async def to_rooms(earned: Earned) -> AsyncIterator[str]:
            for audience, event in announcements(before, live.session, live.board):
                await self._fanout.publish(live.session.id, audience, event, earned)
                yield event.event

        await self.step(live, before, old, to_rooms)

    def begin_anew(self, live: LiveSession, old: Board) -> None:
        """Send everyone here a fresh snapshot, because it is not known what happened in between."""
        self._deadlines.watch(live.session)
        self.seats_changed(live, old)
        self._resync.touch(live.session.id)

    def seats_changed(self, live: LiveSession, old: Board) -> None:
        """Let hosts and screens know who has come and gone, judging by two boards."""
        board = live.board
        if board is old:
            return
        joined = [RosterEntry(player, name) for player, name in board.without(old)]
        left = [name for _, name in old.without(board)]
        self._crowd.moved(live.session.id, joined, left)

    async def _tell_results(self, session: Session, earned: Earned) -> None:
        """Tell each player a result that no reveal has brought."""
        results = ((player, earned(player)) for player in self._fanout.players_here(session.id))
        await self._fanout.tell_each(session.id, ((player, result) for player, result in results if result is not None))
