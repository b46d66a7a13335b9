"""What this room needs of whatever connects the nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Hear = Callable[[str, bytes], None]
"""Called with the channel and the message, in the order of arrival. Must not block and must not raise."""


class Bus(Protocol):
    """Messages between nodes, by channel.

    At most once. Messages of one node arrive in the order in which it published them, whatever their channel; none
    comes back to its sender. Nothing here raises because the network fails: a node that has missed something is told
    so by `regained`, and must look for itself.
    """

    def serve(self, hear: Hear, regained: Callable[[], None]) -> None:
        """Name who hears messages, and who is told that some may have been missed and that the bus is back."""
        ...

    def publish(self, channel: str, message: bytes) -> None:
        """Send a message. Never waits: it is put in a bounded line, and dropped and counted when that is full."""
        ...

    async def subscribe(self, channel: str) -> None:
        """Hear a channel: returns when that is sure, or after its bound, and then it comes later."""
        ...

    def unsubscribe(self, channel: str) -> None:
        """Hear a channel no more."""
        ...
