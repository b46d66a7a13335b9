"""Rehearsal players: they join a session by its PIN and answer, as phones would."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Final

import aiohttp
import msgspec
from msgspec import Struct

from quiz.cli.bots.connection import Connection, ConnectionRefused, Unanswered
from quiz.domain.follow import follow
from quiz.domain.ids import Millis
from quiz.domain.messages import (
    Answer,
    Finished,
    Kicked,
    QuestionEvent,
    QuestionView,
    Result,
    Reveal,
    ServerEvent,
    Standings,
    State,
)

JOINS_AT_ONCE: Final = 20
ATTEMPTS: Final = 10
_EVENTS: Final[dict[str, type[ServerEvent]]] = {
    event.event: event for event in (QuestionEvent, Reveal, Result, Standings, Finished)
}
_NO_ACK: Final[dict[str, Any]] = {"ok": False, "error": {"code": "no_ack", "retry": True}}
_WORDS: Final = ("Paris", "42", "Mozart", "blue", "Iceland", "no idea")


class BotRefused(Exception):
    """The server would not let a bot in; the message is the server's."""


class Ack(Struct, frozen=True):
    """What became of one answer: `status` as acked, or the code of the refusal."""

    player_id: str
    question: int
    submission: str
    status: str
    received_at: Millis | None
    answer: Answer


class Bot:
    """One player: keeps its state by the events alone, answers each question once, and retries until it is told.

    Args:
        url: where the service is, e.g. `http://127.0.0.1:8000`.
        think_s: longest time it takes to answer, in seconds; each answer waits a random part of it.
        transports: in the order Socket.IO clients name them.
    """

    def __init__(
        self,
        url: str,
        pin: str,
        nickname: str,
        random: Random,
        *,
        think_s: float = 3.0,
        transports: tuple[str, ...] = ("websocket",),
    ) -> None:
        self.url = url.rstrip("/")
        self.pin = pin
        self.nickname = nickname
        self.player_id = ""
        self.state: State | None = None
        self.acks: list[Ack] = []
        self.finished = asyncio.Event()
        self._random = random
        self._think_s = think_s
        self._answering: asyncio.Task[None] | None = None
        self._ahead_ms = 0
        self._connection = Connection(random, transports, on_refused=self.finished.set)
        self._connection.on("state", self._on_state)
        self._connection.on("kicked", self._on_kicked)
        for name, event in _EVENTS.items():
            self._connection.on(name, self._follower(event))

    async def join(self, http: aiohttp.ClientSession) -> None:
        """Take a seat and connect.

        Raises:
            BotRefused: the PIN leads nowhere, the session is locked or full.
        """
        call = http.post(f"{self.url}/api/v1/sessions/{self.pin}/players", json={"nickname": self.nickname})
        async with call as response:
            body = await response.json()
            if response.status != 201:
                raise BotRefused(body["error"]["message"])
        self.player_id = body["player_id"]
        try:
            await self._connection.open(f"{self.url}?affinity={body['affinity']}", body["token"])
        except ConnectionRefused as refused:
            raise BotRefused(f"{self.nickname} got a seat but was not let in.") from refused

    async def leave(self) -> None:
        """Disconnect."""
        if self._answering is not None:
            self._answering.cancel()
        await self._connection.close()

    async def _on_state(self, raw: object) -> None:
        self.state = msgspec.convert(raw, State)
        self._ahead_ms = self.state.now - _local_ms()
        self._look()

    async def _on_kicked(self, raw: object) -> None:
        msgspec.convert(raw, Kicked)
        self.finished.set()

    def _follower(self, event: type[ServerEvent]) -> Callable[[object], Awaitable[None]]:
        async def on_event(raw: object) -> None:
            if self.state is not None:
                self.state = follow(self.state, msgspec.convert(raw, event))
                self._look()

        return on_event

    def _look(self) -> None:
        """Act on the state as it is now."""
        state = self.state
        if state is None:
            return
        if state.phase == "finished":
            self.finished.set()
        answered = {ack.question for ack in self.acks}
        if state.phase != "question" or state.question is None or state.question.number in answered:
            return
        if self._answering is None or self._answering.done():
            self._answering = asyncio.create_task(self._answer(state.question))

    async def _answer(self, question: QuestionView) -> None:
        lead_in = max(0, question.opens_at - self._ahead_ms - _local_ms()) / 1000
        await asyncio.sleep(lead_in + self._random.uniform(0, self._think_s))
        submission, answer = secrets.token_urlsafe(9), guess(question, self._random)
        payload = {"question": question.number, "answer": answer, "id": submission}
        ack = _NO_ACK
        for attempt in range(ATTEMPTS):
            try:
                ack = await self._connection.call("answer", payload)
            except Unanswered:
                ack = _NO_ACK
            if ack["ok"] or not ack["error"]["retry"]:
                break
            await asyncio.sleep(self._random.uniform(0, min(5, 0.2 * 2**attempt)))
        status = ack["status"] if ack["ok"] else ack["error"]["code"]
        self.acks.append(Ack(self.player_id, question.number, submission, status, ack.get("received_at"), answer))
        self._look()


def _local_ms() -> int:
    return time.time_ns() // 1_000_000


def guess(question: QuestionView, random: Random) -> Answer:
    """Some answer that fits the question."""
    match question.type:
        case "choice" | "poll":
            indexes = range(len(question.choices or ()))
            count = random.randint(1, len(indexes)) if question.multiple else 1
            return sorted(random.sample(indexes, count))
        case "numeric":
            return random.choice([random.randint(0, 100), random.randint(1900, 2030)])
        case "order":
            indexes = range(len(question.items or ()))
            return random.sample(indexes, len(indexes))
        case _:
            return random.choice(_WORDS)


async def seat_bots(bots: list[Bot]) -> None:
    """Let bots join, a few at a time.

    Raises:
        BotRefused: the first of them that was not let in.
    """
    gate = asyncio.Semaphore(JOINS_AT_ONCE)

    async def seat(bot: Bot, http: aiohttp.ClientSession) -> None:
        async with gate:
            await bot.join(http)

    async with aiohttp.ClientSession() as http:
        seating = [asyncio.create_task(seat(bot, http)) for bot in bots]
        try:
            await asyncio.gather(*seating)
        finally:
            for task in seating:
                task.cancel()
            await asyncio.gather(*seating, return_exceptions=True)
