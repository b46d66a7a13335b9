"""What the game needs of the world. Every adapter of a port passes the same contract suite in `tests/contract/`.

Unless a method says otherwise, every one of them raises `Unavailable` when the database cannot be reached in time, and
has then changed nothing or, for writes, may have been carried out: all writes here are safe to repeat.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from enum import Enum
from typing import Protocol

from msgspec import Struct

from quiz.domain.announce import Audience
from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, Pin, PlayerId, QuizId, SessionId, SubmissionId, UserId
from quiz.domain.messages import Answer, ServerEvent
from quiz.domain.nickname import Nickname
from quiz.domain.quiz import Quiz
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer


class User(Struct, frozen=True):
    """A quiz master. `password_hash` is an argon2 hash with its parameters."""

    id: UserId
    name: str
    password_hash: str


class UserStore(Protocol):
    """Quiz masters. Names are unique whatever their case."""

    async def add(self, user: User, now: Millis) -> bool:
        """Store a new user; False when the name is taken."""
        ...

    async def by_name(self, name: str) -> User | None: ...

    async def by_id(self, user_id: UserId) -> User | None: ...

    async def set_password_hash(self, user_id: UserId, password_hash: str) -> None: ...

    async def count(self) -> int: ...


class StoredQuiz(Struct, frozen=True):
    """A quiz and the revision that its ETag names; revisions grow by one with every change."""

    id: QuizId
    owner: UserId
    revision: int
    updated_at: Millis
    quiz: Quiz


class QuizSummary(Struct, frozen=True):
    """A line in a list of quizzes; `questions` is how many there are."""

    id: QuizId
    title: str
    language: str
    questions: int
    updated_at: Millis


class QuizStore(Protocol):
    """Quizzes, each seen by its owner only."""

    async def add(self, quiz_id: QuizId, owner: UserId, quiz: Quiz, now: Millis) -> None:
        """Store a new quiz at revision 1."""
        ...

    async def get(self, quiz_id: QuizId, owner: UserId) -> StoredQuiz | None: ...

    async def page(self, owner: UserId, limit: int, after: tuple[Millis, QuizId] | None) -> Sequence[QuizSummary]:
        """The owner's quizzes, last changed first, at most `limit`, those behind the `after` line only."""
        ...

    async def replace(self, quiz_id: QuizId, owner: UserId, quiz: Quiz, revision: int, now: Millis) -> int | None:
        """Store a new revision if `revision` is the present one; the new revision, or None if it was not."""
        ...

    async def delete(self, quiz_id: QuizId, owner: UserId, revision: int | None) -> bool:
        """Remove a quiz (only at `revision`, when given); sessions made from it play on. False: nothing removed."""
        ...


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


class SessionStore(Protocol):
    """Sessions, seats and totals: the truth, of which everything else is a cache."""

    async def create(self, session: Session, quiz_id: QuizId | None) -> bool:
        """Store a new session with its frozen script; False when its PIN is in use by one that is not finished."""
        ...

    async def load(self, session_id: SessionId) -> Picture | None:
        """The present version with its board, consistent with each other."""
        ...

    async def find(self, pin: Pin) -> SessionId | None:
        """The session that can be joined by this PIN: the one that is not finished."""
        ...

    async def commit(self, decision: Decision, now: Millis) -> Board | None:
        """Make the decision true: atomically, if `decision.before.version` is still the present version.

        With the session's row are written, as the decision says, the totals of a question that closes (from its
        answer rows), all totals anew, and the loss of a seat. Answers that committed before count, later ones are
        refused by the answer log. Returns the board after it, with the reveal of a question that closes, or None when
        another version came first and nothing was written.
        """
        ...

    async def seat(
        self, session_id: SessionId, player_id: PlayerId, nickname: Nickname, now: Millis, most: int
    ) -> SeatRefusal | None:
        """Give a seat unless the session is locked, finished, has `most` seats, or a seat with the nickname's key.

        Does not change the version. The nickname of a player who was kicked is free again.
        """
        ...

    async def player(self, session_id: SessionId, player_id: PlayerId) -> Player | None: ...

    async def open_sessions(self) -> Sequence[SessionId]:
        """Sessions with an open question that has a deadline, due or not."""
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

    async def players(self, session_id: SessionId) -> Sequence[Player]:
        """Everyone who ever took a seat, kicked or not, in the order they joined."""
        ...


class PendingAnswer(Struct, frozen=True):
    """An answer on its way into the database. `month` is its session's, see `Session.month`."""

    session_id: SessionId
    month: int
    player_id: PlayerId
    question: int
    submission: SubmissionId
    answer: Answer
    received_at: Millis
    elapsed_ms: Millis


class AnswerRefusal(Enum):
    """Why an answer was not stored: a code of `ERRORS`."""

    CLOSED = "closed"
    WRONG_QUESTION = "wrong_question"
    UNSEATED = "unauthorized"


class AnswerLog(Protocol):
    """Answers, one row for each session, question and player; the first one stays."""

    async def append(self, pending: PendingAnswer) -> StoredAnswer | AnswerRefusal:
        """Store an answer with whatever else is waiting, and return after COMMIT.

        The session's row is checked in the same transaction: phase `question`, this question, the player seated.
        So an answer is either refused or counted by the close that follows it. When there is a row already, that row
        is returned: the caller tells a resend from a second answer by the submission id.

        Raises:
            Unavailable: also when too many answers wait.
        """
        ...

    async def flush(self) -> None:
        """Return when every answer appended before has been committed or refused."""
        ...

    async def find(self, session: Session, question: int, player_id: PlayerId) -> StoredAnswer | None: ...

    async def count(self, session: Session, question: int) -> int:
        """How many answers to the question are stored by players who still have their seat."""
        ...


class Fanout(Protocol):
    """Events out to connected clients, wherever they are connected.

    At most once and never waiting for a client: one that is too slow or away gets a snapshot when it is back. Events of
    one session arrive at one client in the order they were published here.
    """

    async def publish(self, session_id: SessionId, audience: Audience, event: ServerEvent) -> None: ...

    async def tell(self, session_id: SessionId, player_id: PlayerId, event: ServerEvent) -> None: ...

    async def part(self, session_id: SessionId, player_id: PlayerId) -> None:
        """End all connections of a player."""
        ...

    async def resync(self, session_id: SessionId) -> None:
        """Send every connected client of the session a fresh snapshot."""
        ...


class Clock(Protocol):
    """The service's clock."""

    def now(self) -> Millis:
        """Milliseconds since the epoch, as the database counts them."""
        ...


class Limiter(Protocol):
    """Counts attempts in a moving window, shared by all nodes."""

    async def hit(self, name: str, key: str) -> int | None:
        """Count one attempt of `key` against limit `name`; the seconds to wait when it is over the limit."""
        ...

    async def check(self, name: str, key: str) -> int | None:
        """The same without counting."""
        ...
