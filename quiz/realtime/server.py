"""The Socket.IO server: python-socketio's, with its open doors closed.

It leans on protected names of the pinned python-socketio and python-engineio, listed in `settings.SEAMS`.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any, Final

import socketio
import structlog
from aiohttp import web
from socketio import packet as wire
from socketio.exceptions import ConnectionRefusedError as ConnectRefused

from quiz.domain.announce import Audience
from quiz.domain.ids import Millis, SessionId
from quiz.domain.messages import Draining, ServerEvent
from quiz.game.calls import CALLS, Ack, AnswerAck, ErrorAck
from quiz.game.errors import Refused, Unavailable
from quiz.game.healing import Healing
from quiz.game.ports import Clock
from quiz.game.snapshots import Answered, Snapshots
from quiz.game.tokens import BadToken, Seat, Tokens
from quiz.observe.logs import Throttle
from quiz.observe.metrics import Metrics
from quiz.realtime.bus import Bus
from quiz.realtime.connection import BAD_PACKETS_MAX, Connection
from quiz.realtime.dispatch import Dispatch, error_ack
from quiz.realtime.driver import request_translator, websocket_class
from quiz.realtime.endings import Endings, within
from quiz.realtime.engine import SID, BoundedEngine
from quiz.realtime.inbox import Inbox
from quiz.realtime.manager import RoomManager, RoomMessage, encode
from quiz.realtime.packets import (
    DEFAULT_NAMESPACE,
    BadPacket,
    ConnectPacket,
    EventPacket,
    LeavePacket,
    TextPacket,
    Unreadable,
    read_packet,
)
from quiz.realtime.rooms import room, rooms_of
from quiz.realtime.settings import RealtimeSettings

log = structlog.get_logger("quiz.realtime")

DRAIN_BATCH: Final = 200
"""So many clients are sent away together, and more where time would not suffice."""
DRAIN_LOOK_S: Final = 0.05
"""How often it is looked whether those who were told to go have gone."""

_WORDS: Final = {
    BadPacket.BINARY: "Binary packets are not taken here.",
    BadPacket.TOO_LARGE: "That is too much at once.",
    BadPacket.MALFORMED: "The packet cannot be read.",
}
_OF_THE_SERVER: Final = frozenset({"unavailable", "internal"})
_WORTH_A_LOG_LINE: Final = frozenset(
    {"invalid", "unknown_event", "forbidden", "unauthorized", "unavailable", "internal"}
)


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
        healing: Healing,
        bus: Bus,
        settings: RealtimeSettings,
        allowed_origins: Sequence[str] | None,
    ) -> None:
        self._inbox = Inbox(self._take_in, healing.look_now)
        self.rooms = RoomManager(bus, clock, self._inbox.put, healing.leave, self._bad_message)
        bus.serve(self.rooms.heard, healing.look_now)
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
            client_manager=self.rooms,
            outbound_max=settings.outbound_max,
            on_overflow=self._cut_slow,
        )
        self._healing = healing
        self._tokens = tokens
        self._snapshots = snapshots
        self._dispatch = dispatch
        self._clock = clock
        self._metrics = metrics
        self._settings = settings
        self._connections: dict[str, Connection] = {}
        self._joined = 0
        self._endings = Endings(self, settings.part_timeout_s)
        self._throttle = Throttle()
        self._chance = random.SystemRandom()
        self._closing = False
        self.on("connect", self._admit)
        largest = settings.transport_bytes_max
        self.eio._async = {
            **self.eio._async,
            "translate_request": request_translator(largest, self._bad_frame, self._takes_more),
            "websocket": websocket_class(largest, self._bad_frame, self._endings.opened),
        }

    def attach_to(self, app: web.Application) -> None:
        """Serve `/socket.io/` in an application."""
        self.attach(app, socketio_path="socket.io")
        app.router.add_route("*", "/socket.io/", _wrong_method)

    @property
    def closing(self) -> bool:
        """Whether this node sends its clients away."""
        return self._closing

    def members(self, name: str) -> list[Connection]:
        """The connections in a room."""
        found = (self._connections.get(eio_sid) for _, eio_sid in self.manager.get_participants("/", name))
        return [connection for connection in found if connection is not None]

    def has_members(self, name: str) -> bool:
        """Whether anyone connected here is in a room."""
        return name in self.manager.rooms.get(DEFAULT_NAMESPACE, {})

    def _engineio_server_class(self) -> type[BoundedEngine]:
        return BoundedEngine

    async def broadcast(self, name: str, event: ServerEvent) -> None:
        """Send an event to everyone in a room who is connected here."""
        if self.has_members(name):
            await self.deliver(name, event.event, encode(event.event, event))

    async def deliver(self, name: str, event: str, packet: str) -> None:
        """Send a finished packet to everyone in a room who is connected here."""
        self._metrics.emits.labels(event).inc()
        self._metrics.deliveries.labels(event).inc(await self.rooms.deliver(name, packet))

    async def resync(self, session_id: SessionId) -> None:
        """Send everyone here in a session a fresh snapshot; what they all need is read at once.

        Raises:
            Refused: `not_found`.
            Unavailable: the database is away; nobody has been sent anything.
        """
        connections = self.members(room(session_id, Audience.ALL))
        players = {connection.seat.player_id for connection in connections if connection.seat is not None}
        answered = await self._snapshots.look_up(session_id, {player for player in players if player is not None})
        for connection in connections:
            try:
                await self.send_state(connection, answered)
            except Exception:
                log.exception("no snapshot", action="state", session=session_id)

    async def send_state(self, connection: Connection, answered: Answered | None = None) -> None:
        """Send a fresh snapshot; a client whose seat is gone, or that cannot be served now, is disconnected instead."""
        if connection.seat is None:
            return
        try:
            state = await self._snapshots.of(connection.seat, answered)
        except Refused:
            self.part(connection, "seat gone")
            return
        except Unavailable as outage:
            log.warning("no snapshot", action="state", session=connection.seat.session_id, reason=str(outage))
            self._endings.hang_up(connection, "unavailable")
            return
        self._metrics.emits.labels(state.event).inc()
        self._metrics.deliveries.labels(state.event).inc()
        await self._send_packet(connection.eio_sid, TextPacket(data=[state.event, state]))

    def part(self, connection: Connection, reason: str) -> None:
        """End a connection for good, after what was sent to it before."""
        self._endings.part(connection, reason)

    def count_connections(self) -> None:
        """Bring the gauge of connections up to date."""
        seen = Counter(
            (connection.seat.role.value if connection.seat else "unjoined", self.eio.transport(connection.eio_sid))
            for connection in self._connections.values()
            if connection.eio_sid in self.eio.sockets
        )
        self._metrics.rooms.set(self.rooms.count())
        self._metrics.sessions_hosted.set(self._healing.hosted())
        self._metrics.connections.clear()
        for (role, transport), number in seen.items():
            self._metrics.connections.labels(role, transport).set(number)

    async def close(self) -> None:
        """Send everyone away: refuse newcomers at once, and let those who are here go in batches.

        All at once they would fall upon the other nodes together. Whose turn has not come plays on, and who has been
        told to go still does so for `reconnect_within_ms`, to leave at a moment of its own.
        """
        self._closing = True
        connections = list(self._connections.values())
        self._chance.shuffle(connections)
        turns = max(1.0, self._settings.drain_spread_s * 1000 / max(1, self._settings.reconnect_within_ms))
        size = max(DRAIN_BATCH, math.ceil(len(connections) / turns))
        batches = [connections[i : i + size] for i in range(0, len(connections), size)]
        end_at = asyncio.get_running_loop().time() + self._settings.drain_spread_s + self._settings.drain_timeout_s
        for batch in batches[:-1]:
            await self._send_away(batch, end_at)
        await self._send_away([*self._connections.values()], end_at)
        await self._endings.settled()
        await self._inbox.close()
        await self.eio.shutdown()

    async def _send_away(self, connections: Sequence[Connection], end_at: float) -> None:
        """Say so, let calls under way finish, and end the connections; nobody waits beyond `end_at`."""
        back_in = Millis(self._settings.reconnect_within_ms)
        clock = asyncio.get_running_loop().time
        for connection in connections:
            if connection.seat is not None:
                version = self._snapshots.version(connection.seat.session_id)
                farewell = Draining(version=version, reconnect_within_ms=back_in)
                await self._send_packet(connection.eio_sid, TextPacket(data=[farewell.event, farewell]))
        gone_by = min(end_at, clock() + back_in / 1000)
        while clock() < gone_by and self._any_here(connections):  # noqa: ASYNC110  (nothing tells of the last one)
            await asyncio.sleep(DRAIN_LOOK_S)
        for connection in connections:
            connection.leaving = True
        left = max(0.1, end_at - clock())
        await within(min(self._settings.drain_timeout_s, left), [connection.drain() for connection in connections])
        for connection in connections:
            self._endings.hang_up(connection, "draining")

    async def _admit(self, sid: str, environ: dict[str, Any], auth: object) -> None:
        """Check the token that a client connects with; raising refuses it with a `connect_error`."""
        if self._closing or self._joined >= self._settings.connections_max:
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
            self._joined += 1

    def _takes_more(self, elsewhere: bool) -> bool:
        """Whether a handshake may begin.

        Args:
            elsewhere: whether there is a proxy that would ask another node. A client that comes by itself to a full
                node gets its handshake, and then a `connect_error` that says so.
        """
        if self._closing or (elsewhere and self._joined >= self._settings.connections_max):
            return False
        return len(self._connections) - self._joined < self._settings.unjoined_max

    def _any_here(self, connections: Sequence[Connection]) -> bool:
        """Whether any of these that has joined is still connected."""
        return any(each.seat is not None and each.eio_sid in self._connections for each in connections)

    def _connect_refused(self, refused: Refused) -> ConnectRefused:
        self._metrics.connects_refused.labels(refused.code).inc()
        return ConnectRefused(refused.message, {"code": refused.code, "retry": refused.kind.retry})

    def _cut_slow(self, eio_sid: str) -> None:
        """A client takes in less than it is sent: it is cut off, and comes back to a snapshot."""
        connection = self._connections.get(eio_sid)
        if connection is not None and connection.ended_by is None:
            connection.ended_by = "slow"
            self._endings.hang_up(connection, "slow")

    async def _call(self, connection: Connection, seat: Seat, packet: EventPacket, received_at: Millis) -> None:
        if connection.leaving:
            ack: Ack = error_ack(Refused("try_again"))
        else:
            ack = await self._dispatch.serve(seat, packet, received_at)
        outcome = ack.error.code if isinstance(ack, ErrorAck) else "ok"
        event = packet.name if packet.name in CALLS else "unknown"
        self._metrics.calls.labels(event, outcome).inc()
        self._metrics.call_seconds.labels(event).observe(max(0, self._clock.now() - received_at) / 1000)
        if isinstance(ack, AnswerAck):
            self._metrics.answers_acked.labels(ack.status).inc()
        # An outage is one event, however many calls it refuses; a client's mistakes are its own.
        source = outcome if outcome in _OF_THE_SERVER else connection.eio_sid
        if isinstance(ack, ErrorAck) and outcome in _WORTH_A_LOG_LINE and self._throttle.passes(source):
            log.info("call refused", action=event, outcome=outcome, role=seat.role.value, session=seat.session_id)
        await self._ack(connection, packet.ack_id, ack)

    async def _ack(self, connection: Connection, ack_id: int | None, ack: Ack) -> None:
        if ack_id is not None and connection.eio_sid in self._connections:
            await self._send_packet(connection.eio_sid, TextPacket(wire.ACK, data=[ack], id=ack_id))

    async def _bad_packet(self, connection: Connection, packet: Unreadable) -> None:
        """Count a packet nobody can read, tell its sender, and end a connection that makes a habit of it."""
        self._metrics.bad_packets.labels(packet.cause.value).inc()
        connection.attachments_due = packet.attachments
        connection.bad_packets += packet.ack_id is None  # who waits for an ack is told, and may learn
        if self._throttle.passes(connection.eio_sid):
            session = connection.seat.session_id if connection.seat else None
            log.info("packet refused", action="packet", cause=packet.cause.value, session=session)
        await self._ack(connection, packet.ack_id, error_ack(Refused("invalid", _WORDS[packet.cause])))
        if connection.bad_packets >= BAD_PACKETS_MAX:
            self.part(connection, "bad packets")

    def _bad_frame(self) -> None:
        self._metrics.bad_packets.labels("frame").inc()
        if self._throttle.passes("frame"):
            log.info("frame refused", action="packet", cause="frame")

    def _cut_unjoined(self, eio_sid: str) -> None:
        if (connection := self._connections.get(eio_sid)) is not None:
            self._endings.hang_up(connection, "unjoined")

    def _bad_message(self) -> None:
        self._metrics.bad_packets.labels("bus").inc()
        if self._throttle.passes("bus"):
            log.warning("message of another node refused", action="hear")

    async def _take_in(self, session_id: SessionId, message: RoomMessage) -> None:
        """Take in what another node has sent to a session."""

        async def deliver() -> AsyncIterator[str]:
            for audience, event, packet in message.packets:
                await self.deliver(room(session_id, audience), event, packet)
                yield event

        self._metrics.fanout_delay.observe(max(0, self._clock.now() - message.sent_at) / 1000)
        if message.notice is None:
            async for _ in deliver():
                pass
        else:
            await self._healing.hear(session_id, message.notice, deliver)

    # What follows is called by python-socketio.

    async def _handle_eio_connect(self, eio_sid: str, environ: dict[str, Any]) -> None:
        await super()._handle_eio_connect(eio_sid, environ)
        environ[SID] = eio_sid
        timeout = self._settings.unjoined_timeout_s
        cut = asyncio.get_running_loop().call_later(timeout, self._cut_unjoined, eio_sid)
        self._connections[eio_sid] = Connection(eio_sid, cut)

    async def _handle_eio_disconnect(self, eio_sid: str, reason: str) -> None:
        await super()._handle_eio_disconnect(eio_sid, reason)
        if (connection := self._connections.pop(eio_sid, None)) is not None:
            connection.leave()
            self._joined -= connection.seat is not None
            self._metrics.disconnects.labels(connection.ended_by or reason).inc()
        if reason == self.reason.CLIENT_DISCONNECT and (socket := self.eio.sockets.get(eio_sid)) is not None:
            socket.queue.put_nowait(None)  # answers the poll that a leaving client has left open

    async def _handle_eio_message(self, eio_sid: str, data: object) -> None:
        received_at = self._clock.now()
        connection = self._connections.get(eio_sid)
        if connection is None:
            return
        if isinstance(data, bytes) and connection.attachments_due:
            connection.attachments_due -= 1  # of a packet that has been refused already
            return
        packet = read_packet(data, self._settings.packet_bytes_max)
        match packet:
            case EventPacket() if connection.seat is not None:
                await connection.run(self._call(connection, connection.seat, packet, received_at))
            case ConnectPacket(namespace=namespace) if namespace != DEFAULT_NAMESPACE:
                refusal = TextPacket(wire.CONNECT_ERROR, {"message": "Invalid namespace"}, namespace)
                await self._send_packet(eio_sid, refusal)
            case ConnectPacket(auth=auth) if connection.seat is None:
                await self._join(connection, auth)
            case LeavePacket():
                await self._endings.hung_up(connection, self.reason.CLIENT_DISCONNECT)
            case Unreadable():
                await self._bad_packet(connection, packet)
            case EventPacket() | ConnectPacket():  # before a token was shown, or once more
                await self._bad_packet(connection, Unreadable(BadPacket.MALFORMED))

    async def _join(self, connection: Connection, auth: object) -> None:
        await self._handle_connect(connection.eio_sid, DEFAULT_NAMESPACE, auth)
        if connection.sid is not None and connection.seat is not None:
            # Beside the calls: an answer sent at once is stamped when it comes, not when the snapshot is ready.
            await connection.run(self._settle(connection, connection.sid, connection.seat))

    async def _settle(self, connection: Connection, sid: str, seat: Seat) -> None:
        """Let a client hear its rooms from now on, and tell it how things stand."""
        try:
            for name in rooms_of(seat):
                await self.enter_room(sid, name)
            with suppress(Unavailable):  # then what is known is shown, and what was missed comes later
                await self._healing.host(seat.session_id)
        except (KeyError, ValueError):
            return  # the client has gone meanwhile
        except Refused:
            self.part(connection, "seat gone")
            return
        await self.send_state(connection)


async def _wrong_method(_request: web.Request) -> web.Response:
    return web.Response(status=400, text="Engine.IO knows GET and POST")
