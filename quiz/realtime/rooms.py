"""Names of Socket.IO rooms, and of the channels on which those travel that have members on several nodes."""

from typing import Final

from quiz.domain.announce import Audience
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.roles import Role
from quiz.game.tokens import Seat

_CHANNELS: Final = "room:"
_AUDIENCES: Final = {audience.value: audience for audience in Audience}


def room(session_id: SessionId, audience: Audience) -> str:
    """The room of everyone in a session, or of its hosts and screens."""
    return f"{audience.value}:{session_id}"


def player_room(session_id: SessionId, player_id: PlayerId) -> str:
    """The room of one player's connections."""
    return f"player:{session_id}:{player_id}"


def audience_of(name: str) -> tuple[SessionId, Audience] | None:
    """The session and audience of a room; None for a player's or a client's own, which do not travel."""
    kind, _, session_id = name.partition(":")
    audience = _AUDIENCES.get(kind)
    return None if audience is None else (SessionId(session_id), audience)


def channel_of(name: str) -> str:
    """The channel that a room travels on. In braces is what a Redis Cluster goes by: a session keeps to one server."""
    kind, _, session_id = name.partition(":")
    return f"{_CHANNELS}{kind}:{{{session_id}}}"


def room_of(channel: str) -> str:
    """The room that travels on a channel."""
    kind, _, tagged = channel.removeprefix(_CHANNELS).partition(":")
    return f"{kind}:{tagged.strip('{}')}"


def rooms_of(seat: Seat) -> list[str]:
    """Every room a connection belongs in."""
    rooms = [room(seat.session_id, Audience.ALL)]
    if seat.role is Role.PLAYER:
        if seat.player_id is not None:
            rooms.append(player_room(seat.session_id, seat.player_id))
    else:
        rooms.append(room(seat.session_id, Audience.STAFF))
    return rooms
