"""Hears one server's channels for one node."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final, NoReturn, Protocol

from quiz.cluster.backoff import Backoff
from quiz.cluster.pubsub import Connect, PubSub
from quiz.cluster.settings import RedisSettings
from quiz.cluster.wire import Refusal, Wire, WireLost

BREATH: Final = 100
"""Messages after which other tasks get their turn."""


class Ear(Protocol):
    """Who is told what the listener hears."""

    def hear(self, channel: str, message: bytes) -> None: ...

    def confirmed(self, channel: str) -> None:
        """From now on everything said on the channel is heard."""
        ...

    def listening(self) -> None:
        """A connection is made and all channels are asked for."""
        ...

    def lost(self, cause: str, detail: str) -> None:
        """The connection is lost, or could not be made."""
        ...


class Listener:
    """Keeps one connection subscribed to the channels that are wanted, however often it is lost.

    The node's own channel is asked for last. So whoever hears something there knows that all the channels that were
    wanted when the connection was made are heard too: a server takes commands in their order.

    Args:
        own: the node's own channel on this server.
    """

    def __init__(self, connect: Connect, own: str, settings: RedisSettings, ear: Ear) -> None:
        self._connect = connect
        self._own = own
        self._settings = settings
        self._ear = ear
        self._wanted: dict[str, None] = {}
        self._unanswered: dict[str, int] = {}
        self._link: tuple[Wire, PubSub] | None = None
        self._cause: str | None = None

    @property
    def connected(self) -> bool:
        """Whether there is a connection that is not known to be lost."""
        return self._link is not None

    @property
    def wanted(self) -> Collection[str]:
        """The channels, without the node's own."""
        return self._wanted.keys()

    def hears(self, channel: str) -> bool:
        """Whether the server has confirmed the channel and nothing has been asked about it since."""
        return self.connected and channel in self._wanted and not self._unanswered.get(channel)

    def want(self, channel: str) -> None:
        """Hear a channel from now on."""
        if channel not in self._wanted:
            self._wanted[channel] = None
            if self._link is not None:
                self._ask([channel], self._link[1].subscribe)

    def unwant(self, channel: str) -> None:
        """Hear a channel no more."""
        if channel in self._wanted:
            del self._wanted[channel]
            if self._link is not None:
                self._ask([channel], self._link[1].unsubscribe)

    def drop(self, cause: str) -> None:
        """Let go of the connection at once, and make another."""
        if self._link is not None:
            self._cause = cause
            self._link[0].abort()

    async def run(self) -> None:
        """Listen for ever; the caller owns the task."""
        pauses = Backoff(self._settings.reconnect_max_ms)
        while True:
            try:
                await self._listen(pauses)
            except WireLost as lost:
                self._ear.lost(self._cause or lost.cause, str(lost))
            except Refusal as refusal:
                self._ear.lost("moved" if refusal.moved else "refused", str(refusal))
            await asyncio.sleep(pauses.next_s())

    async def _listen(self, pauses: Backoff) -> NoReturn:
        """Connect, ask for everything, and read until the end.

        Raises:
            WireLost, Refusal
        """
        self._cause = None
        wire, kind = await self._connect()
        try:
            self._link = wire, kind
            self._unanswered.clear()
            self._ask([*self._wanted, self._own], kind.subscribe)
            self._ear.listening()
            read = 0
            while True:
                self._take(await wire.reply(), kind)
                pauses.reset()
                if (read := read + 1) % BREATH == 0:
                    # Reading what has come already never waits, and would leave nobody else a turn.
                    await asyncio.sleep(0)
        finally:
            self._link = None
            wire.abort()

    def _ask(self, channels: Collection[str], command: str) -> None:
        """Send one command for each channel: a cluster takes no two slots in one."""
        if self._link is None:
            return
        for channel in channels:
            self._unanswered[channel] = self._unanswered.get(channel, 0) + 1
        # Lost in this very moment: then the reader is about to be told, and asks for everything anew.
        if not self._link[0].ended:
            self._link[0].post([(command, channel) for channel in channels])

    def _take(self, reply: object, kind: PubSub) -> None:
        match reply:
            case [kind.message, bytes() as channel, bytes() as message]:
                self._ear.hear(channel.decode(), message)
            case [kind.subscribed | kind.unsubscribed, bytes() as name, _]:
                channel_name = name.decode()
                if (left := self._unanswered.pop(channel_name, 0) - 1) > 0:
                    self._unanswered[channel_name] = left
                elif left < 0:
                    raise WireLost("moved", "the server has given the channel away")
                elif channel_name in self._wanted:
                    self._ear.confirmed(channel_name)
            case _:
                raise WireLost("strange", "the server says something that is no message")
