"""The Socket.IO server: python-socketio's, with its open doors closed and its ways shortened.

It knows nothing of quizzes: an `Application` says who may come in, is handed their events, and gives them rooms.
It leans on protected names of the pinned python-socketio and python-engineio, listed in `settings.SEAMS`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection, Coroutine, Sequence
from typing import Protocol

import socketio
import structlog
from aiohttp import web
from socketio import packet as wire
from socketio.exceptions import ConnectionRefusedError as ConnectRefused

from quiz.observe.logs import Throttle
from quiz.observe.metrics import Metrics
from quiz.realtime.bucket import TokenBucket
from quiz.realtime.connection import Connection
from quiz.realtime.driver import request_translator
from quiz.realtime.engine import Engine
from quiz.realtime.frames import LEAVE, message
from quiz.realtime.manager import RoomManager
from quiz.realtime.packets import DEFAULT_NAMESPACE, TextPacket
from quiz.realtime.reception import EventTaker, Reception
from quiz.realtime.settings import RealtimeSettings
from quiz.realtime.sink import Session
from quiz.realtime.wheel import TimerWheel

log = structlog.get_logger("quiz.realtime")


class Application(EventTaker, Protocol):
    """What the server is for. Only `admit` and `joined` may wait; none may raise but `admit`."""

    async def admit(self, connection: Connection, auth: object) -> None:
        """Check what a client connects with.

        Raises:
            ConnectRefused: it is told so by a `connect_error`.
        """
        ...

    async def joined(self, connection: Connection) -> None:
        """A client has been let in and told so; its events may come already."""
        ...

    def missed(self, connection: Connection) -> None:
        """A client that was behind has caught up, and lacks what was left out meanwhile."""
        ...


class SocketServer(socketio.AsyncServer):  # type: ignore[misc]
    """Lets clients in, reads what they send, and ends their connections. A `Sink` of its engine.

    Args:
        allowed_origins: browser origins that may connect; None allows only the origin of the page's own host.
    """

    def __init__(
        self,
        application: Application,
        rooms: RoomManager,
        metrics: Metrics,
        settings: RealtimeSettings,
        allowed_origins: Sequence[str] | None,
    ) -> None:
        self.wheel = TimerWheel()
        super().__init__(
            async_mode="aiohttp",
            serializer=TextPacket,
            cors_allowed_origins=list(allowed_origins) if allowed_origins else None,
            cors_credentials=False,
            http_compression=False,
            max_http_buffer_size=settings.transport_bytes_max,
            ping_interval=settings.ping_interval_s,
            ping_timeout=settings.ping_timeout_s,
            namespaces=[DEFAULT_NAMESPACE],
            client_manager=rooms,
            sink=self,
            limits=settings,
            wheel=self.wheel,
        )
        self.settings = settings
        self.metrics = metrics
        self._rooms = rooms
        self._application = application
        self._connections: dict[Connection, None] = {}
        self._joined = 0
        self._doors_closed = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._throttle = Throttle()
        self.reception = reception = Reception(self, application, metrics, settings, self.wheel)
        self.received, self.received_binary = reception.received, reception.received_binary
        self.chatted = reception.chatted
        self.eio._async = {
            **self.eio._async,
            "translate_request": request_translator(
                settings.transport_bytes_max, settings.body_timeout_s, self._takes_more
            ),
        }

    def attach_to(self, app: web.Application) -> None:
        """Serve `/socket.io/` in an application."""
        self.attach(app, socketio_path="socket.io")
        app.router.add_route("*", "/socket.io/", _wrong_method)

    @property
    def connections(self) -> Collection[Connection]:
        """All clients, let in or not. Changes as they come and go."""
        return self._connections.keys()

    @property
    def closed(self) -> bool:
        """Whether nobody is let in any more."""
        return self._doors_closed

    @property
    def full(self) -> bool:
        """Whether as many are here as may be."""
        return self._doors_closed or self._joined >= self.settings.connections_max

    def close_doors(self) -> None:
        """Let nobody in any more."""
        self._doors_closed = True

    def part(self, connection: Connection, reason: str) -> None:
        """End a connection for good, after what was sent to it before."""
        if connection.sid is not None:
            connection.send(LEAVE)
        self.hang_up(connection, reason)

    def hang_up(self, connection: Connection, reason: str, *, abort: bool = False) -> None:
        """End a connection as if the network had failed: stock clients come back by themselves.

        Args:
            abort: throw away what was sent to it before.
        """
        if connection.open:
            connection.ended_by = connection.ended_by or reason
            connection.link.end(self.reason.SERVER_DISCONNECT, abort=abort)

    def run(self, work: Coroutine[None, None, None], name: str) -> None:
        """Own a task for something that waits."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def close(self) -> None:
        """End everything that is left."""
        for connection in [*self._connections]:
            self.hang_up(connection, "draining", abort=True)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.eio.shutdown()

    # What follows is called by the engine.

    def opened(self, link: Session) -> None:
        """A session has begun."""
        settings = self.settings
        bucket = TokenBucket(settings.events_per_s, settings.events_burst, time.monotonic)
        link.client = connection = Connection(
            link, bucket, self.wheel.call_in(settings.unjoined_timeout_s, lambda: self._cut_unjoined(connection))
        )
        self._connections[connection] = None

    def unreadable(self, link: Session) -> None:
        """Something has come that is no packet."""
        self.metrics.bad_packets.labels("frame").inc()
        if self._throttle.passes("frame"):
            log.info("frame refused", action="packet", cause="frame")

    def superseded(self, link: Session) -> None:
        """A frame was left out."""
        self.metrics.frames_superseded.inc()

    def missed(self, link: Session) -> None:
        """The client has caught up, and lacks what was left out."""
        connection: Connection = link.client
        if connection.sid is not None:
            self._application.missed(connection)

    def overrun(self, link: Session, cause: str) -> None:
        """More waits for the client than may: it is cut off, and comes back to a snapshot."""
        self.hang_up(link.client, cause, abort=True)

    def ended(self, link: Session, reason: str) -> None:
        """A session is over."""
        connection: Connection = link.client
        self._connections.pop(connection, None)
        connection.cut.cancel()
        self._joined -= connection.sid is not None
        self._rooms.leave(connection)
        self.metrics.disconnects.labels(connection.ended_by or reason).inc()
        link.client = None  # no cycle is left for the garbage collector to find among thousands

    def _engineio_server_class(self) -> type[Engine]:
        return Engine

    def join(self, connection: Connection, auth: object) -> None:
        """Let a client in, if the application has it."""
        self.run(self._join(connection, auth), f"join {connection.link.sid}")

    async def _join(self, connection: Connection, auth: object) -> None:
        try:
            await self._application.admit(connection, auth)
        except ConnectRefused as refused:
            refusal = TextPacket(wire.CONNECT_ERROR, refused.error_args, DEFAULT_NAMESPACE)
            connection.send(message(refusal.encode()))
        except Exception:
            log.exception("a client could not be let in", action="connect")
            self.hang_up(connection, "internal")
        else:
            if not connection.open:
                return
            connection.sid = self.eio.generate_id()
            connection.cut.cancel()
            self._joined += 1
            welcome = TextPacket(wire.CONNECT, {"sid": connection.sid}, DEFAULT_NAMESPACE)
            connection.send(message(welcome.encode()))
        self.reception.let_in(connection)
        if connection.sid is None or not connection.open:
            return
        try:
            await self._application.joined(connection)
        except Exception:
            log.exception("a client was let in and left alone", action="connect")
            self.hang_up(connection, "internal")

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work for a client failed", action=task.get_name().partition(" ")[0], exc_info=error)

    def _takes_more(self, elsewhere: bool) -> bool:
        """Whether a handshake may begin.

        Args:
            elsewhere: whether there is a proxy that would ask another node. A client that comes by itself to a full
                node gets its handshake, and then a `connect_error` that says so.
        """
        if self._doors_closed or (elsewhere and self.full):
            return False
        return len(self._connections) - self._joined < self.settings.unjoined_max

    def _cut_unjoined(self, connection: Connection) -> None:
        self.hang_up(connection, "unjoined")


async def _wrong_method(_request: web.Request) -> web.Response:
    return web.Response(status=400, text="Engine.IO knows GET and POST")
