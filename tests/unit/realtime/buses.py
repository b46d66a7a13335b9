"""Buses whose network does what the test says."""

from __future__ import annotations

import asyncio

from quiz.cluster.bus import LocalBus


class UnhurriedBus(LocalBus):
    """Subscribing takes until `go` is set. `heard` are the channels that are heard."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.asked = asyncio.Event()
        """Set when somebody waits for a channel."""
        self.go = asyncio.Event()

    async def subscribe(self, channel: str) -> None:
        if channel not in self.heard:
            self.heard.append(channel)
        self.asked.set()
        await self.go.wait()

    def unsubscribe(self, channel: str) -> None:
        if channel in self.heard:
            self.heard.remove(channel)
