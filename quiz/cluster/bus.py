"""Messages between nodes: over Redis, and for a node that is alone."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Literal, Self

import structlog

from quiz.cluster.address import read_address
from quiz.cluster.line import NODE_BYTES, Line
from quiz.cluster.lines import Lines
from quiz.cluster.observer import BusObserver, Unobserved
from quiz.cluster.pubsub import connector
from quiz.cluster.settings import RedisSettings
from quiz.cluster.topology import Share

Hear = Callable[[str, bytes], None]
State = Literal["up", "down"]

log = structlog.get_logger("quiz.cluster.bus")


class LocalBus:
    """The bus of a node that is alone: there is nobody to tell, and nobody to hear."""

    state: State = "up"

    def serve(self, hear: Hear, regained: Callable[[], None]) -> None:
        """Neither will be called."""

    def publish(self, channel: str, message: bytes) -> None:
        """Nobody else is there."""

    async def subscribe(self, channel: str) -> None:
        """Nobody else speaks."""

    def unsubscribe(self, channel: str) -> None:
        """Nobody else spoke."""


class RedisBus:
    """The bus over Redis pub/sub. Enter it to connect; entering never fails, and waits for Redis for a bounded time.

    At most once. What one node publishes arrives in its order at every other; on a Redis Cluster that holds for
    channels of one server, so those whose order matters must share a hash tag. Nothing waits for Redis: while it is
    away messages are dropped and counted. `regained` is called when the node hears itself again, and when a
    subscription came later than `subscribe` had waited: in both cases something may have been missed.

    Args:
        settings: where Redis is, and how long to wait.
        observer: is told how it goes.

    Raises:
        ValueError: see `read_address`.
    """

    def __init__(self, settings: RedisSettings, observer: BusObserver | None = None) -> None:
        self._settings = settings
        self._observer: BusObserver = observer or Unobserved()
        self._address = read_address(settings.url)
        self._node = secrets.token_bytes(NODE_BYTES)
        self._lines = Lines(self._address, settings, f"{settings.prefix}bus-{self._node.hex()}", self._begin)
        self._follower: asyncio.Task[None] | None = None
        self._waiters: dict[str, set[asyncio.Future[None]]] = {}
        self._late: set[str] = set()
        self._first_up = asyncio.Event()
        self._down_at: float | None = None
        """Since when it is known to be down, by the monotonic clock."""
        self._hear: Hear = lambda _channel, _message: None
        self._regained: Callable[[], None] = lambda: None

    @property
    def state(self) -> State:
        """`up` while the node hears itself on every server."""
        return "up" if self._lines.up else "down"

    def serve(self, hear: Hear, regained: Callable[[], None]) -> None:
        """See the port."""
        self._hear = hear
        self._regained = regained

    async def __aenter__(self) -> Self:
        self._observer.up(False)
        self._follower = asyncio.create_task(self._lines.run(), name="bus")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.connect_timeout_ms / 1000):
                await self._first_up.wait()
        if not self._first_up.is_set():
            self._note_down("not reached at the start")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._lines.flush()
        if self._follower is not None:
            self._follower.cancel()
            await asyncio.gather(self._follower, return_exceptions=True)
        self._release_all()

    def publish(self, channel: str, message: bytes) -> None:
        """Send a message; see the port."""
        name = self._settings.prefix + channel
        if (line := self._lines.of(name)) is None:
            self._observer.dropped("away", 1)
        else:
            line.publisher.put(name, self._node + message)

    async def subscribe(self, channel: str) -> None:
        """Hear a channel; see the port. While there is no connection nobody waits, and it comes with `regained`."""
        name = self._settings.prefix + channel
        self._lines.want(name)
        line = self._lines.of(name)
        if line is None or not line.listener.connected or line.listener.hears(name):
            return
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(name, set()).add(waiter)
        try:
            async with asyncio.timeout(self._settings.subscribe_timeout_ms / 1000):
                await waiter
        except TimeoutError:
            self._late.add(name)
        finally:
            if waiters := self._waiters.get(name):
                waiters.discard(waiter)

    def unsubscribe(self, channel: str) -> None:
        """Hear a channel no more; see the port."""
        name = self._settings.prefix + channel
        self._late.discard(name)
        self._release(name)
        self._lines.unwant(name)

    def hear(self, channel: str, message: bytes) -> None:
        """Pass on what another node has said."""
        self._observer.received(1)
        try:
            self._hear(channel.removeprefix(self._settings.prefix), message)
        except Exception:
            # One message that cannot be dealt with must not make the node deaf to all others.
            log.exception("a message between nodes was not dealt with", action="bus")

    def confirmed(self, channel: str) -> None:
        """Let those go on who wait for the channel, and tell of it if somebody has stopped waiting."""
        self._release(channel)
        if channel in self._late:
            self._late.discard(channel)
            self._regained()

    def went_up(self) -> None:
        """Count as up when every line is, and tell that something may have been missed."""
        if not self._lines.up:
            return
        self._observer.up(True)
        if self._down_at is not None:
            log.info("bus is back", action="bus", away_s=round(time.monotonic() - self._down_at, 1))
            self._down_at = None
            self._regained()
        self._first_up.set()

    def went_down(self, cause: str) -> None:
        """Count as down when one line is, and look for other servers."""
        self._release_all()
        self._lines.look()
        if self._first_up.is_set():
            self._note_down(cause)

    def moved(self) -> None:
        """Look where the channels are now."""
        self._lines.look()

    def _note_down(self, cause: str) -> None:
        if self._down_at is None:
            self._down_at = time.monotonic()
            self._observer.up(False)
            log.warning("bus is down", action="bus", cause=cause)

    def _begin(self, share: Share) -> Line:
        """Make the line to a server. Its heartbeat takes a channel that this very server has."""
        if self._first_up.is_set():
            # Servers have changed places: until the new line is up, something may be missed.
            self._note_down("moved")
        name = f"{self._settings.prefix}bus-{self._node.hex()}"
        own = f"{self._settings.prefix}node:{self._node.hex()}:{share.tag()}"
        connect = connector(share.endpoint, self._address, self._settings, name)
        return Line(connect, self._node, own, self._settings, self._observer, self)

    def _release(self, channel: str) -> None:
        for waiter in self._waiters.pop(channel, ()):
            if not waiter.done():
                waiter.set_result(None)

    def _release_all(self) -> None:
        """Let everybody go on: what they wait for comes with `regained`."""
        self._late.clear()
        for channel in [*self._waiters]:
            self._release(channel)
