"""What other nodes have sent, taken in for each session in the order it came."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from quiz.domain.ids import SessionId
from quiz.realtime.manager import RoomMessage

MESSAGES_MAX: Final = 1_000
"""Most messages that wait for one session; more means that this node has fallen behind, and looks for itself."""

log = structlog.get_logger("quiz.realtime")


class Inbox:
    """One line of messages for each session, with a task while there is something in it.

    Args:
        take: takes in one message.
        on_overflow: called when messages of a session were dropped.
    """

    def __init__(
        self, take: Callable[[SessionId, RoomMessage], Awaitable[None]], on_overflow: Callable[[], None]
    ) -> None:
        self._take = take
        self._on_overflow = on_overflow
        self._lines: dict[SessionId, deque[RoomMessage]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def put(self, session_id: SessionId, message: RoomMessage) -> None:
        """Put a message in its session's line."""
        line = self._lines.get(session_id)
        if line is None:
            self._lines[session_id] = deque([message])
            task = asyncio.create_task(self._work(session_id), name=f"inbox {session_id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif len(line) < MESSAGES_MAX:
            line.append(message)
        else:
            line.clear()
            self._on_overflow()

    async def close(self) -> None:
        """Take in nothing more."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, session_id: SessionId) -> None:
        line = self._lines[session_id]
        try:
            while line:
                try:
                    await self._take(session_id, line.popleft())
                except Exception:
                    log.exception("message of another node failed", action="hear", session=session_id)
                    self._on_overflow()
        finally:
            del self._lines[session_id]
