"""People who try again, as the pages do: players who come back whenever a node sends them away, and a host."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Self, TypeVar

from socketio.exceptions import SocketIOError

from tests.node.people import JSON, Client, Host, Party, Player

RETRY_S = 0.1

C = TypeVar("C", bound=Client)
T = TypeVar("T")


async def host_of(party: Party) -> Host:
    """The host, on whichever node there is."""
    made = party.made
    return await connected(party, lambda: Host(party.api.url, made["host_token"], made["pin"], party.transports))


async def connected(party: Party, new_client: Callable[[], C]) -> C:
    """A client that is connected, however often that takes."""
    while True:
        client = new_client()
        try:
            await client.connect()
        except (SocketIOError, TimeoutError):
            await client.leave()
            await asyncio.sleep(RETRY_S)
        else:
            party.clients.append(client)
            return client


class Guest:
    """A seat in a session, and whichever connection it has now.

    Args:
        party: the session.
        joined: what joining it returned.
        affinity: which node the guest lands on; guests of different affinities are spread.
        transport: by which the guest connects.
    """

    def __init__(self, party: Party, joined: JSON, affinity: str, transport: str) -> None:
        self.player_id = str(joined["player_id"])
        self.sent_away = asyncio.Event()
        """A node has said `draining`."""
        self._party = party
        self._token = joined["token"]
        self._affinity = affinity
        self._transport = transport
        self._player: Player | None = None

    @classmethod
    async def come(cls, party: Party, number: int) -> Self:
        """Join and connect; odd numbers by long-polling."""
        pin = party.made["pin"]
        joined = await party.api.join(pin, f"Guest {number}")
        guest = cls(party, joined, f"{pin}-{number}", "polling" if number % 2 else "websocket")
        await guest.connected()
        return guest

    async def connected(self) -> Player:
        """The connection; a new one if the last is gone."""
        if self._player is None or self._player.gone.is_set():
            self._player = await connected(self._party, self._new_player)
        return self._player

    async def answer(self, question: int, answer: object) -> None:
        """Answer until it is acked as saved or queued, under one id all the while."""
        while True:
            player = await self.connected()
            call = asyncio.create_task(player.answer(question, answer, f"answer {question}"))
            gone = asyncio.create_task(player.gone.wait())
            await asyncio.wait((call, gone), return_when=asyncio.FIRST_COMPLETED)
            gone.cancel()
            if not call.done():
                call.cancel()
                continue
            try:
                ack = call.result()
            except SocketIOError:
                continue
            if ack["ok"]:
                return
            assert ack["error"]["retry"], ack
            await asyncio.sleep(RETRY_S)

    async def answer_when_sent_away(self, question: int, answer: object, at_the_latest: asyncio.Task[T]) -> None:
        """Answer at the worst moment: when the node is about to go; those whose node stays answer in the end."""
        away = asyncio.create_task(self.sent_away.wait())
        await asyncio.wait((away, at_the_latest), return_when=asyncio.FIRST_COMPLETED)
        away.cancel()
        await self.answer(question, answer)

    def _new_player(self) -> Player:
        player = Player(self._party.api.url, self._token, self._affinity, (self._transport,))
        player.socket.on("draining", self._on_draining)
        return player

    def _on_draining(self, _payload: JSON) -> None:
        self.sent_away.set()
