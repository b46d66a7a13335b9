"""A session whose people are connected to different nodes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import cycle
from typing import TypeVar

from tests.node.people import JSON, Api, Client, Host, Player

C = TypeVar("C", bound=Client)


class Hall:
    """Whoever comes is connected to the next node; each may be sent to a certain one, too."""

    def __init__(self, apis: Sequence[Api], made: JSON, transports: tuple[str, ...]) -> None:
        self.apis = apis
        self.made = made
        self.transports = transports
        self.clients: list[Client] = []
        self._next = cycle(range(len(apis)))

    async def host(self, at: int | None = None) -> Host:
        host = Host(self._url(at), self.made["host_token"], self.made["pin"], self.transports)
        return await self._come(host)

    async def screen(self, at: int | None = None) -> Client:
        screen = Client(self._url(at), self.made["screen_token"], self.made["pin"], self.transports)
        return await self._come(screen)

    async def player(self, nickname: str, at: int | None = None, by: int | None = None) -> Player:
        """Take a seat by the node `by`, and connect to the node `at`."""
        api = self.apis[next(self._next) if by is None else by]
        joined = await api.join(self.made["pin"], nickname)
        player = Player(self._url(at), joined["token"], joined["affinity"], self.transports)
        player.nickname, player.player_id = joined["nickname"], joined["player_id"]
        return await self._come(player)

    async def again(self, player: Player, at: int | None = None) -> Player:
        """The same player, connected anew."""
        back = Player(self._url(at), player.token, player.affinity, player.transports)
        back.nickname, back.player_id = player.nickname, player.player_id
        return await self._come(back)

    async def go_home(self) -> None:
        await asyncio.gather(*(client.leave() for client in self.clients), return_exceptions=True)

    def _url(self, at: int | None) -> str:
        return self.apis[next(self._next) if at is None else at].url

    async def _come(self, client: C) -> C:
        await client.connect()
        self.clients.append(client)
        return client
