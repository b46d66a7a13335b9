"""Sending everyone away: a node that stops lets its clients go to the others, a few at a time."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from typing import Final

from quiz.domain.ids import Millis, SessionId
from quiz.domain.messages import Draining
from quiz.realtime.connection import Connection
from quiz.realtime.frames import message
from quiz.realtime.manager import encode
from quiz.realtime.sockets import SocketServer

BATCH: Final = 200
"""So many clients are sent away together, and more where time would not suffice."""
LOOK_S: Final = 0.05
"""How often it is looked whether those who were told to go have gone."""


class Drain:
    """Empties a server.

    Args:
        version_of: the version of a session that this node knows.
    """

    def __init__(self, server: SocketServer, version_of: Callable[[SessionId], int]) -> None:
        self._server = server
        self._settings = server.settings
        self._version_of = version_of
        self._chance = random.SystemRandom()

    async def run(self) -> None:
        """Let clients go in batches, each to leave within `reconnect_within_ms` at a moment of its own.

        All at once they would fall upon the other nodes together. Whose turn has not come plays on.
        """
        connections = [*self._server.connections]
        self._chance.shuffle(connections)
        turns = max(1.0, self._settings.drain_spread_s * 1000 / max(1, self._settings.reconnect_within_ms))
        size = max(BATCH, math.ceil(len(connections) / turns))
        batches = [connections[i : i + size] for i in range(0, len(connections), size)]
        end_at = asyncio.get_running_loop().time() + self._settings.drain_spread_s + self._settings.drain_timeout_s
        for batch in batches[:-1]:
            await self._send_away(batch, end_at)
        await self._send_away([*self._server.connections], end_at)
        await self._gone(end_at + self._settings.part_timeout_s)

    async def _send_away(self, connections: Sequence[Connection], end_at: float) -> None:
        """Say so, let calls under way finish, and end the connections; nobody waits beyond `end_at`."""
        back_in = Millis(self._settings.reconnect_within_ms)
        clock = asyncio.get_running_loop().time
        for connection in connections:
            if connection.seat is not None:
                farewell = Draining(version=self._version_of(connection.seat.session_id), reconnect_within_ms=back_in)
                connection.send(message(encode(farewell.event, farewell)))
        await _until(lambda: not any(each.open and each.seat for each in connections), end_at - clock(), back_in / 1000)
        for connection in connections:
            connection.leaving = True
        left = max(0.1, end_at - clock())
        await _until(lambda: not any(each.calls for each in connections), left, self._settings.drain_timeout_s)
        for connection in connections:
            self._server.hang_up(connection, "draining")

    async def _gone(self, end_at: float) -> None:
        """Return when all websockets are closed, or have had their time."""
        left = end_at - asyncio.get_running_loop().time()
        await _until(lambda: not self._server.eio.websockets, left, self._settings.part_timeout_s)


async def _until(holds: Callable[[], bool], *at_most_s: float) -> None:
    """Wait until something holds, but no longer than the shortest of these times."""
    clock = asyncio.get_running_loop().time
    end = clock() + min(at_most_s)
    while clock() < end and not holds():  # noqa: ASYNC110  (nothing tells of the last one)
        await asyncio.sleep(LOOK_S)
