"""Where answers go: into the database, or into the overflow queue while the database is away.

An answer is safe once one of the two has it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from functools import partial
from typing import Protocol

import structlog
from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.game.deadlines import Performer
from quiz.game.emptying import Emptying, QueueAway
from quiz.game.errors import Unavailable
from quiz.game.patience import Patience, Waiting
from quiz.game.ports import AnswerLog, AnswerRefusal, OverflowQueue, PendingAnswer
from quiz.game.receipts import Receipt

log = structlog.get_logger("quiz.game")

Settle = Callable[[Receipt | AnswerRefusal | Unavailable | None], None]
"""Who is told what has become of an answer. None: that is not known, and `take` will tell."""


class TakingSettings(Struct, frozen=True, kw_only=True):
    """How long the database may take, how often the queue is looked at, and how much is written from it at once."""

    patience_ms: Millis = Millis(1_500)
    look_ms: Millis = Millis(250)
    batch: int = 500


class TakingObserver(Protocol):
    """Is told the numbers that metrics are made of."""

    def queue_waits(self, answers: int) -> None:
        """So many answers wait in the overflow queue, of all nodes."""
        ...

    def queued(self) -> None:
        """An answer was acked as queued."""
        ...

    def restored(self, answers: int) -> None:
        """So many answers have gone from the queue into the database, by way of this node."""
        ...


class Probe(Protocol):
    """Looks whether the database is there."""

    async def __call__(self) -> None: ...


class Taking:
    """Takes answers, and sees to it that the overflow queue is emptied when the database is back.

    Args:
        answers: the database.
        queue: None on a node that is alone: then players try again themselves.
        node: what this node is called among those that share the queue.
        probe: raises `Unavailable` while the database is away.
    """

    def __init__(
        self,
        answers: AnswerLog,
        queue: OverflowQueue | None,
        node: str,
        probe: Probe,
        settings: TakingSettings,
        observer: TakingObserver,
    ) -> None:
        self._answers = answers
        self._queue = queue
        self._emptying = None if queue is None else Emptying(answers, queue, node, settings.batch)
        self._probe = probe
        self._settings = settings
        self._observer = observer
        self._away = False
        self._waiting = 0
        self._performer: Performer | None = None
        self._patience = Patience(settings.patience_ms / 1000, partial(self._went, ""))

    def serve(self, performer: Performer) -> None:
        """Name who counts totals again; before that nothing that came late can be counted."""
        self._performer = performer

    def put(self, pending: PendingAnswer, settle: Settle) -> bool:
        """Begin to make an answer safe, where that takes nothing but the database; otherwise False, and use `take`.

        It costs neither a task nor a timer.

        Args:
            settle: is called once, later, if this gives True: with what `take` would have given back, or with None
                when the answer has to go the way of `take` after all, because the database does not answer in its
                time or cannot store it. On a node without a queue it gets the `Unavailable` instead, because `take`
                would only ask the same database again. It has to be quick, see `AnswerLog.put`.
        """
        if self._away or self._waiting:
            return False
        put = _Put(settle, None if self._queue is None else self._went)
        try:
            self._answers.put(pending, put.told)
        except Unavailable:
            return False
        if self._queue is not None:
            self._patience.begin(put)
        return True

    async def take(self, pending: PendingAnswer, *, may_queue: bool = True) -> Receipt | AnswerRefusal:
        """Make an answer safe, once: if the player has answered before, that answer is given back.

        Args:
            may_queue: False for a player of whom it is not known whether there is an answer in the database.

        Raises:
            Unavailable: neither the database nor the queue has it for sure; the same call should be made again.
        """
        if self._queue is None:
            return _receipt(await self._answers.append(pending))
        if (queued := await self._waits(pending.session_id, pending.question, pending.player_id)) is not None:
            return Receipt(queued, "queued")
        if not self._away:
            try:
                async with asyncio.timeout(self._patience_s):
                    return _receipt(await self._answers.append(pending))
            except (TimeoutError, Unavailable) as outage:
                self._went(str(outage))
        if not may_queue:
            raise Unavailable("The database has to say first whether there is an answer already.")
        return await self._enqueue(self._queue, pending)

    async def find(self, session: Session, question: int, player_id: PlayerId) -> Receipt | None:
        """A player's answer, in the database or on its way there.

        Raises:
            Unavailable: it is not known; said at once while the database is known to be away.
        """
        if (queued := await self._waits(session.id, question, player_id)) is not None:
            return Receipt(queued, "queued")
        if self._away:
            raise Unavailable("The database is away.")
        stored = await self._answers.find(session, question, player_id)
        return None if stored is None else Receipt(stored, "saved")

    async def find_all(
        self, session: Session, question: int, players: Collection[PlayerId]
    ) -> Mapping[PlayerId, Receipt]:
        """The answers of these players that are in the database.

        Raises:
            Unavailable: they are not known.
        """
        stored = await self._answers.find_all(session, question, players)
        return {player: Receipt(answer, "saved") for player, answer in stored.items()}

    async def count(self, session: Session, question: int) -> int:
        """How many answers to the question are stored by players who still have their seat."""
        return await self._answers.count(session, question)

    async def settle(self) -> None:
        """Return when answers taken before are in their rows, or are known to be counted later.

        Raises:
            Unavailable: the database is away.
        """
        await self._answers.flush()
        if self._queue is None or self._emptying is None:
            return
        try:
            self._count(await self._queue.waiting())
        except Unavailable:
            return  # what is in there comes later
        if self._waiting:
            try:
                await self._move(self._emptying)
            except QueueAway:
                return

    async def run(self) -> None:
        """Empty the queue whenever the database is there, for ever."""
        if self._queue is None or self._emptying is None:
            return
        while True:
            await asyncio.sleep(self._settings.look_ms / 1000)
            try:
                await self._look(self._queue, self._emptying)
            except Unavailable:
                continue
            except Exception:
                log.exception("answers stay queued", action="overflow")

    async def _look(self, queue: OverflowQueue, emptying: Emptying) -> None:
        """Empty the queue if there is something in it, and see whether the database is back.

        Raises:
            Unavailable: it is not.
        """
        try:
            self._count(await queue.waiting())
        except Unavailable:
            self._waiting = 0
        if self._waiting:
            await self._empty(emptying)
        if self._away:  # both may have been, and the database be back before the queue is
            await self._probe()
            self._back()

    async def _empty(self, emptying: Emptying) -> None:
        if self._performer is None:
            raise RuntimeError("answers leave the queue before anybody can count them")
        with suppress(QueueAway):
            await self._move(emptying)
        with suppress(QueueAway):
            await emptying.count(self._performer)

    async def _move(self, emptying: Emptying) -> None:
        if moved := await emptying.move(self._waiting):
            self._observer.restored(moved)
            log.info("queued answers stored", action="overflow", answers=moved)
            self._back()

    async def _enqueue(self, queue: OverflowQueue, pending: PendingAnswer) -> Receipt:
        kept = await queue.add(pending)
        self._waiting = max(self._waiting, 1)
        self._observer.queued()
        return Receipt(kept.as_stored(), "queued")

    async def _waits(self, session_id: SessionId, question: int, player_id: PlayerId) -> StoredAnswer | None:
        if self._queue is None or not self._waiting:
            return None
        try:
            pending = await self._queue.find(session_id, question, player_id)
        except Unavailable:
            return None
        return None if pending is None else pending.as_stored()

    @property
    def _patience_s(self) -> float:
        return self._settings.patience_ms / 1000

    def _count(self, waiting: int) -> None:
        self._waiting = waiting
        self._observer.queue_waits(waiting)

    def _went(self, reason: str) -> None:
        if not self._away:
            self._away = True
            log.warning("answers are queued", action="overflow", reason=reason or "no answer in time")

    def _back(self) -> None:
        if self._away:
            self._away = False
            log.info("the database takes answers again", action="overflow")


class _Put(Waiting):
    """An answer that was put into the database.

    Args:
        went: is told of an outage before `settle`; None where there is no other way than the database.
    """

    __slots__ = ("_settle", "_went")

    def __init__(self, settle: Settle, went: Callable[[str], None] | None) -> None:
        super().__init__()
        self._settle = settle
        self._went = went

    def told(self, outcome: StoredAnswer | AnswerRefusal | Exception) -> None:
        """Pass on what has become of the answer, unless patience has ended."""
        if not self.waits:
            return
        self.waits = False
        if isinstance(outcome, StoredAnswer):
            self._settle(Receipt(outcome, "saved"))
        elif isinstance(outcome, AnswerRefusal):
            self._settle(outcome)
        elif not isinstance(outcome, Unavailable):
            self._settle(None)
        elif self._went is None:
            self._settle(outcome)
        else:
            self._went(str(outcome))
            self._settle(None)

    def given_up(self) -> None:
        self.waits = False
        self._settle(None)


def _receipt(outcome: StoredAnswer | AnswerRefusal) -> Receipt | AnswerRefusal:
    return outcome if isinstance(outcome, AnswerRefusal) else Receipt(outcome, "saved")
