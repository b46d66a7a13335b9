"""A client of a session: follows what it is told, and comes back whenever its connection is lost."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Any, Final, Literal

import aiohttp
import msgspec

from quiz.domain.follow import follow
from quiz.domain.messages import (
    Draining,
    Finished,
    Kicked,
    Lobby,
    Progress,
    QuestionEvent,
    Result,
    Reveal,
    ServerEvent,
    Standings,
    State,
)
from tests.chaos.clock import now_ms
from tests.chaos.record import Seen
from tests.chaos.wire import PollingWire, WebSocketWire, Wire, WireLost

Transport = Literal["websocket", "polling"]

BACKOFF_S: Final = 0.25
BACKOFF_MAX_S: Final = 2.0
CONNECT_S: Final = 6.0
CALL_S: Final = 4.0

_EVENTS: Final[dict[str, msgspec.json.Decoder[ServerEvent]]] = {
    kind.event: msgspec.json.Decoder(kind)
    for kind in (State, QuestionEvent, Reveal, Result, Standings, Finished, Lobby, Progress, Kicked, Draining)
}
_EVENT: Final = msgspec.json.Decoder(tuple[str, msgspec.Raw])
_ACK: Final = msgspec.json.Decoder(tuple[dict[str, Any]])


class NoAck(Exception):
    """Nobody answered a call: whether it was carried out is not known."""


class Client:
    """One connection at a time, for ever.

    Args:
        url: nginx.
        affinity: decides which node it is sent to.
    """

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        name: str,
        token: str,
        affinity: str,
        transport: Transport,
        random: Random,
    ) -> None:
        self.name = name
        self.state: State | None = None
        self.connected = False
        self.reconnects = 0
        self.stepped_back = 0
        self.refusals: list[str] = []
        self.reveals: dict[int, int] = {}
        self.told_closes_at: dict[int, set[int | None]] = {}
        self.random = random
        self._http = http
        self._url = url
        self._token = token
        self._affinity = affinity
        self._transport = transport
        self._wire: Wire | None = None
        self._draining_ms = 0
        self._calls: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._calls_made = 0
        self._changed = asyncio.Event()

    @property
    def version(self) -> int:
        """The version it shows."""
        return self.state.version if self.state else 0

    @property
    def player(self) -> str:
        """The player's id; empty for others."""
        return ""

    def seen(self) -> Seen:
        """What it shows now."""
        state = self.state
        if state is None:
            return Seen(name=self.name, player=self.player, connected=False, phase="", version=0, podium=[])
        podium = [(entry.rank, entry.nickname, entry.points) for entry in state.podium or ()]
        return Seen(
            name=self.name,
            player=self.player,
            connected=self.connected,
            phase=state.phase,
            version=state.version,
            podium=podium,
            total=state.you.total if state.you else 0,
            rank=state.you.rank if state.you else 0,
        )

    async def run(self) -> None:
        """Stay connected, for ever: new connections with full jitter, so that nobody comes back together."""
        tries = 0
        while True:
            try:
                wire = await self._open()
                try:
                    await self._converse(wire)
                finally:
                    tries = 0 if self.connected else tries
                    self._hang_up()
                    await asyncio.shield(wire.close())
            except WireLost:
                pass
            self.reconnects += 1
            most_s = self._draining_ms / 1000 or min(BACKOFF_MAX_S, BACKOFF_S * 2**tries)
            self._draining_ms, tries = 0, tries + 1
            await asyncio.sleep(self.random.uniform(0, most_s))

    async def call(self, event: str, payload: object, within_s: float = CALL_S) -> dict[str, Any]:
        """Call the server and give its ack.

        Raises:
            NoAck: not connected, the connection was lost, or no ack came in time.
        """
        wire = self._wire
        if wire is None or not self.connected:
            raise NoAck("not connected")
        self._calls_made += 1
        number = self._calls_made
        acked = self._calls[number] = asyncio.get_running_loop().create_future()
        acked.add_done_callback(_look_at)  # nobody awaits it when the connection is lost while the call is sent
        try:
            async with asyncio.timeout(within_s):
                await wire.send(f"2{number}{msgspec.json.encode([event, payload]).decode()}")
                ack: dict[str, Any] = await acked
                return ack
        except (WireLost, TimeoutError) as error:
            raise NoAck(repr(error)) from error
        finally:
            self._calls.pop(number, None)

    async def news(self, within_s: float) -> None:
        """Wait until something may have changed, at most so long."""
        changed = self._changed
        try:
            async with asyncio.timeout(within_s):
                await changed.wait()
        except TimeoutError:
            return

    def on_news(self) -> None:
        """Called after each event that was followed."""

    async def _open(self) -> Wire:
        kind = WebSocketWire if self._transport == "websocket" else PollingWire
        return await kind.open(self._http, self._url, self._affinity)

    async def _converse(self, wire: Wire) -> None:
        self._wire = wire
        try:
            async with asyncio.timeout(CONNECT_S):
                await wire.send(f"0{msgspec.json.encode({'token': self._token}).decode()}")
                while not self.connected:
                    self._take_all(await wire.receive())
        except TimeoutError as error:
            raise WireLost("no snapshot came") from error
        while True:
            self._take_all(await wire.receive())

    def _take_all(self, packets: list[str] | Any) -> None:
        for packet in packets:
            self._take(packet)

    def _take(self, packet: str) -> None:
        match packet[:1]:
            case "2":
                name, payload = _EVENT.decode(packet[1:])
                self._follow(_EVENTS[name].decode(payload))
            case "3":
                number, bracket, payload_ = packet[1:].partition("[")
                waiting = self._calls.get(int(number))
                if waiting is not None and not waiting.done():
                    waiting.set_result(_ACK.decode(bracket + payload_)[0])
            case "4":
                self.refusals.append(packet[1:])
                raise WireLost("refused")
            case "1":
                raise WireLost("disconnected")

    def _follow(self, event: ServerEvent) -> None:
        if isinstance(event, Draining):
            self._draining_ms = event.reconnect_within_ms
        if isinstance(event, State):
            self.stepped_back += event.version < self.version
            self.state = event
            self.connected = True
        elif self.state is not None:
            self.state = follow(self.state, event)
        self._note()
        self._changed.set()
        self._changed = asyncio.Event()
        self.on_news()

    def _note(self) -> None:
        state = self.state
        if state is None or state.question is None:
            return
        number = state.question.number
        if state.phase == "reveal":
            self.reveals.setdefault(number, now_ms())
        elif state.phase == "question":
            self.told_closes_at.setdefault(number, set()).add(state.closes_at)

    def _hang_up(self) -> None:
        self.connected = False
        self._wire = None
        for waiting in self._calls.values():
            if not waiting.done():
                waiting.set_exception(WireLost("the connection is over"))


def _look_at(acked: asyncio.Future[dict[str, Any]]) -> None:
    if not acked.cancelled():
        acked.exception()
