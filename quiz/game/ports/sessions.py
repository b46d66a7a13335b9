"""Sessions, seats and totals."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from enum import Enum
from typing import Protocol

from msgspec import Struct

from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, Pin, PlayerId, QuizId, SessionId, UserId
from quiz.domain.nickname import Nickname
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer


class Picture(Struct, frozen=True):
    """One version of a session with its board, read at one instant."""

    session: Session
    board: Board


class Player(Struct, frozen=True):
    """A seat that has been taken. `kicked` says whether it was taken away again."""

    id: PlayerId
    session_id: SessionId
    nickname: str
    kicked: bool = False


class SeatRefusal(Enum):
    """Why a seat was not given: a code of `ERRORS`."""

    TAKEN = "nickname_taken"
    LOCKED = "session_locked"
    FULL = "session_full"
    GONE = "not_found"


class SessionSummary(Struct, frozen=True):
    """A line in a host's list of sessions."""

    id: SessionId
    pin: Pin
    title: str
    phase: Phase
    created_at: Millis
    players: int


class Mark(Struct, frozen=True):
    """How far a session has come: enough to tell whether a picture of it is behind."""

    version: int
    seats: int
    """How many players are seated."""


class Overdue(Struct, frozen=True):
    """A question that is still open after its deadline."""

    session_id: SessionId
    question: int


class OpenQuestion(Struct, frozen=True):
    """A question that is open and has a deadline."""

    session_id: SessionId
    question: int
    closes_at: Millis


class SessionStore(Protocol):
    """Sessions, seats and totals: the truth, of which everything else is a cache."""

    async def create(self, session: Session, quiz_id: QuizId | None) -> bool:
        """Store a new session with its frozen script; False when its PIN is in use by one that is not finished."""
        ...

    async def load(self, session_id: SessionId) -> Picture | None:
        """The present version with its board, consistent with each other."""
        ...

    async def marks(self, session_ids: Collection[SessionId]) -> Mapping[SessionId, Mark]:
        """How far these sessions have come, in one query; those that do not exist are left out."""
        ...

    async def find(self, pin: Pin) -> SessionId | None:
        """The session that can be joined by this PIN: the one that is not finished."""
        ...

    async def commit(self, decision: Decision, now: Millis, most: int | None = None) -> Board | SeatRefusal | None:
        """Make the decision true: atomically, if `decision.before.version` is still the present version.

        With the session's row are written, as the decision says, the totals of a question that closes (from its
        answer rows), all totals anew, and the loss of a seat. Answers that committed before count, later ones are
        refused by the answer log. Returns the board after it, with the reveal of a question that closes, or None when
        another version came first and nothing was written.

        A seat that is given back is listed as the newest, and its player's totals are made of all their answers. It is
        refused, and nothing written, when `most` are seated (None: however many), when somebody else has a seat with
        the nickname's key, and of who has not lost a seat.
        """
        ...

    async def seat(
        self, session_id: SessionId, player_id: PlayerId, nickname: Nickname, now: Millis, most: int
    ) -> SeatRefusal | None:
        """Give a seat unless the session is locked, finished, has `most` seats, or a seat with the nickname's key.

        Does not change the version. Asked again by the same player it gives the same seat, and `TAKEN` to one who was
        kicked; the nickname is free again for others.
        """
        ...

    async def player(self, session_id: SessionId, player_id: PlayerId) -> Player | None: ...

    async def open_questions(self) -> Sequence[OpenQuestion]:
        """Open questions that have a deadline, past or not, at most 5,000, soonest first."""
        ...

    async def overdue(self, before: Millis) -> Sequence[Overdue]:
        """Open questions whose deadline was before an instant, at most 100, longest overdue first."""
        ...

    async def unfinished_since(self, before: Millis) -> Sequence[SessionId]:
        """Sessions made before an instant and still not finished, at most 100, oldest first."""
        ...

    async def page(self, owner: UserId, limit: int, after: tuple[Millis, SessionId] | None) -> Sequence[SessionSummary]:
        """The owner's sessions, newest first, at most `limit`, those behind the `after` line only."""
        ...

    def answers(self, session: Session) -> AsyncIterator[StoredAnswer]:
        """Every stored answer of the session by question and arrival, streamed; kicked players' included."""
        ...

    async def answers_by(self, session: Session, player_id: PlayerId) -> Sequence[StoredAnswer]:
        """Every stored answer of one player, kicked or not, by question; the cost grows with the questions alone."""
        ...

    async def finished_at(self, session_id: SessionId) -> Millis | None:
        """When the session finished, by its node's clock; None while it runs, and for one that does not exist."""
        ...

    async def players(self, session_id: SessionId) -> Sequence[Player]:
        """Everyone who ever took a seat, kicked or not, in the order they joined."""
        ...
