"""The game's `Fanout` port over Socket.IO rooms of this node."""

from __future__ import annotations

from quiz.domain.announce import Audience
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.messages import ServerEvent
from quiz.realtime.rooms import player_room, room
from quiz.realtime.server import RealtimeServer


class RoomFanout:
    """Events out to the clients connected here.

    The game needs a fan-out before the server that it is made of exists, so the server is named afterwards.
    """

    def __init__(self) -> None:
        self._server: RealtimeServer | None = None

    def serve(self, server: RealtimeServer) -> None:
        """Name the server whose clients are meant."""
        self._server = server

    async def publish(self, session_id: SessionId, audience: Audience, event: ServerEvent) -> None:
        """Send an event to everyone in a session, or to its hosts and screens."""
        await self._here.broadcast(room(session_id, audience), event)

    async def tell(self, session_id: SessionId, player_id: PlayerId, event: ServerEvent) -> None:
        """Send an event to all connections of one player."""
        await self._here.broadcast(player_room(session_id, player_id), event)

    async def part(self, session_id: SessionId, player_id: PlayerId) -> None:
        """End all connections of a player."""
        for connection in self._here.members(player_room(session_id, player_id)):
            self._here.part(connection, "kicked")

    async def resync(self, session_id: SessionId) -> None:
        """Send everyone in a session a fresh snapshot."""
        for connection in self._here.members(room(session_id, Audience.ALL)):
            await self._here.send_state(connection)

    @property
    def _here(self) -> RealtimeServer:
        if self._server is None:
            raise RuntimeError("events are announced before there is a server")
        return self._server
