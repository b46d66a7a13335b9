"""One client's connection: who it is, and what of its calls is still under way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Final

from quiz.game.tokens import Seat

CALLS_IN_FLIGHT: Final = 4
"""Calls of one connection served at a time; further ones wait unread in its transport."""
BAD_PACKETS_MAX: Final = 3
"""So many unreadable packets end a connection."""


class Connection:
    """A client. `seat` and `sid`, its Socket.IO session id, are set once it has shown a valid token.

    Args:
        eio_sid: the Engine.IO session id.
        cut: cuts the connection unless it joins in time.
    """

    def __init__(self, eio_sid: str, cut: asyncio.TimerHandle) -> None:
        self.eio_sid = eio_sid
        self.sid: str | None = None
        self.seat: Seat | None = None
        self.bad_packets = 0
        self.attachments_due = 0
        self.leaving = False
        """Whether it has been told to go: it is served no more calls."""
        self.ended_by: str | None = None
        """Why this server ended the connection, if it did."""
        self._cut = cut
        self._room_for_calls = asyncio.Semaphore(CALLS_IN_FLIGHT)
        self._calls: set[asyncio.Task[None]] = set()

    def join(self, sid: str, seat: Seat) -> None:
        """The client has shown who it is."""
        self.sid, self.seat = sid, seat
        self._cut.cancel()

    def leave(self) -> None:
        """The connection is over; calls under way still finish, so that no answer is lost."""
        self._cut.cancel()

    async def run(self, call: Coroutine[None, None, None]) -> None:
        """Serve a call beside the others; returns when there was room for it, not when it is done."""
        await self._room_for_calls.acquire()
        task = asyncio.create_task(call, name=f"call {self.eio_sid}")
        self._calls.add(task)
        task.add_done_callback(self._done)

    async def drain(self) -> None:
        """Return when no call is under way."""
        await asyncio.gather(*self._calls, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._calls.discard(task)
        self._room_for_calls.release()
