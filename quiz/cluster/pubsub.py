"""The two kinds of pub/sub: classic, and sharded, which costs a Redis Cluster one server instead of all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Literal

from msgspec import Struct

from quiz.cluster.address import Endpoint, RedisAddress
from quiz.cluster.settings import RedisSettings
from quiz.cluster.wire import Wire

SHARDED_SINCE: Final = (7, 0)
"""The version of Redis that brought sharded pub/sub."""


class PubSub(Struct, frozen=True):
    """The words of one kind: the commands, and what the server calls its messages."""

    publish: str
    subscribe: str
    unsubscribe: str
    message: bytes
    subscribed: bytes
    unsubscribed: bytes


CLASSIC: Final = PubSub("PUBLISH", "SUBSCRIBE", "UNSUBSCRIBE", b"message", b"subscribe", b"unsubscribe")
SHARDED: Final = PubSub("SPUBLISH", "SSUBSCRIBE", "SUNSUBSCRIBE", b"smessage", b"ssubscribe", b"sunsubscribe")

Connect = Callable[[], Awaitable[tuple[Wire, PubSub]]]
"""Opens a connection in bounded time, and says which kind is spoken there; raises `WireLost`."""


def choose(sharded: Literal["auto", "on", "off"], version: tuple[int, ...]) -> PubSub:
    """Which kind to speak. All nodes ask the same server, so with `auto` they agree."""
    if sharded == "auto":
        return SHARDED if version >= SHARDED_SINCE else CLASSIC
    return SHARDED if sharded == "on" else CLASSIC


def connector(endpoint: Endpoint, address: RedisAddress, settings: RedisSettings, name: str) -> Connect:
    """What opens connections to one server."""

    async def connect() -> tuple[Wire, PubSub]:
        wire = await Wire.open(endpoint, address, name, settings.connect_timeout_ms)
        return wire, choose(settings.sharded, wire.version)

    return connect
