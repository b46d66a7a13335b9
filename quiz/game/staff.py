"""Who may ask for what only the host of a session is told, or has done."""

from __future__ import annotations

from quiz.domain.ids import SessionId, UserId
from quiz.domain.roles import Role
from quiz.game.errors import Refused
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.tokens import Seat

Staff = UserId | Seat
"""Who asks: a quiz master, or whoever holds a token of a session."""


async def open_as_staff(live: LiveSessions, by: Staff, session_id: SessionId) -> LiveSession:
    """The session, for its host or the quiz master whose session it is.

    Raises:
        Refused: `not_found`, and `forbidden` for anybody else.
        Unavailable: as `LiveSessions.get`.
    """
    if isinstance(by, Seat) and (by.role is not Role.HOST or by.session_id != session_id):
        raise _forbidden()
    found = await live.get(session_id)
    if not isinstance(by, Seat) and found.session.owner != by:
        raise _forbidden()
    return found


def _forbidden() -> Refused:
    return Refused("forbidden", "This is for the host of the game.")
