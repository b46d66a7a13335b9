"""What waits for a client that polls, or for the websocket of one that is just coming."""

from __future__ import annotations

import asyncio

from quiz.realtime.frames import Frame


class Outbox:
    """Frames in the order they are to go, and the poll that waits for them."""

    __slots__ = ("_frames", "_poll", "waiting")

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self._poll: asyncio.Future[None] | None = None
        self.waiting = 0
        """Bytes of what is in it."""

    def __bool__(self) -> bool:
        return bool(self._frames)

    @property
    def polled(self) -> bool:
        """Whether a poll waits."""
        return self._poll is not None

    def add(self, frame: Frame) -> None:
        """Put a frame behind the others."""
        self._frames.append(frame)
        self.waiting += len(frame.payload)

    def take(self) -> list[Frame]:
        """Everything in it, which is whose asks from now on."""
        frames, self._frames = self._frames, []
        self.waiting = 0
        return frames

    def release(self) -> None:
        """Let the waiting poll go."""
        if self._poll is not None and not self._poll.done():
            self._poll.set_result(None)

    async def released(self) -> None:
        """Wait, as the one poll that does, to be let go."""
        self._poll = asyncio.get_running_loop().create_future()
        try:
            await self._poll
        finally:
            self._poll = None
