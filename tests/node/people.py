"""Hosts, screens and players as black-box clients: stock Socket.IO, plain REST, every frame kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Self, TypeVar

import aiohttp
import socketio

JSON = Any
"""Decoded JSON, looked at by tests as it is."""

PATIENCE_S = 30.0
"""How long a test waits for something that has to come."""


class Api:
    """REST calls to one node."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http = http
        self.url = url
        self.token = ""

    async def call(self, method: str, path: str, body: object = None, token: str | None = None) -> tuple[int, JSON]:
        headers = {"Authorization": f"Bearer {self.token if token is None else token}"}
        request = self.http.request(method, f"{self.url}/api/v1{path}", json=body, headers=headers)
        async with request as response:
            return response.status, None if response.status == 204 else await response.json()

    async def sign_in(self, password: str, username: str = "admin") -> Self:
        status, body = await self.call("POST", "/auth/login", {"username": username, "password": password})
        assert status == 200, body
        self.token = body["token"]
        return self

    async def add_quiz(self, document: object) -> str:
        status, body = await self.call("POST", "/quizzes", document)
        assert status == 201, body
        return str(body["id"])

    async def make_session(self, quiz_id: str, **settings: object) -> JSON:
        status, body = await self.call("POST", "/sessions", {"quiz_id": quiz_id, "settings": settings})
        assert status == 201, body
        return body

    async def join(self, pin: str, nickname: str) -> JSON:
        status, body = await self.call("POST", f"/sessions/{pin}/players", {"nickname": nickname})
        assert status == 201, body
        return body


class Client:
    """A connected client; `frames` holds every event it was sent, in order, as (name, payload)."""

    def __init__(
        self, url: str, token: object, affinity: str = "", transports: tuple[str, ...] = ("websocket",)
    ) -> None:
        self.url = url
        self.token = token
        self.affinity = affinity
        self.transports = transports
        self.frames: list[tuple[str, JSON]] = []
        self.gone = asyncio.Event()
        self._news = asyncio.Condition()
        self.socket = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self.listen()

    def listen(self) -> None:
        """Keep every event of the socket."""
        self.socket.on("disconnect", self._on_disconnect)
        self.socket.on("*", self._on_event)

    @property
    def token_text(self) -> str:
        return str(self.token)

    async def connect(self) -> Self:
        """Connect and wait for the snapshot."""
        url = f"{self.url}?affinity={self.affinity}"
        await self.socket.connect(url, auth={"token": self.token}, transports=list(self.transports))
        await self.sent("state")
        return self

    async def leave(self) -> None:
        await self.socket.disconnect()

    async def call(self, event: str, payload: object = None) -> JSON:
        return await self.socket.call(event, payload, timeout=PATIENCE_S)

    def last(self, event: str) -> JSON:
        """The newest payload of an event."""
        return next(payload for name, payload in reversed(self.frames) if name == event)

    @property
    def version(self) -> int:
        """The newest version this client has seen."""
        return max(int(payload["version"]) for _, payload in self.frames)

    async def sent(self, event: str, when: Callable[[JSON], bool] = lambda _: True) -> JSON:
        """Wait until an event has come for which `when` holds; also one that came before."""
        async with asyncio.timeout(PATIENCE_S), self._news:
            while True:
                for name, payload in reversed(self.frames):
                    if name == event and when(payload):
                        return payload
                await self._news.wait()

    async def _on_event(self, name: str, payload: JSON = None) -> None:
        async with self._news:
            self.frames.append((name, payload))
            self._news.notify_all()

    async def _on_disconnect(self, _reason: str) -> None:
        self.gone.set()


class Player(Client):
    """A player; answers under ids of its own."""

    nickname = ""
    player_id = ""

    async def answer(self, question: int, answer: object, submission: str = "first") -> JSON:
        return await self.call("answer", {"question": question, "answer": answer, "id": submission})


class Host(Client):
    """A host; commands carry the newest version it has seen or was acked."""

    acked = 0

    async def command(self, event: str, **payload: object) -> JSON:
        if event not in ("kick", "readmit"):
            payload.setdefault("version", max(self.version, self.acked))
        ack = await self.call(event, payload)
        if ack["ok"]:
            self.acked = ack["version"]
        return ack

    async def does(self, event: str, **payload: object) -> JSON:
        """A command that has to succeed."""
        ack = await self.command(event, **payload)
        assert ack["ok"], ack
        return ack


C = TypeVar("C", bound=Client)


class Party:
    """A session with whoever came; `host` and `screen` see the same node."""

    def __init__(self, api: Api, made: JSON, transports: tuple[str, ...]) -> None:
        self.api = api
        self.made = made
        self.transports = transports
        self.clients: list[Client] = []

    async def host(self) -> Host:
        return await self._come(Host(self.api.url, self.made["host_token"], self.made["pin"], self.transports))

    async def screen(self) -> Client:
        return await self._come(Client(self.api.url, self.made["screen_token"], self.made["pin"], self.transports))

    async def player(self, nickname: str) -> Player:
        joined = await self.api.join(self.made["pin"], nickname)
        player = Player(self.api.url, joined["token"], joined["affinity"], self.transports)
        player.nickname, player.player_id = joined["nickname"], joined["player_id"]
        return await self._come(player)

    async def again(self, player: Player) -> Player:
        """The same player, connected anew."""
        back = Player(player.url, player.token, player.affinity, player.transports)
        back.nickname, back.player_id = player.nickname, player.player_id
        return await self._come(back)

    async def go_home(self) -> None:
        await asyncio.gather(*(client.leave() for client in self.clients))

    async def _come(self, client: C) -> C:
        await client.connect()
        self.clients.append(client)
        return client


def about(number: int) -> Callable[[JSON], bool]:
    """Whether an event is about this question."""

    def holds(event: JSON) -> bool:
        question = event["question"]
        return bool((question["number"] if isinstance(question, dict) else question) == number)

    return holds


def counted(number: int, answered: int) -> Callable[[JSON], bool]:
    """Whether a `progress` event says that so many have answered this question."""
    return lambda event: bool((event["question"], event["answered"]) == (number, answered))
