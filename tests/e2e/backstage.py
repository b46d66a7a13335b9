"""Games that are made and led without a page: quick, so that a test can look at other pages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Self

from tests.node.people import Api, Host, Party, Player

PASSWORD = "correct horse"
"""The quiz master's."""
LONG_S = 300
"""Time for questions that must not run out while somebody looks at them."""


class Game(Party):
    """A session, its host at a Socket.IO client, and players without pages."""

    leader: Host

    @property
    def pin(self) -> str:
        return str(self.made["pin"])

    @property
    def session(self) -> str:
        return str(self.made["id"])

    @property
    def screen_path(self) -> str:
        """The big screen's address, as the console links to it."""
        made = self.made
        return f"/screen#token={made['screen_token']}&affinity={made['pin']}&pin={made['pin']}&join={made['join_url']}"

    async def open(self) -> Self:
        """Bring in the leader."""
        self.leader = await self.host()
        return self

    async def does(self, *commands: str) -> None:
        """What the leader does, one after another."""
        for command in commands:
            await self.leader.does(command)

    async def results(self) -> Any:
        """The file of results, as JSON."""
        _, results = await self.api.call("GET", f"/sessions/{self.session}/results?format=json", token=self._token)
        return results

    async def standings(self) -> Any:
        """The lines of the final table."""
        _, page = await self.api.call("GET", f"/sessions/{self.session}/standings?limit=500", token=self._token)
        return page["items"]

    async def seat(self, *nicknames: str) -> list[Player]:
        """Players who are connected, and have no page."""
        return [await self.player(nickname) for nickname in nicknames]

    @property
    def _token(self) -> str:
        return str(self.made["host_token"])


class Backstage:
    """Whoever is signed in as quiz master over REST."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._games: list[Game] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Self]:
        """Everybody who came goes home at the end of the block."""
        yield self
        for game in self._games:
            await game.go_home()

    async def game(self, document: object, **settings: object) -> Game:
        """A lobby with its leader."""
        made = await self.api.make_session(await self.api.add_quiz(document), **settings)
        game = await Game(self.api, made, ("websocket",)).open()
        self._games.append(game)
        return game
