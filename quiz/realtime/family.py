"""All websockets of a server, which are let go of a few at a time.

Thousands may leave together, and closing a descriptor takes the kernel longer than anything we do about it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import Final, Generic, TypeVar

CLOSES_AT_ONCE: Final = 100
"""After so many, whoever else has something to do gets a turn."""

Member = TypeVar("Member")


class Family(Generic[Member]):
    """Whoever is open, and what is about to be closed."""

    def __init__(self) -> None:
        self._members: set[Member] = set()
        self._leaving: deque[asyncio.Transport] = deque()

    def __len__(self) -> int:
        return len(self._members)

    def __iter__(self) -> Iterator[Member]:
        return iter([*self._members])

    def add(self, member: Member) -> None:
        """Count one in."""
        self._members.add(member)

    def discard(self, member: Member) -> None:
        """Count one out."""
        self._members.discard(member)

    def close_soon(self, transport: asyncio.Transport) -> None:
        """Close a transport after what waits in it, in its turn."""
        if not self._leaving:
            asyncio.get_running_loop().call_soon(self._close_some)
        self._leaving.append(transport)

    def _close_some(self) -> None:
        for _ in range(min(CLOSES_AT_ONCE, len(self._leaving))):
            self._leaving.popleft().close()
        if self._leaving:
            asyncio.get_running_loop().call_soon(self._close_some)
