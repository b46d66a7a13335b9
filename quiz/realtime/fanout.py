"""The game's `Fanout` port over Socket.IO rooms, of this node and of others."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Sequence

from quiz.domain.announce import Audience, Earned
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.messages import ServerEvent
from quiz.game.notices import Notice, RoomEvent
from quiz.realtime.manager import encode
from quiz.realtime.rooms import player_room, room
from quiz.realtime.server import RealtimeServer


class RoomFanout:
    """Events out to connected clients.

    The game needs a fan-out before the server that it is made of exists, so the server is named afterwards.
    """

    def __init__(self) -> None:
        self._server: RealtimeServer | None = None

    def serve(self, server: RealtimeServer) -> None:
        """Name the server whose clients are meant."""
        self._server = server

    async def announce(
        self, session_id: SessionId, events: Sequence[RoomEvent], notice: Notice, earned: Earned
    ) -> AsyncIterator[str]:
        """Send events everywhere, in one message to the other nodes; they go first, because that does not wait."""
        packets = [(audience, event.event, encode(event.event, event)) for audience, event in events]
        self._here.rooms.send(session_id, Audience.ALL, packets=packets, notice=notice)
        for audience, name, packet in packets:
            await self._here.clients.deliver(room(session_id, audience), name, packet, earned)
            yield name

    async def inform(self, session_id: SessionId, audience: Audience, notice: Notice) -> None:
        """Tell the other nodes that have clients of this audience."""
        self._here.rooms.send(session_id, audience, notice=notice)

    async def publish(
        self, session_id: SessionId, audience: Audience, event: ServerEvent, earned: Earned | None = None
    ) -> None:
        """Send an event to everyone here in a session, or to its hosts and screens."""
        await self._here.clients.broadcast(room(session_id, audience), event, earned)

    async def tell(self, session_id: SessionId, player_id: PlayerId, event: ServerEvent) -> None:
        """Send an event to all connections of one player to this node."""
        await self._here.clients.broadcast(player_room(session_id, player_id), event)

    async def tell_each(self, session_id: SessionId, events: Iterable[tuple[PlayerId, ServerEvent]]) -> None:
        """Send each of these players an event of their own, in one pass."""
        await self._here.clients.tell_each(session_id, events)

    async def part(self, session_id: SessionId, player_id: PlayerId) -> None:
        """End all connections of a player to this node."""
        for connection in [*self._here.clients.members(player_room(session_id, player_id))]:
            self._here.sockets.part(connection, "kicked")

    async def resync(self, session_id: SessionId) -> None:
        """Send everyone here in a session a fresh snapshot."""
        await self._here.clients.resync(session_id)

    def reaches(self, session_id: SessionId, audience: Audience) -> bool:
        """Whether a client of this audience is connected here."""
        return self._server is not None and bool(self._server.clients.members(room(session_id, audience)))

    def players_here(self, session_id: SessionId) -> Collection[PlayerId]:
        """The players who are connected here."""
        seats = (connection.seat for connection in self._here.clients.members(room(session_id, Audience.ALL)))
        return {seat.player_id for seat in seats if seat is not None and seat.player_id is not None}

    @property
    def _here(self) -> RealtimeServer:
        if self._server is None:
            raise RuntimeError("events are announced before there is a server")
        return self._server
