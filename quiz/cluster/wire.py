"""One connection to one Redis server: commands out, replies in, gone at once when it must."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection, UnixDomainSocketConnection
from redis.exceptions import RedisError, ResponseError

from quiz.cluster.address import Endpoint, Login, RedisAddress

Word = bytes | str | int
"""A part of a command."""
Command = tuple[Word, ...]


class WireLost(Exception):
    """The connection is of no more use. `cause` is one word for it."""

    def __init__(self, cause: str, detail: str = "") -> None:
        self.cause = cause
        super().__init__(f"{cause}: {detail}" if detail else cause)


class Refusal(Exception):
    """The server will not do this one thing; the connection is fine. `code` is the server's word for why."""

    def __init__(self, code: str, detail: str) -> None:
        self.code = code
        super().__init__(f"{code} {detail}")

    @property
    def moved(self) -> bool:
        """Whether another server would do it."""
        return self.code in ("MOVED", "READONLY", "CLUSTERDOWN")


class _Reachable(AbstractConnection):
    """Gives the wire what it needs of a connection: writing without waiting, and an end without goodbye."""

    async def _connect(self) -> None:
        await super()._connect()  # type: ignore[no-untyped-call, safe-super]
        writer = self._writer
        assert writer is not None  # noqa: S101  (it has just connected)
        self.transport = writer.transport

    @property
    def ended(self) -> bool:
        """Whether the other side has hung up."""
        return self._reader is None or self._reader.at_eof() or self.transport.is_closing()

    def post(self, packed: Sequence[bytes]) -> None:
        """Hand bytes to the transport, which keeps what the socket does not take."""
        if self._writer is None:
            raise WireLost("closed")
        self._writer.writelines(packed)

    def abort(self) -> None:
        """Close the socket without sending what is left; whoever reads is told."""
        if (transport := getattr(self, "transport", None)) is not None:
            transport.abort()
        self._reader = self._writer = None


class _Tcp(_Reachable, Connection): ...


class _Tls(_Reachable, SSLConnection): ...


class _Unix(_Reachable, UnixDomainSocketConnection): ...


class Wire:
    """An open connection. Not for two callers at once, but for `post` and `abort`.

    Nothing here is bounded in time but `open`: the caller is.
    """

    def __init__(self, connection: _Reachable, endpoint: Endpoint) -> None:
        self._connection = connection
        self.endpoint = endpoint
        self.version: tuple[int, ...] = ()
        """The server's version."""

    @classmethod
    async def open(
        cls, endpoint: Endpoint, address: RedisAddress, name: str, timeout_ms: int, login: Login | None = None
    ) -> Wire:
        """Connect and sign in.

        Args:
            name: what the server's list of clients says.
            timeout_ms: the most that this takes.
            login: in place of the address's, and then without choosing a database.

        Raises:
            WireLost: it could not be done.
        """
        wire = cls(_connection(endpoint, address, name, login), endpoint)
        try:
            async with asyncio.timeout(timeout_ms / 1000):
                await wire._connection.connect()  # type: ignore[no-untyped-call]
                wire.version = _version(await wire.ask("HELLO"))
        except (RedisError, OSError, EOFError, WireLost, Refusal) as error:
            wire.abort()
            raise WireLost("unreachable", f"{endpoint} cannot be used ({type(error).__name__})") from error
        except BaseException:
            wire.abort()
            raise
        return wire

    @property
    def ended(self) -> bool:
        """Whether the server has hung up."""
        return self._connection.ended

    def post(self, commands: Sequence[Command]) -> None:
        """Send commands without waiting for them to leave. For what is small.

        Raises:
            WireLost
        """
        self._connection.post(self._connection.pack_commands(commands))

    async def send(self, commands: Sequence[Command]) -> None:
        """Send commands, and wait while the server takes no more.

        Raises:
            WireLost
        """
        try:
            packed = self._connection.pack_commands(commands)
            await self._connection.send_packed_command(packed, check_health=False)
        except (RedisError, OSError, EOFError) as error:
            raise WireLost("closed", type(error).__name__) from error

    async def reply(self) -> object:
        """The next reply, or the next message of a channel: bytes, an integer, None or a list of such.

        Raises:
            Refusal: the reply is an error.
            WireLost
        """
        try:
            reply: object = await self._connection.read_response(disable_decoding=True, disconnect_on_error=False)
        except ResponseError as error:
            raise Refusal(error.status_code or "ERR", str(error)) from error
        except (RedisError, OSError, EOFError) as error:
            raise WireLost("closed", type(error).__name__) from error
        return reply

    async def ask(self, *command: Word) -> object:
        """Send one command and wait for its reply.

        Raises:
            Refusal, WireLost
        """
        await self.send([command])
        return await self.reply()

    def abort(self) -> None:
        """End at once. Whoever waits for a reply gets `WireLost`."""
        self._connection.abort()


def _connection(endpoint: Endpoint, address: RedisAddress, name: str, login: Login | None) -> _Reachable:
    options: dict[str, Any] = {
        "db": address.db if login is None else 0,
        "username": (login or address.login).username,
        "password": (login or address.login).password,
        "client_name": name,
        # The callers have bounds of their own, which also hold while nothing can be written.
        "socket_timeout": None,
        "socket_connect_timeout": None,
        # Replies are plain lists, and channels' messages come like any other reply.
        "protocol": 2,
        "driver_info": None,
    }
    if endpoint.path:
        return _Unix(path=endpoint.path, **options)
    if address.tls:
        return _Tls(host=endpoint.host, port=endpoint.port, **options, **_tls_options(address.tls_options))
    return _Tcp(host=endpoint.host, port=endpoint.port, **options)


def _tls_options(given: dict[str, str]) -> dict[str, Any]:
    options: dict[str, Any] = dict(given)
    if "ssl_check_hostname" in given:
        options["ssl_check_hostname"] = given["ssl_check_hostname"].lower() not in ("0", "false", "no")
    return options


def _version(hello: object) -> tuple[int, ...]:
    """The version in the greeting, which is a list of names and values; () when it does not say."""
    match hello:
        case [*words]:
            told = dict(zip(words[::2], words[1::2], strict=False)).get(b"version")
        case _:
            told = None
    return tuple(int(part) for part in told.split(b".") if part.isdigit()) if isinstance(told, bytes) else ()
