"""What the Socket.IO server is for: players, hosts and screens come in by their tokens, and are kept informed."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from typing import Final

import structlog
from socketio.exceptions import ConnectionRefusedError as ConnectRefused

from quiz.domain.announce import Audience, Earned
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.messages import Progress, Result, Reveal, ServerEvent, Standings
from quiz.game.errors import Refused, Unavailable
from quiz.game.healing import Healing
from quiz.game.snapshots import Answered, Snapshots
from quiz.game.tokens import BadToken, Seat, Tokens
from quiz.observe.metrics import Metrics
from quiz.realtime.calls import Calls
from quiz.realtime.connection import Connection
from quiz.realtime.frames import Frame, Kind, message
from quiz.realtime.manager import RoomManager, encode
from quiz.realtime.packets import BadPacket, Unreadable
from quiz.realtime.rooms import player_room, room, rooms_of
from quiz.realtime.sockets import SocketServer

log = structlog.get_logger("quiz.realtime")

STATES_AT_ONCE: Final = 50
"""After so many snapshots, whoever else has something to do gets a turn."""
SUPERSEDED: Final = frozenset({Progress.event, Standings.event})
"""Events whose successors say all that they do: first to be left out for a client that is behind."""

_WORDS: Final = {
    BadPacket.BINARY: "Binary packets are not taken here.",
    BadPacket.TOO_LARGE: "That is too much at once.",
    BadPacket.MALFORMED: "The packet cannot be read.",
}


class GameClients:
    """An `Application`: the clients of sessions."""

    def __init__(
        self,
        *,
        tokens: Tokens,
        snapshots: Snapshots,
        healing: Healing,
        calls: Calls,
        rooms: RoomManager,
        metrics: Metrics,
    ) -> None:
        self._tokens = tokens
        self._snapshots = snapshots
        self._healing = healing
        self._calls = calls
        self._rooms = rooms
        self._metrics = metrics
        self._server: SocketServer | None = None

    def serve(self, server: SocketServer) -> None:
        """Name the server whose clients are meant."""
        self._server = server
        self._calls.serve(server)

    # What follows is told by the server.

    async def admit(self, connection: Connection, auth: object) -> None:
        """Check the token that a client connects with.

        Raises:
            ConnectRefused: with the code of the refusal.
        """
        if self._here.full:
            raise self._refused(Refused("try_again"))
        try:
            seat = self._tokens.seat(auth.get("token") if isinstance(auth, dict) else None)
            await self._snapshots.admit(seat)
        except BadToken:
            raise self._refused(Refused("unauthorized")) from None
        except Refused as refused:
            raise self._refused(refused) from None
        except Unavailable:
            raise self._refused(Refused("try_again")) from None
        connection.seat = seat

    async def joined(self, connection: Connection) -> None:
        """Let a client hear its rooms from now on, and tell it how things stand."""
        if connection.seat is None:
            return
        try:
            for name in rooms_of(connection.seat):
                await self._rooms.enter(connection, name)
                if not connection.open:
                    return
            self._make_room(connection.seat)
            with suppress(Unavailable):  # then what is known is shown, and what was missed comes later
                await self._healing.host(connection.seat.session_id)
        except Refused:
            self._here.part(connection, "seat gone")
        else:
            await self.send_state(connection)

    def _make_room(self, seat: Seat) -> None:
        """Let go of the oldest connection of a player who has too many, or one token could take all places."""
        if seat.player_id is None:
            return
        connections = [*self._rooms.members(player_room(seat.session_id, seat.player_id))]
        for connection in connections[: -self._here.settings.connections_of_player]:
            self._here.hang_up(connection, "replaced")

    def event(self, connection: Connection, packet: str) -> None:
        """Serve a call."""
        self._calls.event(connection, packet)

    def refused(self, connection: Connection, packet: Unreadable) -> None:
        """Tell the sender of an unreadable packet, if it waits for an ack."""
        self._calls.refuse(connection, packet.ack_id, Refused("invalid", _WORDS[packet.cause]))

    def flooded(self, connection: Connection, packet: str) -> None:
        """Tell a client that it has sent too much."""
        self._calls.refuse_flood(connection, packet)

    def missed(self, connection: Connection) -> None:
        """Send a snapshot in place of what was left out."""
        self._here.run(self.send_state(connection), f"state {connection.link.sid}")

    # What follows is asked for by the game.

    def members(self, name: str) -> Collection[Connection]:
        """The connections in a room."""
        return self._rooms.members(name)

    async def broadcast(self, name: str, event: ServerEvent, earned: Earned | None = None) -> None:
        """Send an event to everyone in a room who is connected here."""
        if self._rooms.members(name):
            await self.deliver(name, event.event, encode(event.event, event), earned)

    async def deliver(self, name: str, event: str, packet: str, earned: Earned | None = None) -> None:
        """Send a finished packet to everyone in a room who is connected here.

        Args:
            earned: what each player is sent in the same go, with a reveal.
        """
        frame = message(packet, Kind.SUPERSEDED if event in SUPERSEDED else Kind.EVENT)
        if earned is None or event != Reveal.event:
            self._count(event, await self._rooms.deliver(name, frame))
            return
        results = 0

        def with_result(connection: Connection) -> Frame:
            nonlocal results
            player = None if connection.seat is None else connection.seat.player_id
            if player is None or (result := earned(player)) is None:
                return frame
            results += 1
            return frame.followed_by(message(encode(result.event, result)))

        self._count(event, await self._rooms.deliver(name, with_result))
        self._count(Result.event, results)

    async def tell_each(self, session_id: SessionId, events: Iterable[tuple[PlayerId, ServerEvent]]) -> None:
        """Send each of these players an event of their own, in one pass."""
        told: Counter[str] = Counter()

        def frames() -> Iterator[tuple[str, Frame]]:
            for player, event in events:
                told[event.event] += 1
                yield player_room(session_id, player), message(encode(event.event, event))

        await self._rooms.deliver_each(frames())
        for name, number in told.items():
            self._count(name, number)

    async def resync(self, session_id: SessionId) -> None:
        """Send everyone here in a session a fresh snapshot; what they all need is read at once.

        Raises:
            Refused: `not_found`.
            Unavailable: the database is away; nobody has been sent anything.
        """
        connections = [*self.members(room(session_id, Audience.ALL))]
        players = {connection.seat.player_id for connection in connections if connection.seat is not None}
        answered = await self._snapshots.look_up(session_id, {player for player in players if player is not None})
        for number, connection in enumerate(connections, start=1):
            await self.send_state(connection, answered)
            if number % STATES_AT_ONCE == 0:
                await asyncio.sleep(0)

    async def send_state(self, connection: Connection, answered: Answered | None = None) -> None:
        """Send a fresh snapshot; a client whose seat is gone, or that cannot be served now, is disconnected instead."""
        if connection.seat is None or not connection.open:
            return
        session = connection.seat.session_id
        try:
            state = await self._snapshots.of(connection.seat, answered)
        except Refused:
            self._here.part(connection, "seat gone")
        except Unavailable as outage:
            log.warning("no snapshot", action="state", session=session, reason=str(outage))
            self._here.hang_up(connection, "unavailable")
        except Exception:
            log.exception("no snapshot", action="state", session=session)
            self._here.hang_up(connection, "internal")
        else:
            connection.link.put_snapshot(message(encode(state.event, state), Kind.SNAPSHOT))
            self._count(state.event, 1)

    def _count(self, event: str, deliveries: int) -> None:
        self._metrics.emits.labels(event).inc()
        self._metrics.deliveries.labels(event).inc(deliveries)

    def _refused(self, refused: Refused) -> ConnectRefused:
        self._metrics.connects_refused.labels(refused.code).inc()
        return ConnectRefused(refused.message, {"code": refused.code, "retry": refused.kind.retry})

    @property
    def _here(self) -> SocketServer:
        if self._server is None:
            raise RuntimeError("there are clients before there is a server")
        return self._server
