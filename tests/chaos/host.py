"""The host: moves the session on, whatever happens to the connection meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from quiz.domain.messages import State
from tests.chaos.client import Client, NoAck

_TRY_AGAIN_S: Final = 0.2
_SHOWN_S: Final = 2.0


class Stuck(Exception):
    """The session did not come where the host wanted it in time."""


class Host(Client):
    """A client that commands."""

    async def moves(self, command: str, until: Callable[[State], bool], within_s: float) -> None:
        """Give a command, again if its fate is unknown, until the session is where it should lead.

        Raises:
            Stuck: it did not come there.
        """
        try:
            async with asyncio.timeout(within_s):
                while not (self.state and until(self.state)):
                    await self._try(command)
        except TimeoutError:
            state = self.state
            where = f"version {state.version}, {state.phase}, connected: {self.connected}" if state else "nowhere"
            raise Stuck(f"{command} led nowhere in {within_s:g} s: {where}") from None

    async def sees(self, what: Callable[[State], bool], within_s: float) -> None:
        """Wait for something to show.

        Raises:
            Stuck: it does not.
        """
        try:
            async with asyncio.timeout(within_s):
                while not (self.state and what(self.state)):
                    await self.news(1)
        except TimeoutError:
            state = self.state
            where = f"version {state.version}, {state.phase}, connected: {self.connected}" if state else "nowhere"
            raise Stuck(f"nothing happened in {within_s:g} s: {where}") from None

    async def _try(self, command: str) -> None:
        if not self.connected:
            await self.news(1)
            return
        before = self.version
        try:
            ack = await self.call(command, {"version": before})
        except NoAck:
            await asyncio.sleep(_TRY_AGAIN_S)
            return
        if not ack["ok"]:
            await asyncio.sleep(_TRY_AGAIN_S)
        elif self.version < ack["version"]:
            # Its event is on the way. Where it was lost the node sends a snapshot soon.
            await self.news(_SHOWN_S)
