"""Answers: in the database, and on their way there while it is away."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import Enum
from typing import Protocol

from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId, SessionId, SubmissionId
from quiz.domain.messages import Answer
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer


class PendingAnswer(Struct, frozen=True, gc=False):
    """An answer on its way into the database. `month` is its session's, see `Session.month`."""

    session_id: SessionId
    month: int
    player_id: PlayerId
    question: int
    submission: SubmissionId
    answer: Answer
    received_at: Millis
    elapsed_ms: Millis

    def as_stored(self) -> StoredAnswer:
        """What its row says once it is written, and it is the first of its kind."""
        return StoredAnswer(
            self.player_id, self.question, self.submission, self.answer, self.received_at, self.elapsed_ms
        )


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

    def put(self, pending: PendingAnswer, settle: Callable[[StoredAnswer | AnswerRefusal | Exception], None]) -> None:
        """Do what `append` does without anybody who waits for it.

        Args:
            settle: is called once, after COMMIT and never before this returns, with what `append` would have given
                back or raised. Answers that were stored together are told of together, one after the other in the
                same step of the event loop and in the order in which they were put: it must be quick. Should it
                raise, the others are told all the same.

        Raises:
            Unavailable: when too many answers wait, or no more are taken; then `settle` is never called.
        """
        ...

    async def restore(self, batch: Sequence[PendingAnswer]) -> Collection[SessionId]:
        """Store answers that were acked `queued`, whatever has become of their sessions since, in one transaction.

        A row that is there under the same submission id gets the earlier arrival of the two; one under another id
        stays. Answers of sessions and players that do not exist are left out. Returns the sessions in which the
        question of one of these answers has closed, so that totals may have to be counted again. Safe to repeat: as
        long as the question stays closed a repetition names the session too, in case nobody came to count.
        """
        ...

    async def flush(self) -> None:
        """Return when every answer appended or put before has been committed or refused, and `settle` called."""
        ...

    async def find(self, session: Session, question: int, player_id: PlayerId) -> StoredAnswer | None: ...

    async def find_all(
        self, session: Session, question: int, players: Collection[PlayerId]
    ) -> Mapping[PlayerId, StoredAnswer]:
        """The answers of these players to the question, in one query; those who gave none are left out."""
        ...

    async def count(self, session: Session, question: int) -> int:
        """How many answers to the question are stored by players who still have their seat."""
        ...


class QueuedAnswer(Struct, frozen=True):
    """An answer in the overflow queue, by the name it has there."""

    entry: str
    pending: PendingAnswer


class OverflowQueue(Protocol):
    """Answers that wait outside the database while it is away, shared by all nodes, one for each question and player.

    An answer that was added is kept until it is `done`, whatever becomes of the node that added it. Every method
    raises `Unavailable` when the queue does not answer in its time; `add` may then have been carried out.
    """

    async def add(self, pending: PendingAnswer) -> PendingAnswer:
        """Queue an answer and give it back; or give the one that waits already for this question and player.

        The caller tells a resend from a second answer by the submission id.

        Raises:
            Unavailable: also when the queue is full.
        """
        ...

    async def find(self, session_id: SessionId, question: int, player_id: PlayerId) -> PendingAnswer | None:
        """The answer that waits."""
        ...

    async def waiting(self) -> int:
        """How many answers wait."""
        ...

    async def oldest(self, most: int, after: str | None = None) -> Sequence[QueuedAnswer]:
        """Those that came first, in the order they came; with `after`, those that came first behind that entry."""
        ...

    async def claim(self, node: str, life_ms: Millis) -> bool:
        """Whether it is up to this node to count late answers, for so long: others are told no until then.

        It saves work and is no lock: a node that is held up may find that another has taken over.
        """
        ...

    async def done(self, answers: Sequence[QueuedAnswer]) -> None:
        """Forget answers that are in the database. Safe to repeat."""
        ...
