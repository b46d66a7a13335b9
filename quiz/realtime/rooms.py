"""Names of Socket.IO rooms."""

from quiz.domain.announce import Audience
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.roles import Role
from quiz.game.tokens import Seat


def room(session_id: SessionId, audience: Audience) -> str:
    """The room of everyone in a session, or of its hosts and screens."""
    return f"{audience.value}:{session_id}"


def player_room(session_id: SessionId, player_id: PlayerId) -> str:
    """The room of one player's connections."""
    return f"player:{session_id}:{player_id}"


def rooms_of(seat: Seat) -> list[str]:
    """Every room a connection belongs in."""
    rooms = [room(seat.session_id, Audience.ALL)]
    if seat.role is Role.PLAYER:
        if seat.player_id is not None:
            rooms.append(player_room(seat.session_id, seat.player_id))
    else:
        rooms.append(room(seat.session_id, Audience.STAFF))
    return rooms
