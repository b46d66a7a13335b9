"""An answer log and an overflow queue that the test holds in its hand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.game.ports import AnswerRefusal, PendingAnswer, QueuedAnswer


class HeldLog:
    """An `AnswerLog` that stores nothing until the test settles what waits."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[StoredAnswer | AnswerRefusal | Exception], None]] = []
        self.appended = 0
        self.full = False

    def settle(self, *outcomes: StoredAnswer | AnswerRefusal | Exception) -> None:
        """Tell all that wait, in order."""
        waiting, self.waiting = self.waiting, []
        for settle, outcome in zip(waiting, outcomes, strict=True):
            settle(outcome)

    def put(self, pending: PendingAnswer, settle: Callable[[StoredAnswer | AnswerRefusal | Exception], None]) -> None:
        if self.full:
            raise Unavailable("full")
        self.waiting.append(settle)

    async def append(self, pending: PendingAnswer) -> StoredAnswer | AnswerRefusal:
        self.appended += 1
        return pending.as_stored()

    async def restore(self, batch: Sequence[PendingAnswer]) -> Collection[SessionId]:
        raise Unavailable("away")

    async def flush(self) -> None:
        return

    async def find(self, session: Session, question: int, player_id: PlayerId) -> StoredAnswer | None:
        return None

    async def find_all(
        self, session: Session, question: int, players: Collection[PlayerId]
    ) -> Mapping[PlayerId, StoredAnswer]:
        return {}

    async def count(self, session: Session, question: int) -> int:
        return 0


class HeldQueue:
    """An `OverflowQueue` that says as many wait as the test does, and keeps what is added."""

    def __init__(self) -> None:
        self.added: list[PendingAnswer] = []
        self.waits = 0

    async def add(self, pending: PendingAnswer) -> PendingAnswer:
        self.added.append(pending)
        return pending

    async def find(self, session_id: SessionId, question: int, player_id: PlayerId) -> PendingAnswer | None:
        return None

    async def waiting(self) -> int:
        return self.waits

    async def oldest(self, most: int, after: str | None = None) -> Sequence[QueuedAnswer]:
        raise Unavailable("away")

    async def claim(self, node: str, life_ms: Millis) -> bool:
        return False

    async def done(self, answers: Sequence[QueuedAnswer]) -> None:
        return


class Unheard:
    """A `TakingObserver` that does not care."""

    def queue_waits(self, answers: int) -> None: ...

    def queued(self) -> None: ...

    def restored(self, answers: int) -> None: ...
