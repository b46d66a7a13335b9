"""A bot's connection: it comes back by itself, at a moment of its own, for as long as its token is good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, Final

import msgspec
import socketio

from quiz.cli.bots.backoff import full_jitter
from quiz.domain.messages import Draining

RECONNECT_BASE_S: Final = 1.0
RECONNECT_CAP_S: Final = 10.0
CONNECT_TIMEOUT_S: Final = 5
ACK_TIMEOUT_S: Final = 5


class ConnectionRefused(Exception):
    """The token is not, or no longer, good; trying again is of no use."""


class Unanswered(Exception):
    """A call got no ack; it may or may not have been carried out."""


class Connection:
    """One Socket.IO connection after another. python-socketio's own way back only adds a second of jitter.

    Args:
        random: where the moments of coming back are drawn from.
        transports: in the order Socket.IO clients name them.
        on_refused: called when the server takes the token no more after it once did.
    """

    def __init__(self, random: Random, transports: tuple[str, ...], on_refused: Callable[[], None]) -> None:
        self._random = random
        self._transports = list(transports)
        self._on_refused = on_refused
        self._url = self._token = ""
        self._refusal: str | None = None
        self._leave_at: float | None = None
        self._online = asyncio.Event()
        self._parting = asyncio.Event()
        self._staying: asyncio.Task[None] | None = None
        self._client = socketio.AsyncClient(reconnection=False, handle_sigint=False)
        self._client.on("disconnect", self._on_disconnect)
        self._client.on("connect_error", self._on_connect_error)
        self._client.on("draining", self._on_draining)

    def on(self, event: str, handler: Callable[[object], Awaitable[None]]) -> None:
        """Have `handler` called with the payload of every such event."""
        self._client.on(event, handler)

    async def open(self, url: str, token: str) -> None:
        """Connect, however often it takes, and from then on stay connected until `close`.

        Raises:
            ConnectionRefused: the token is not good.
        """
        self._url, self._token = url, token
        await self._dial()
        self._staying = asyncio.create_task(self._stay())

    async def close(self) -> None:
        """End the connection for good."""
        if self._staying is not None:
            self._staying.cancel()
            await asyncio.gather(self._staying, return_exceptions=True)
        await self._client.disconnect()

    async def call(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        """Wait until there is a connection, send, and return the ack.

        Raises:
            Unanswered: the connection broke, or no ack came within `ACK_TIMEOUT_S`.
        """
        await self._online.wait()
        try:
            ack: dict[str, Any] = await self._client.call(event, payload, timeout=ACK_TIMEOUT_S)
        except (socketio.exceptions.TimeoutError, socketio.exceptions.BadNamespaceError) as no_ack:
            raise Unanswered(event) from no_ack
        return ack

    async def _stay(self) -> None:
        while True:
            await self._parting.wait()
            if self._leave_at is None:
                await asyncio.sleep(full_jitter(0, RECONNECT_BASE_S, RECONNECT_CAP_S, self._random))
            else:
                # The drawn moment holds even when the node is gone before it.
                await asyncio.sleep(self._leave_at - asyncio.get_running_loop().time())
                await self._client.disconnect()
            try:
                await self._dial()
            except ConnectionRefused:
                self._on_refused()
                return

    async def _dial(self) -> None:
        failures = 0
        while True:
            self._leave_at = None
            self._parting.clear()
            try:
                await self._client.connect(
                    self._url,
                    auth={"token": self._token},
                    transports=self._transports,
                    wait_timeout=CONNECT_TIMEOUT_S,
                )
            except (socketio.exceptions.ConnectionError, ValueError) as failure:  # ValueError: not quite closed yet
                if self._refusal == "unauthorized":
                    raise ConnectionRefused(self._refusal) from failure
                failures += 1
                await asyncio.sleep(full_jitter(failures, RECONNECT_BASE_S, RECONNECT_CAP_S, self._random))
            else:
                self._online.set()
                return

    async def _on_disconnect(self, _reason: object) -> None:
        self._online.clear()
        self._parting.set()

    async def _on_connect_error(self, raw: object) -> None:
        match raw:
            case {"data": {"code": str(code)}}:
                self._refusal = code
            case _:
                self._refusal = None

    async def _on_draining(self, raw: object) -> None:
        within_s = msgspec.convert(raw, Draining).reconnect_within_ms / 1000
        self._leave_at = asyncio.get_running_loop().time() + self._random.uniform(0, within_s)
        self._parting.set()
