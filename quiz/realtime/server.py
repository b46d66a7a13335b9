"""The Socket.IO server: python-socketio's, with its open doors closed.

It leans on protected names of the pinned python-socketio and python-engineio. They are listed in `SEAMS`, and a test
fails when one of them changes its shape.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import socketio
import structlog
from aiohttp import web
from msgspec import Struct
from socketio import packet as wire
from socketio.exceptions import ConnectionRefusedError as ConnectRefused

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis
from quiz.domain.messages import Draining, ServerEvent
from quiz.game.calls import CALLS, Ack, ErrorAck
from quiz.game.errors import Refused, Unavailable
from quiz.game.ports import Clock
from quiz.game.snapshots import Snapshots
from quiz.game.tokens import BadToken, Seat, Tokens
from quiz.observe.logs import Throttle
from quiz.observe.metrics import Metrics
from quiz.realtime.connection import BAD_PACKETS_MAX, Connection
from quiz.realtime.dispatch import Dispatch, error_ack
from quiz.realtime.driver import request_translator, websocket_class
from quiz.realtime.packets import BadPacket, EventPacket, TextPacket, Unreadable, is_event, read_event
from quiz.realtime.rooms import room, rooms_of

log = structlog.get_logger("quiz.realtime")

SEAMS: Final[dict[str, tuple[str, ...]]] = {
    "socketio.AsyncServer._handle_connect": ("self", "eio_sid", "namespace", "data"),
    "socketio.AsyncServer._handle_eio_connect": ("self", "eio_sid", "environ"),
    "socketio.AsyncServer._handle_eio_message": ("self", "eio_sid", "data"),
    "socketio.AsyncServer._handle_eio_disconnect": ("self", "eio_sid", "reason"),
    "socketio.AsyncServer._send_packet": ("self", "eio_sid", "pkt"),
    "engineio.async_drivers.aiohttp.translate_request": ("request",),
}
"""Protected names that are overridden or called here, with their parameters; beside them `engineio.AsyncServer._async`,
the table of driver functions, of which `translate_request` and `websocket` are replaced."""


_WORDS: Final = {
    BadPacket.BINARY: "Binary packets are not taken here.",
    BadPacket.TOO_LARGE: "That is too much at once.",
    BadPacket.MALFORMED: "The packet cannot be read.",
}
_WORTH_A_LOG_LINE: Final = frozenset(
    {"invalid", "unknown_event", "forbidden", "unauthorized", "unavailable", "internal"}
)


class RealtimeSettings(Struct, frozen=True, kw_only=True):
    """What an operator may turn.

    `packet_bytes_max` is the longest packet that is read; one beyond `transport_bytes_max` ends its connection.
    """

    ping_interval_s: float = 25
    ping_timeout_s: float = 20
    unjoined_timeout_s: float = 10
    part_timeout_s: float = 5
    reconnect_within_ms: int = 5_000
    packet_bytes_max: int = 16 * 1024
    transport_bytes_max: int = 256 * 1024
    connections_max: int = 15_000


class RealtimeServer(socketio.AsyncServer):  # type: ignore[misc]
    """Admits clients by token, hands their calls to `Dispatch`, and sends them what the game announces.

    Args:
        allowed_origins: browser origins that may connect; None allows only the origin of the page's own host.
    """

    def __init__(
        self,
        *,
        tokens: Tokens,
        snapshots: Snapshots,
        dispatch: Dispatch,
        clock: Clock,
        metrics: Metrics,
        settings: RealtimeSettings,
        allowed_origins: Sequence[str] | None,
    ) -> None:
        super().__init__(
            async_mode="aiohttp",
            serializer=TextPacket,
            cors_allowed_origins=list(allowed_origins) if allowed_origins else None,
            cors_credentials=False,
            http_compression=False,
            max_http_buffer_size=settings.transport_bytes_max,
            ping_interval=settings.ping_interval_s,
            ping_timeout=settings.ping_timeout_s,
            namespaces=["/"],
        )
        self._tokens = tokens
        self._snapshots = snapshots
        self._dispatch = dispatch
        self._clock = clock
        self._metrics = metrics
        self._settings = settings
        self._connections: dict[str, Connection] = {}
        self._partings: set[asyncio.Task[None]] = set()
        self._throttle = Throttle()
        self._closing = False
        self.on("connect", self._admit)
        self.eio._async = {
            **self.eio._async,
            "translate_request": request_translator(settings.transport_bytes_max, self._bad_frame),
            "websocket": websocket_class(settings.transport_bytes_max, self._bad_frame),
        }

    def attach_to(self, app: web.Application) -> None:
        """Serve `/socket.io/` in an application."""
        self.attach(app, socketio_path="socket.io")

    def members(self, name: str) -> list[Connection]:
        """The connections in a room."""
        found = (self._connections.get(eio_sid) for _, eio_sid in self.manager.get_participants("/", name))
        return [connection for connection in found if connection is not None]

    async def broadcast(self, name: str, event: ServerEvent) -> None:
        """Send an event to everyone in a room."""
        members = len(self.members(name))
        self._metrics.emits.labels(event.event).inc()
        self._metrics.deliveries.labels(event.event).inc(members)
        if members:
            await self.emit(event.event, event, room=name)

    async def send_state(self, connection: Connection) -> None:
        """Send a fresh snapshot; a client whose seat is gone, or that cannot be served now, is disconnected instead."""
        if connection.seat is None:
            return
        try:
            state = await self._snapshots.of(connection.seat)
        except (Refused, Unavailable) as error:
            log.info("no snapshot", action="state", session=connection.seat.session_id, reason=str(error))
            self.part(connection)
            return
        self._metrics.emits.labels(state.event).inc()
        self._metrics.deliveries.labels(state.event).inc()
        await self._send_packet(connection.eio_sid, TextPacket(data=[state.event, state]))

    def part(self, connection: Connection) -> None:
        """End a connection, after what was sent to it before."""
        task = asyncio.create_task(self._part(connection), name=f"part {connection.eio_sid}")
        self._partings.add(task)
        task.add_done_callback(self._partings.discard)

    def count_connections(self) -> None:
        """Bring the gauge of connections up to date."""
        seen = Counter(
            (connection.seat.role.value if connection.seat else "unjoined", self.eio.transport(connection.eio_sid))
            for connection in self._connections.values()
            if connection.eio_sid in self.eio.sockets
        )
        self._metrics.connections.clear()
        for (role, transport), number in seen.items():
            self._metrics.connections.labels(role, transport).set(number)

    async def close(self) -> None:
        """Refuse newcomers, tell everyone to come back elsewhere, let calls under way finish, end every connection."""
        self._closing = True
        within = Millis(self._settings.reconnect_within_ms)
        for session_id in {connection.seat.session_id for connection in self._connections.values() if connection.seat}:
            version = self._snapshots.version(session_id)
            farewell = Draining(version=version, reconnect_within_ms=within)
            await self.broadcast(room(session_id, Audience.ALL), farewell)
        for connection in tuple(self._connections.values()):
            await connection.drain()
        for connection in tuple(self._connections.values()):
            self.part(connection)
        await asyncio.gather(*self._partings, return_exceptions=True)
        await self.eio.shutdown()

    async def _admit(self, sid: str, environ: dict[str, Any], auth: object) -> None:
        """Check the token that a client connects with; raising refuses it with a `connect_error`."""
        if self._closing or len(self._connections) > self._settings.connections_max:
            raise self._connect_refused(Refused("try_again"))
        try:
            seat = self._tokens.seat(auth.get("token") if isinstance(auth, dict) else None)
            await self._snapshots.admit(seat)
        except BadToken:
            raise self._connect_refused(Refused("unauthorized")) from None
        except Refused as refused:
            raise self._connect_refused(refused) from None
        except Unavailable:
            raise self._connect_refused(Refused("try_again")) from None
        eio_sid = self.manager.eio_sid_from_sid(sid, "/")
        if (connection := self._connections.get(eio_sid)) is not None:
            connection.join(sid, seat)

    def _connect_refused(self, refused: Refused) -> ConnectRefused:
        self._metrics.connects_refused.labels(refused.code).inc()
        return ConnectRefused(refused.message, {"code": refused.code, "retry": refused.kind.retry})

    async def _part(self, connection: Connection) -> None:
        try:
            async with asyncio.timeout(self._settings.part_timeout_s):
                if connection.sid is not None:
                    await self.disconnect(connection.sid)
                await self.eio.disconnect(connection.eio_sid)
        except TimeoutError:
            log.info("a client would not take its last packets", action="part")

    async def _call(self, connection: Connection, seat: Seat, packet: EventPacket, received_at: Millis) -> None:
        ack = await self._dispatch.serve(seat, packet, received_at)
        outcome = ack.error.code if isinstance(ack, ErrorAck) else "ok"
        event = packet.name if packet.name in CALLS else "unknown"
        self._metrics.calls.labels(event, outcome).inc()
        self._metrics.call_seconds.labels(event).observe(max(0, self._clock.now() - received_at) / 1000)
        if event == "answer" and outcome == "ok":
            self._metrics.answers_acked.inc()
        if isinstance(ack, ErrorAck) and outcome in _WORTH_A_LOG_LINE and self._throttle.passes(connection.eio_sid):
            log.info("call refused", action=event, outcome=outcome, role=seat.role.value, session=seat.session_id)
        await self._ack(connection, packet.ack_id, ack)

    async def _ack(self, connection: Connection, ack_id: int | None, ack: Ack) -> None:
        if ack_id is not None and connection.eio_sid in self._connections:
            await self._send_packet(connection.eio_sid, TextPacket(wire.ACK, data=[ack], id=ack_id))

    async def _bad_packet(self, connection: Connection, packet: Unreadable) -> None:
        """Count a packet nobody can read, tell its sender, and end a connection that makes a habit of it."""
        self._metrics.bad_packets.labels(packet.cause.value).inc()
        connection.bad_packets += 1
        if self._throttle.passes(connection.eio_sid):
            session = connection.seat.session_id if connection.seat else None
            log.info("packet refused", action="packet", cause=packet.cause.value, session=session)
        await self._ack(connection, packet.ack_id, error_ack(Refused("invalid", _WORDS[packet.cause])))
        if connection.bad_packets >= BAD_PACKETS_MAX:
            self.part(connection)

    def _bad_frame(self) -> None:
        self._metrics.bad_packets.labels("frame").inc()

    def _cut_unjoined(self, eio_sid: str) -> None:
        if (connection := self._connections.get(eio_sid)) is not None:
            self._metrics.disconnects.labels("unjoined").inc()
            self.part(connection)

    # What follows is called by python-socketio.

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        timeout = self._settings.unjoined_timeout_s
        cut = asyncio.get_running_loop().call_later(timeout, self._cut_unjoined, eio_sid)
        self._connections[eio_sid] = Connection(eio_sid, cut)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        if (connection := self._connections.pop(eio_sid, None)) is not None:
            connection.leave()
            self._metrics.disconnects.labels(reason).inc()
        if reason == self.reason.CLIENT_DISCONNECT and (socket := self.eio.sockets.get(eio_sid)) is not None:
            socket.queue.put_nowait(None)  # answers the poll that a leaving client has left open

    async def _handle_connect(self, eio_sid: str, namespace: str | None, data: object) -> None:
        if (namespace or "/") != "/":
            refusal = TextPacket(wire.CONNECT_ERROR, {"message": "Invalid namespace"}, namespace)
            await self._send_packet(eio_sid, refusal)
            return
        await super()._handle_connect(eio_sid, namespace, data)
        connection = self._connections.get(eio_sid)
        if connection is None or connection.sid is None or connection.seat is None:
            return
        for name in rooms_of(connection.seat):
            await self.enter_room(connection.sid, name)
        await self.send_state(connection)

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        received_at = self._clock.now()
        connection = self._connections.get(eio_sid)
        if connection is None:
            return
        packet = read_event(data, self._settings.packet_bytes_max) if is_event(data) else None
        if isinstance(packet, EventPacket) and connection.seat is not None:
            await connection.run(self._call(connection, connection.seat, packet, received_at))
        elif isinstance(packet, Unreadable):
            await self._bad_packet(connection, packet)
        elif packet is not None or not await self._handled(connection, data):
            await self._bad_packet(connection, Unreadable(BadPacket.MALFORMED))

    async def _handled(self, connection: Connection, data: object) -> bool:
        """Whether python-socketio could make sense of a connect or disconnect packet.

        Acks are passed over: no event asks for one.
        """
        if str(data)[:1] == str(wire.ACK):
            return True
        if connection.sid is not None and str(data)[:1] == str(wire.CONNECT) and not str(data).startswith("0/"):
            return False  # one connect is enough
        try:
            await super()._handle_eio_message(connection.eio_sid, data)
        except ValueError:
            return False
        return True
