"""The line of messages that wait to be written to one server."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

WORTH_WRITING: Final = 1024 * 1024
"""Bytes after which a batch takes no further message."""

Message = tuple[str, bytes]
"""A channel and what is said there."""


class Outgoing:
    """First come, first written; bounded by number and by bytes.

    Args:
        most: messages that wait at most.
        most_bytes: bytes that wait at most.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        self._most = most
        self._most_bytes = most_bytes
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._filled = asyncio.Event()
        self._emptied = asyncio.Event()
        self._emptied.set()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, channel: str, message: bytes) -> bool:
        """Join the line; False when it is full."""
        if len(self._messages) >= self._most or self._bytes + len(message) > self._most_bytes:
            return False
        self._messages.append((channel, message))
        self._bytes += len(message)
        self._filled.set()
        self._emptied.clear()
        return True

    async def take(self, most: int) -> list[Message]:
        """Wait until there are messages, and take the first ones out of the line."""
        await self._filled.wait()
        batch: list[Message] = []
        size = 0
        while self._messages and len(batch) < most and size < WORTH_WRITING:
            batch.append(self._messages.popleft())
            size += len(batch[-1][1])
        self._bytes -= size
        if not self._messages:
            self._filled.clear()
        return batch

    def clear(self) -> list[Message]:
        """Send everybody away."""
        left = list(self._messages)
        self._messages.clear()
        self._bytes = 0
        self._filled.clear()
        self._emptied.set()
        return left

    def written(self) -> None:
        """Tell that what was taken has been written, or given up."""
        if not self._messages:
            self._emptied.set()

    async def emptied(self) -> None:
        """Wait until nothing is left, in the line or on its way."""
        await self._emptied.wait()
