"""The Socket.IO server of this project, with the trivial application in place of the game."""

from __future__ import annotations

import asyncio
import signal

import msgspec
import uvloop
from aiohttp import web

from loadtests.bench.servers.application import ACK, ROOM, Blast, port_argument, tick
from quiz.cluster.bus import LocalBus
from quiz.cluster.clock import SystemClock
from quiz.observe.metrics import Metrics
from quiz.realtime.connection import Connection
from quiz.realtime.frames import acknowledgement, message
from quiz.realtime.manager import RoomManager, encode
from quiz.realtime.packets import EventPacket, Unreadable, read_packet
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.sockets import SocketServer

BACKLOG = 4096
SETTINGS = RealtimeSettings(events_per_s=1_000_000, events_burst=1_000_000, connections_max=20_000, unjoined_max=20_000)


class Trivial:
    """An `Application`: everybody comes in, into one room."""

    def __init__(self, rooms: RoomManager) -> None:
        self._rooms = rooms
        self._blasts: set[asyncio.Task[None]] = set()

    async def admit(self, connection: Connection, auth: object) -> None:
        """Everybody."""

    async def joined(self, connection: Connection) -> None:
        """Into the room."""
        await self._rooms.enter(connection, ROOM)

    def event(self, connection: Connection, packet: str) -> None:
        """`blast` or `echo`."""
        read = read_packet(packet, SETTINGS.packet_bytes_max)
        if not isinstance(read, EventPacket):
            return
        if read.name == "echo" and read.ack_id is not None:
            connection.send(acknowledgement(read.ack_id, ACK))
        elif read.name == "blast":
            task = asyncio.create_task(self._broadcast(msgspec.convert(read.args[0], Blast)))
            self._blasts.add(task)
            task.add_done_callback(self._blasts.discard)

    def refused(self, connection: Connection, packet: Unreadable) -> None:
        """Nobody hears of it."""

    def flooded(self, connection: Connection, packet: str) -> None:
        """Nobody hears of it."""

    def missed(self, connection: Connection) -> None:
        """There are no snapshots."""

    async def _broadcast(self, asked: Blast) -> None:
        for seq in range(asked.count):
            await self._rooms.deliver(ROOM, message(encode("tick", tick(seq, asked.size))))
            await asyncio.sleep(asked.gap_ms / 1000)


async def serve(port: int) -> None:
    """Serve until SIGTERM."""
    rooms = RoomManager(
        LocalBus(), SystemClock(), hear=lambda *_: None, on_left=lambda _: None, on_unreadable=lambda: None
    )
    server = SocketServer(Trivial(rooms), rooms, Metrics(), SETTINGS, allowed_origins=None)
    app = web.Application()
    server.attach_to(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port, backlog=BACKLOG).start()
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print("ready", flush=True)
    await ended.wait()


if __name__ == "__main__":
    uvloop.run(serve(port_argument()))
