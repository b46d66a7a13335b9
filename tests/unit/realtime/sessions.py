"""Sessions of a real engine, above which a witness keeps all it is told."""

from __future__ import annotations

import asyncio
from typing import Final
from unittest.mock import Mock

from aiohttp.test_utils import make_mocked_request

from quiz.realtime.engine import Engine
from quiz.realtime.frames import Frame, Kind, message
from quiz.realtime.link import REQUEST, Link
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.sink import Session
from quiz.realtime.upgrade import Upgrade
from quiz.realtime.websocket import WebSocket
from quiz.realtime.wheel import TimerWheel
from tests.unit.realtime.transports import HandTurned, Pipe

BUDGET: Final = 1_000
MOST: Final = 4_000
TIGHT: Final = RealtimeSettings(outbound_budget_bytes=BUDGET, outbound_max_bytes=MOST)


class Witness:
    """A `Sink` that keeps what it is told, and cuts off who is to be."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.causes: list[str] = []
        self.ends: list[tuple[Session, str]] = []
        self.left_out = self.told_missed = self.breaches = 0

    def opened(self, link: Session) -> None: ...

    def received(self, link: Session, text: str) -> None:
        self.texts.append(text)

    def received_binary(self, link: Session) -> None: ...

    def chatted(self, link: Session, packets: int) -> bool:
        return True

    def unreadable(self, link: Session) -> None:
        self.breaches += 1

    def superseded(self, link: Session) -> None:
        self.left_out += 1

    def missed(self, link: Session) -> None:
        self.told_missed += 1

    def overrun(self, link: Session, cause: str) -> None:
        self.causes.append(cause)
        link.end("server disconnect", abort=True)

    def ended(self, link: Session, reason: str) -> None:
        self.ends.append((link, reason))


def engine(sink: Witness, limits: RealtimeSettings = TIGHT, wheel: TimerWheel | None = None) -> Engine:
    return Engine(sink=sink, limits=limits, wheel=wheel or HandTurned(), async_mode="aiohttp")


def polling(home: Engine) -> Link:
    """A session whose client polls, and has had its handshake."""
    link = Link(home, home.generate_id())
    link.connected = True
    home.sockets[link.sid] = link
    return link


def wire(session: Link | Upgrade, home: Engine, pipe: Pipe) -> WebSocket:
    """An open websocket of a session."""
    limits = home.limits
    websocket = WebSocket(
        session,
        pipe,
        home.wheel,
        home.websockets,
        budget=limits.outbound_budget_bytes,
        largest=limits.transport_bytes_max,
    )
    pipe.protocol = websocket
    return websocket


def on_websocket(home: Engine, pipe: Pipe | None = None) -> tuple[Link, Pipe]:
    """A session that has had a websocket from the start."""
    link, pipe = Link(home, home.generate_id()), pipe or Pipe()
    link.change_over(wire(link, home, pipe))
    return link, pipe


def upgrading(link: Link, home: Engine) -> tuple[WebSocket, Pipe]:
    """A session that polls opens a websocket beside."""
    upgrade, pipe = Upgrade(link, home.wheel, home.limits.upgrade_timeout_s), Pipe()
    websocket = wire(upgrade, home, pipe)
    upgrade.opened(websocket)
    return websocket, pipe


async def poll(link: Link) -> list[str]:
    """What one poll is answered with."""
    transport = Mock(spec=asyncio.Transport, **{"is_closing.return_value": False})
    request = make_mocked_request("GET", "/socket.io/", transport=transport)
    answer = await link.handle_get_request({REQUEST: request})
    return [frame.encode() for frame in answer]


def waiting_poll(link: Link) -> asyncio.Task[list[str]]:
    return asyncio.create_task(poll(link))


async def a_turn() -> None:
    """Let everything run that can."""
    for _ in range(5):
        await asyncio.sleep(0)


def event(name: str, size: int = 0, kind: Kind = Kind.EVENT) -> Frame:
    """An event that is told from others by its name, and has so many bytes."""
    return message("2" + name.ljust(size, "."), kind)


def names(found: list[str]) -> list[str]:
    """The names of the events among packets."""
    return [packet[2:].rstrip(".") for packet in found if packet.startswith("42")]
