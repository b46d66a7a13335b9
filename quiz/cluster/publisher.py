"""Writes what one node says to one server."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from quiz.cluster.breaker import Breaker
from quiz.cluster.observer import BusObserver
from quiz.cluster.outgoing import Message, Outgoing
from quiz.cluster.pubsub import Connect, PubSub
from quiz.cluster.settings import RedisSettings
from quiz.cluster.wire import Refusal, Wire, WireLost


class Publisher:
    """A line of messages, and the one task that writes them, many at a time.

    What could not be written in its time is dropped, and so is what comes in the pause after it: a message is news, and
    what has become of it is in the database.

    Args:
        moved: told when the server says that another one has a channel.
    """

    def __init__(
        self, connect: Connect, settings: RedisSettings, observer: BusObserver, moved: Callable[[], None]
    ) -> None:
        self._connect = connect
        self._settings = settings
        self._observer = observer
        self._moved = moved
        self._breaker = Breaker(settings.publish_pause_ms)
        self._line = Outgoing(settings.publish_queue, settings.publish_queue_bytes)
        self._link: tuple[Wire, PubSub] | None = None

    @property
    def waiting(self) -> int:
        """How many messages wait."""
        return len(self._line)

    def put(self, channel: str, message: bytes) -> None:
        """Have a message written, or drop it: never waits."""
        if self._breaker.open:
            self._observer.dropped("away", 1)
        elif not self._line.put(channel, message):
            self._observer.dropped("full", 1)

    async def run(self) -> None:
        """Write for ever; the caller owns the task."""
        try:
            while True:
                batch = await self._line.take(self._settings.publish_batch)
                try:
                    await self._write(batch)
                except WireLost as lost:
                    self._give_up(batch, lost)
                self._line.written()
        finally:
            self.drop()

    async def flush(self) -> None:
        """Wait until what was put before has been written or dropped, as long as one write may take."""
        try:
            async with asyncio.timeout(self._settings.publish_timeout_ms / 1000):
                await self._line.emptied()
        except TimeoutError:
            self._observer.dropped("timeout", len(self._line.clear()))

    def drop(self) -> None:
        """Let go of the connection at once."""
        if self._link is not None:
            self._link[0].abort()
            self._link = None

    async def _write(self, batch: list[Message]) -> None:
        """Write messages and read what becomes of each.

        Raises:
            WireLost: some may have been written all the same.
        """
        wire, kind = self._link or await self._connect()
        self._link = wire, kind
        refused: Counter[str] = Counter()
        try:
            async with asyncio.timeout(self._settings.publish_timeout_ms / 1000):
                await wire.send([(kind.publish, channel, message) for channel, message in batch])
                for _ in batch:
                    try:
                        await wire.reply()
                    except Refusal as refusal:
                        refused["moved" if refusal.moved else "refused"] += 1
        except TimeoutError:
            raise WireLost("timeout") from None
        self._observer.published(len(batch) - refused.total())
        if refused:
            self._observer.dropped("refused", refused.total())
        if refused["moved"]:
            self._moved()

    def _give_up(self, batch: list[Message], lost: WireLost) -> None:
        """Drop everything: those behind would only wait as long again."""
        self._breaker.trip()
        self.drop()
        cause = "away" if lost.cause == "unreachable" else lost.cause
        self._observer.dropped(cause, len(batch) + len(self._line.clear()))
