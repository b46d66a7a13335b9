"""Packets on their way from a session to the application, which may fail at them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from quiz.cluster.bus import LocalBus
from quiz.cluster.clock import SystemClock
from quiz.domain.announce import Audience
from quiz.domain.ids import SessionId
from quiz.observe.metrics import Metrics
from quiz.realtime.connection import Connection
from quiz.realtime.link import Link
from quiz.realtime.manager import RoomManager
from quiz.realtime.packets import Unreadable
from quiz.realtime.rooms import room
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.sockets import SocketServer
from tests.unit.realtime.buses import UnhurriedBus
from tests.unit.realtime.sessions import a_turn, on_websocket
from tests.unit.realtime.transports import masked


class Desk:
    """An `Application` that keeps the events it is handed, and fails at those it is told to fail at."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.unreadable = 0
        self.fails_at: Callable[[str], bool] = lambda _: False

    async def admit(self, connection: Connection, auth: object) -> None: ...

    async def joined(self, connection: Connection) -> None: ...

    def missed(self, connection: Connection) -> None: ...

    def event(self, connection: Connection, packet: str) -> None:
        if self.fails_at(packet):
            raise KeyError("ours")
        self.events.append(packet)

    def refused(self, connection: Connection, packet: Unreadable) -> None:
        self.unreadable += 1

    def flooded(self, connection: Connection, packet: str) -> None: ...


def server(desk: Desk, metrics: Metrics) -> SocketServer:
    rooms = RoomManager(LocalBus(), SystemClock(), lambda *_: None, lambda _: None, lambda: None)
    return SocketServer(desk, rooms, metrics, RealtimeSettings(), None)


async def let_in(sockets: SocketServer) -> tuple[Link, asyncio.Protocol]:
    """A client that has been let in."""
    link, pipe = on_websocket(sockets.eio)
    sockets.opened(link)
    protocol = pipe.protocol
    assert protocol is not None
    protocol.data_received(masked("40{}"))
    await a_turn()
    assert [connection.sid is not None for connection in sockets.connections if connection.link is link] == [True]
    return link, protocol


async def test_an_event_that_the_application_fails_at_ends_its_session_and_no_other() -> None:
    desk, metrics = Desk(), Metrics()
    sockets = server(desk, metrics)
    link, client = await let_in(sockets)
    other, other_client = await let_in(sockets)
    desk.fails_at = lambda packet: "trap" in packet
    with structlog.testing.capture_logs() as lines:
        client.data_received(masked('42["fine"]') + masked('42["trap"]') + masked('42["behind"]'))
        await a_turn()
    other_client.data_received(masked('42["still here"]'))
    assert desk.events == ['2["fine"]', '2["still here"]']
    assert (link.over, other.over) == (True, False)
    assert [connection.link for connection in sockets.connections] == [other]
    assert [(line["event"], line["log_level"], line["exc_info"]) for line in lines] == [
        ("a packet was not read", "error", True)
    ]
    sample = metrics.registry.get_sample_value
    assert sample("quiz_bad_packets_total", {"cause": "frame"}) is None, "the client has done nothing wrong"
    assert sample("quiz_disconnects_total", {"reason": "transport error"}) == 1
    sockets.wheel.close()


async def test_a_frame_without_a_mask_is_counted_as_a_breach_of_the_protocol() -> None:
    desk, metrics = Desk(), Metrics()
    sockets = server(desk, metrics)
    link, client = await let_in(sockets)
    client.data_received(b"\x81\x05hello")
    await a_turn()
    assert link.over
    assert metrics.registry.get_sample_value("quiz_bad_packets_total", {"cause": "frame"}) == 1
    sockets.wheel.close()


async def test_a_client_that_goes_while_a_room_is_subscribed_is_in_no_room_afterwards() -> None:
    bus, emptied = UnhurriedBus(), list[SessionId]()
    rooms = RoomManager(bus, SystemClock(), lambda *_: None, emptied.append, lambda: None)
    sockets = SocketServer(Desk(), rooms, Metrics(), RealtimeSettings(), None)
    link, _ = await let_in(sockets)
    (connection,) = sockets.connections
    name = room(SessionId("s"), Audience.ALL)
    entering = asyncio.create_task(rooms.enter(connection, name))
    await bus.asked.wait()
    link.end("transport close", abort=True)
    await a_turn()
    bus.go.set()
    await entering
    assert (rooms.count(), [*rooms.members(name)], connection.rooms) == (0, [], ())
    assert bus.heard == []
    assert set(emptied) == {"s"}
    sockets.wheel.close()


async def test_a_client_that_has_gone_is_put_in_no_room() -> None:
    bus = UnhurriedBus()
    bus.go.set()
    rooms = RoomManager(bus, SystemClock(), lambda *_: None, lambda _: None, lambda: None)
    sockets = SocketServer(Desk(), rooms, Metrics(), RealtimeSettings(), None)
    link, _ = await let_in(sockets)
    (connection,) = sockets.connections
    link.end("transport close", abort=True)
    await a_turn()
    name = room(SessionId("s"), Audience.ALL)
    await rooms.enter(connection, name)
    assert (rooms.count(), [*rooms.members(name)], bus.heard) == (0, [], [])
    sockets.wheel.close()
