"""Everybody who is in one session, and what they can tell of it together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

import aiohttp

from tests.chaos.client import Client, Transport
from tests.chaos.desk import JSON, Desk
from tests.chaos.host import Host, Stuck
from tests.chaos.player import Player
from tests.chaos.record import Counts

POLLING: Final = 0.2
"""The share of players whose networks let no websocket through."""
JOINS_AT_ONCE: Final = 20
_LOOK_S: Final = 0.05


class Crowd:
    """Host, screen and players of a session, each connected for as long as the crowd is."""

    def __init__(self, host: Host, screen: Client, players: Sequence[Player]) -> None:
        self.host = host
        self.players = players
        self.clients: list[Client] = [host, screen, *players]
        self._running = [asyncio.create_task(client.run(), name=client.name) for client in self.clients]

    @classmethod
    async def gather(cls, http: aiohttp.ClientSession, desk: Desk, made: JSON, players: int, seed: str) -> Crowd:
        """Have players take seats and everybody connect. Affinities are chosen so that players are spread."""
        pin, url = str(made["pin"]), desk.url
        gate = asyncio.Semaphore(JOINS_AT_ONCE)

        async def seat(number: int) -> Player:
            async with gate:
                seat = await desk.join(pin, f"P{number}")
            own = f"{seed} player {number}"
            transport: Transport = "polling" if Random(own).random() < POLLING else "websocket"
            return Player(http, url, f"P{number}", seat, f"{pin}-{number}", transport, own)

        seated = await asyncio.gather(*(seat(number) for number in range(1, players + 1)))
        random = Random(f"{seed} staff")
        host = Host(http, url, "host", made["host_token"], pin, "websocket", random)
        screen = Client(http, url, "screen", made["screen_token"], f"{pin}-screen", "websocket", random)
        return cls(host, screen, seated)

    async def leave(self) -> None:
        """End all connections."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*(player.leave() for player in self.players), *self._running, return_exceptions=True)

    async def all(self, hold: Callable[[Client], bool], within_s: float) -> None:
        """Wait until something holds for every client.

        Raises:
            Stuck: it does not; the message names some of them.
        """
        try:
            async with asyncio.timeout(within_s):
                while not all(map(hold, self.clients)):  # noqa: ASYNC110  (there are as many events as clients)
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            missing = [client for client in self.clients if not hold(client)]
            some = ", ".join(
                f"{client.name} ({'' if client.connected else 'not '}connected, version {client.version})"
                for client in missing[:5]
            )
            raise Stuck(f"after {within_s:g} s {len(missing)} are not in step: {some}") from None

    def counts(self) -> Counts:
        """How much work they have had until now."""
        return Counts(
            reconnects=sum(client.reconnects for client in self.clients),
            retries=sum(player.retries for player in self.players),
            queued=sum(ack.status == "queued" for player in self.players for ack in player.acked),
            refused=sum(len(player.turned_away) for player in self.players),
        )

    def stepped_back(self) -> int:
        """How often a client was shown an older version than before."""
        return sum(client.stepped_back for client in self.clients)

    def reveals(self, question: int) -> list[int]:
        """When those who saw a question closed did so, in order."""
        return sorted(client.reveals[question] for client in self.clients if question in client.reveals)

    def told_closes_at(self, question: int) -> list[int | None]:
        """The deadlines that anybody was shown for a question."""
        return list(set().union(*(client.told_closes_at.get(question, set()) for client in self.clients)))
