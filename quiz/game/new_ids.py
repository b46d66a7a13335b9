"""New ids, drawn at random.

Each begins with a letter, so that a command line takes none for an option and a spreadsheet none for a formula or a
number, of which it would keep fifteen digits: also digits alone, or with a single "e" among them, are a number.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b
from typing import Final

from quiz.domain.ids import PlayerId, QuizId, SessionId, UserId

_BOT: Final = "bot"


def new_user_id() -> UserId:
    """An id for a quiz master."""
    return UserId("u" + secrets.token_hex(10))


def new_quiz_id() -> QuizId:
    """An id for a quiz."""
    return QuizId("q" + secrets.token_hex(10))


def new_session_id() -> SessionId:
    """An id for a session."""
    return SessionId("s" + secrets.token_hex(16))


def new_player_id() -> PlayerId:
    """An id for a player: of a hundred thousand two are the same once in 10^14 times."""
    return PlayerId("p" + secrets.token_hex(10))


def player_id_for(session_id: SessionId, nickname_key: str, joining: str) -> PlayerId:
    """The id of whoever joins a session by that name, the same each time the same client says so.

    `joining` is the client's own secret; the id, which others may see, does not tell it.
    """
    told = f"{session_id}\n{nickname_key}\n{joining}".encode("utf-8", "surrogatepass")
    return PlayerId("p" + blake2b(told, digest_size=10).hexdigest())


def new_bot_id() -> PlayerId:
    """An id for a player of a rehearsal."""
    return PlayerId(_BOT + secrets.token_hex(10))


def is_bot(player_id: PlayerId) -> bool:
    """Whether a player is one of a rehearsal: nobody else gets an id like that.

    The id says it, and no column: so every node tells bots from people by what it knows of seats anyhow, also those
    that a dead node has left behind, and nodes of the version before need no other tables for it.
    """
    return player_id.startswith(_BOT)
