"""A node in a process of its own for all tests that want the same settings, and connections that end with the test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any, Final

import aiohttp
import pytest

from tests.adversary.crowd import Crowd
from tests.adversary.door import Door
from tests.adversary.raw_websocket import RawWebSocket
from tests.adversary.victim import PASSWORD, Victim
from tests.node.people import Api
from tests.node.quizzes import CHOICE, quiz

CROWD: Final = 24

Victims = Callable[[Mapping[str, str]], Victim]
Hall = Callable[[Any], Awaitable["Session"]]


class Session:
    """A session of a quiz, as it was made, and seats in it."""

    def __init__(self, api: Api, made: Mapping[str, Any]) -> None:
        self.host_token = str(made["host_token"])
        self.screen_token = str(made["screen_token"])
        self._api = api
        self._pin = str(made["pin"])

    async def seat(self, nickname: str) -> str:
        """The token of a new player."""
        return str((await self._api.join(self._pin, nickname))["token"])

    async def seats(self, name: str, number: int) -> list[str]:
        """The tokens of so many new players, whose nicknames begin with `name`."""
        return await asyncio.gather(*(self.seat(f"{name} {each}") for each in range(number)))


@pytest.fixture(scope="session")
def victims(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victims]:
    """Nodes by their settings: one is started when it is asked for first, and ends with the last test."""
    running: dict[frozenset[tuple[str, str]], Victim] = {}
    with ExitStack() as stack:

        def victim_with(environ: Mapping[str, str]) -> Victim:
            key = frozenset(environ.items())
            if key not in running:
                victim = Victim(tmp_path_factory.mktemp("victim"), environ)
                stack.callback(victim.kill)
                victim.wait_until_ready()
                running[key] = victim
            return running[key]

        yield victim_with


@pytest.fixture
def victim(victims: Victims, request: pytest.FixtureRequest) -> Iterator[Victim]:
    """The node with the settings that the test's module names `ENVIRON`; what clients do is no error in its log."""
    victim = victims(request.module.ENVIRON)
    seen = len(victim.log())
    yield victim
    assert not victim.errors(seen)


@pytest.fixture
def door(victim: Victim) -> Iterator[Door]:
    with ExitStack() as stack:
        yield Door(victim.port, stack)


@pytest.fixture
async def api(victim: Victim) -> AsyncIterator[Api]:
    """Signed in as the quiz master; no connection of it stays open, so that descriptors can be counted."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as http:
        api = Api(http, victim.url)
        if not victim.token:
            victim.token = (await api.sign_in(PASSWORD)).token
        api.token = victim.token
        yield api


@pytest.fixture
def hall(api: Api) -> Hall:
    """Makes sessions of quizzes."""

    async def hall_(document: Any) -> Session:
        return Session(api, await api.make_session(await api.add_quiz(document)))

    return hall_


@pytest.fixture
async def session(hall: Hall) -> Session:
    """A session that has not started."""
    return await hall(quiz(CHOICE))


@pytest.fixture
async def crowd(hall: Hall, door: Door) -> Crowd:
    """Players in a session of their own."""
    elsewhere = await hall(quiz(CHOICE))
    return Crowd(await door.players(await elsewhere.seats("Patient", CROWD)))


@pytest.fixture
async def bystander(hall: Hall, door: Door) -> RawWebSocket:
    """A player in a session of its own, who has nothing to do with it."""
    elsewhere = await hall(quiz(CHOICE))
    return await door.player(await elsewhere.seat("Patient"))
