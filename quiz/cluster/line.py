"""What one node says to and hears from one server, and whether it hears itself there."""

from __future__ import annotations

import asyncio
import struct
import time
from contextlib import suppress
from typing import Final, Protocol

from quiz.cluster.listener import Listener
from quiz.cluster.observer import BusObserver
from quiz.cluster.publisher import Publisher
from quiz.cluster.pubsub import Connect
from quiz.cluster.settings import RedisSettings

NODE_BYTES: Final = 8
"""Every message begins with so many bytes that name the node it is from."""
_STAMP: Final = struct.Struct("<q")


class LineOwner(Protocol):
    """Who is told what happens on a line."""

    def hear(self, channel: str, message: bytes) -> None:
        """Another node has said something."""
        ...

    def confirmed(self, channel: str) -> None:
        """From now on the channel is heard."""
        ...

    def went_up(self) -> None:
        """The node hears itself on this line, and with that all channels that were wanted when it connected."""
        ...

    def went_down(self, cause: str) -> None:
        """The line is lost, or could not be made again. `cause` is for the log."""
        ...

    def moved(self) -> None:
        """Another server has a channel."""
        ...


class Line:
    """Both connections to one server, with a heartbeat that goes out on one and comes in on the other.

    A connection can be dead for a long time before the network says so, and a server can drop a listener without the
    speaker noticing: only a node that hears what it says knows that it is heard. One that does not lets go of both
    connections and makes new ones.

    Args:
        node: the node's name, of `NODE_BYTES` bytes.
        own: the channel that the heartbeat takes; nobody else listens there.
    """

    def __init__(
        self,
        connect: Connect,
        node: bytes,
        own: str,
        settings: RedisSettings,
        observer: BusObserver,
        owner: LineOwner,
    ) -> None:
        self._node = node
        self._own = own
        self._settings = settings
        self._observer = observer
        self._owner = owner
        self._silent_ms = 0.0
        self._beat_now = asyncio.Event()
        self.up = False
        """Whether the node hears itself: then it hears all its channels."""
        self.publisher = Publisher(connect, settings, observer, owner.moved)
        self.listener = Listener(connect, own, settings, self)

    async def run(self) -> None:
        """Keep the connections for ever; the caller owns the task."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.publisher.run(), name="bus publisher")
            group.create_task(self.listener.run(), name="bus listener")
            group.create_task(self._beat(), name="bus heartbeat")

    def hear(self, channel: str, message: bytes) -> None:
        """Take what the listener has read."""
        sender, said = message[:NODE_BYTES], message[NODE_BYTES:]
        if sender != self._node:
            self._owner.hear(channel, said)
        elif channel == self._own and len(said) == _STAMP.size:
            self._observer.delay((time.monotonic_ns() - _STAMP.unpack(said)[0]) / 1e9)
            self._silent_ms = 0.0
            if not self.up:
                self.up = True
                self._owner.went_up()

    def confirmed(self, channel: str) -> None:
        """Tell that a channel is heard."""
        self._owner.confirmed(channel)

    def listening(self) -> None:
        """A connection is made: say something, to hear whether it works."""
        self._silent_ms = 0.0
        self._beat_now.set()

    def lost(self, cause: str, detail: str) -> None:
        """The listener has lost its connection, or cannot make one."""
        self._observer.reconnects(cause)
        self.up = False
        self._owner.went_down(f"{cause}: {detail}" if cause == "refused" else cause)

    async def _beat(self) -> None:
        interval_ms = self._settings.heartbeat_interval_ms
        while True:
            self._beat_now.clear()
            self._observer.waiting(self.publisher.waiting)
            self.publisher.put(self._own, self._node + _STAMP.pack(time.monotonic_ns()))
            started = time.monotonic()
            with suppress(TimeoutError):
                async with asyncio.timeout(interval_ms / 1000):
                    await self._beat_now.wait()
            # When this process was held up, what came in meanwhile has not been read yet: that is no silence.
            self._silent_ms += min((time.monotonic() - started) * 1000, 2 * interval_ms)
            if self.listener.connected and self._silent_ms > self._settings.deaf_after_ms:
                self.publisher.drop()
                self.listener.drop("deaf")
