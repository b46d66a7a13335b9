"""Sitting on the wire between a page and the server, where answers and their acks can be held back or lost."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from collections.abc import Callable
from typing import Any

from playwright.async_api import Page, WebSocketRoute

Send = Callable[[str | bytes], None]

_ANSWER = re.compile(r'^42(\d+)\["answer",')
_ACK = re.compile(r"^43(\d+)\[")


class Wire:
    """What a page's websockets carry. Made by `tap`, before the page opens any."""

    def __init__(self) -> None:
        self.submissions: list[str] = []
        """The ids of all answers that the page has sent, resent ones again."""
        self.answers = Gate()
        """Answers on their way to the server."""
        self.acks = Gate()
        """Acks of answers on their way to the page."""
        self._now: WebSocketRoute | None = None

    async def cut(self) -> None:
        """Break the connection that there is now."""
        assert self._now is not None
        await self._now.close(code=1001)

    def carry(self, page: WebSocketRoute) -> None:
        server = page.connect_to_server()
        waiting: set[str] = set()
        self._now = page

        def from_page(frame: str | bytes) -> None:
            if isinstance(frame, str) and (found := _ANSWER.match(frame)):
                waiting.add(found[1])
                self.submissions.append(submission(frame))
                self.answers.let_through(frame, server.send)
            else:
                server.send(frame)

        def from_server(frame: str | bytes) -> None:
            if isinstance(frame, str) and (found := _ACK.match(frame)) and found[1] in waiting:
                self.acks.let_through(frame, page.send)
            else:
                page.send(frame)

        page.on_message(from_page)
        server.on_message(from_server)


class Gate:
    """Open at first. What comes while it is closed waits, or is lost when it was told to lose things."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        """Whether something has come since the gate was closed."""
        self._closed = False
        self._losing = 0
        self._held: deque[tuple[str, Send]] = deque()

    def close(self) -> None:
        self._closed = True
        self.came.clear()

    def open(self) -> None:
        """Let go on what waits, and everything after it."""
        self._closed = False
        while self._held:
            frame, send = self._held.popleft()
            send(frame)

    def lose_next(self) -> None:
        """Lose the next frame that comes."""
        self._losing += 1
        self.came.clear()

    def let_through(self, frame: str, send: Send) -> None:
        self.came.set()
        if self._losing:
            self._losing -= 1
        elif self._closed:
            self._held.append((frame, send))
        else:
            send(frame)


async def tap(page: Page) -> Wire:
    """Sit on the wire of a page, from its next loading on."""
    wire = Wire()
    await page.route_web_socket(re.compile("/socket.io/"), wire.carry)
    return wire


def submission(frame: str) -> str:
    """The id in an `answer`."""
    payload: Any = json.loads(frame[frame.index("[") :])[1]
    return str(payload["id"])
