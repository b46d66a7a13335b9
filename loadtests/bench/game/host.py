"""A session's host, in this process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Final

import msgspec
from msgspec import Struct

from loadtests.bench.game.hall import Made
from quiz.cli.bots.connection import Connection, Unanswered

_PATIENCE_S: Final = 60.0
_ATTEMPTS: Final = 5
_RETRY_S: Final = 0.2
_EVENTS: Final = ("state", "question", "reveal", "standings", "finished")


class CommandFailed(Exception):
    """A command was refused; the message is the code."""


class _Versioned(Struct, frozen=True):
    version: int


class Host:
    """Its commands are decided on the newest version that it knows of. Get one from `Host.connected`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._news = asyncio.Condition()
        self._version = 0
        self._asked = False
        self.question = 0
        """The number of the question that was opened last."""
        for event in _EVENTS:
            connection.on(event, self._on_event)

    @classmethod
    @asynccontextmanager
    async def connected(cls, url: str, session: Made) -> AsyncIterator[Host]:
        """Connect, and have the snapshot."""
        connection = Connection(Random(), ("websocket",), on_refused=lambda: None)
        host = cls(connection)
        await connection.open(f"{url}?affinity={session.pin}", session.host_token)
        try:
            await host._reach(1)
            yield host
        finally:
            await connection.close()

    async def open_question(self) -> None:
        """Go on to the next question, from wherever the session is but an open question."""
        await self.command("next" if self._asked else "start")
        self._asked = True
        self.question += 1

    async def command(self, event: str, **payload: int) -> None:
        """Send a command, and wait until it is done.

        Raises:
            CommandFailed: it was refused.
        """
        version = self._version
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                ack = await self._connection.call(event, {"version": version, **payload})
            except Unanswered:
                # A close of very many answers takes longer than clients wait for an ack; the events tell of its end.
                await self._reach(version + 1)
                return
            if ack["ok"]:
                self._version = max(self._version, int(ack["version"]))
                return
            if self._version > version:  # done after all: the event came, and the ack was that of another try
                return
            if not ack["error"]["retry"] or attempt == _ATTEMPTS:
                raise CommandFailed(f"{event}: {ack['error']['code']}")
            await asyncio.sleep(_RETRY_S * attempt)

    async def _reach(self, version: int) -> None:
        async with asyncio.timeout(_PATIENCE_S), self._news:
            await self._news.wait_for(lambda: self._version >= version)

    async def _on_event(self, raw: object) -> None:
        self._version = max(self._version, msgspec.convert(raw, _Versioned).version)
        async with self._news:
            self._news.notify_all()
