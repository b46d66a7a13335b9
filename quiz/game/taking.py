"""Where answers go: into the database, or into the overflow queue while the database is away.

An answer is safe once one of the two has it. What was queued reaches its row later under the same submission and with
its own arrival time, also when its question has closed meanwhile: then the session's totals are counted again. So a
queued answer is never lost to a close, and a close need not know whether every node has heard of it.
"""

from __future__ import annotations

import asyncio
from typing import Literal, Protocol

import structlog
from msgspec import Struct

from quiz.domain.commands import Recount
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.game.deadlines import Performer
from quiz.game.errors import Refused, Unavailable
from quiz.game.ports import AnswerLog, AnswerRefusal, OverflowQueue, PendingAnswer, QueuedAnswer

log = structlog.get_logger("quiz.game")


class Receipt(Struct, frozen=True):
    """An answer that is safe, and where."""

    answer: StoredAnswer
    status: Literal["saved", "queued"]


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
    """Takes answers, and empties the overflow queue when the database is back.

    Args:
        answers: the database.
        queue: None on a node that is alone: then players try again themselves.
        probe: raises `Unavailable` while the database is away.
    """

    def __init__(
        self,
        answers: AnswerLog,
        queue: OverflowQueue | None,
        probe: Probe,
        settings: TakingSettings,
        observer: TakingObserver,
    ) -> None:
        self._answers = answers
        self._queue = queue
        self._probe = probe
        self._settings = settings
        self._observer = observer
        self._away = False
        self._waiting = 0
        self._uncounted: dict[str, QueuedAnswer] = {}
        self._unwritable: set[str] = set()
        self._emptying = asyncio.Lock()
        self._performer: Performer | None = None

    def serve(self, performer: Performer) -> None:
        """Name who counts totals again; before that nothing can be restored."""
        self._performer = performer

    async def take(self, pending: PendingAnswer) -> Receipt | AnswerRefusal:
        """Make an answer safe, once: if the player has answered before, that answer is given back.

        Raises:
            Unavailable: neither the database nor the queue has it for sure; the same call should be made again.
        """
        if self._queue is None:
            return _receipt(await self._answers.append(pending))
        if self._away:
            return await self._enqueue(self._queue, pending)
        if (queued := await self._waits(pending.session_id, pending.question, pending.player_id)) is not None:
            return Receipt(queued, "queued")
        try:
            async with asyncio.timeout(self._settings.patience_ms / 1000):
                return _receipt(await self._answers.append(pending))
        except (TimeoutError, Unavailable) as outage:
            if not self._away:
                self._away = True
                log.warning("answers are queued", action="overflow", reason=str(outage) or "no answer in time")
            return await self._enqueue(self._queue, pending)

    async def find(self, session: Session, question: int, player_id: PlayerId) -> Receipt | None:
        """A player's answer, in the database or on its way there."""
        if (queued := await self._waits(session.id, question, player_id)) is not None:
            return Receipt(queued, "queued")
        stored = await self._answers.find(session, question, player_id)
        return None if stored is None else Receipt(stored, "saved")

    async def count(self, session: Session, question: int) -> int:
        """How many answers to the question are stored by players who still have their seat."""
        return await self._answers.count(session, question)

    async def settle(self) -> None:
        """Return when answers taken before are in their rows, or are known to be counted later.

        Raises:
            Unavailable: the database is away.
        """
        await self._answers.flush()
        if self._queue is None:
            return
        try:
            self._count(await self._queue.waiting())
        except Unavailable:
            return  # what is in there comes later
        if self._waiting:
            await self._restore(self._queue, self._waiting)

    async def run(self) -> None:
        """Empty the queue whenever the database is there, for ever."""
        if self._queue is None:
            return
        while True:
            await asyncio.sleep(self._settings.look_ms / 1000)
            try:
                await self._look(self._queue)
            except Unavailable:
                continue
            except Exception:
                log.exception("answers stay queued", action="overflow")

    async def _look(self, queue: OverflowQueue) -> None:
        """Empty the queue if there is something in it, and see whether the database is back.

        Raises:
            Unavailable: it is not.
        """
        try:
            self._count(await queue.waiting())
        except Unavailable:
            if self._away:  # both were: the database may be back before the queue is
                await self._probe()
                self._back()
            return
        if self._waiting:
            await self._restore(queue, self._waiting)
            await self._count_again(queue)
        elif self._away:
            await self._probe()
            self._back()

    async def _restore(self, queue: OverflowQueue, most: int) -> None:
        """Move about `most` answers into their rows, those that came first before the others.

        Those of questions that have closed stay in the queue until they are counted, so that this is done even if
        this node dies. It is not done here: whoever closes a question waits for this.
        """
        async with self._emptying:
            moved, at_once = 0, self._settings.batch
            while moved < most:
                passed_over = self._uncounted.keys() | self._unwritable
                oldest = await queue.oldest(at_once + len(passed_over))
                batch = [queued for queued in oldest if queued.entry not in passed_over][:at_once]
                if not batch:
                    break
                try:
                    closed = await self._answers.restore([queued.pending for queued in batch])
                except Unavailable:
                    raise
                except Exception:
                    if at_once == 1:
                        log.exception("answer cannot be stored", action="overflow", entry=batch[0].entry)
                        self._unwritable.add(batch[0].entry)
                    at_once = 1  # one that cannot be stored must not keep the others waiting
                    continue
                late = [queued for queued in batch if queued.pending.session_id in closed]
                self._uncounted.update((queued.entry, queued) for queued in late)
                await queue.done([queued for queued in batch if queued.pending.session_id not in closed])
                moved += len(batch)
            if moved:
                self._observer.restored(moved)
                log.info("queued answers stored", action="overflow", answers=moved)
            self._back()

    async def _count_again(self, queue: OverflowQueue) -> None:
        """Have totals computed anew where answers came to closed questions, and forget those answers."""
        late = list(self._uncounted.values())
        for session_id in dict.fromkeys(queued.pending.session_id for queued in late):
            await self._recount(session_id)
        await queue.done(late)
        for queued in late:
            self._uncounted.pop(queued.entry, None)

    async def _recount(self, session_id: SessionId) -> None:
        if self._performer is None:
            raise RuntimeError("answers are restored before anybody can count them")
        try:
            await self._performer.perform(session_id, Recount())
        except Refused as refused:
            if refused.code == "stale":
                raise Unavailable("others keep moving the session") from refused

    async def _enqueue(self, queue: OverflowQueue, pending: PendingAnswer) -> Receipt:
        kept = await queue.add(pending)
        self._waiting = max(self._waiting, 1)
        self._observer.queued()
        return Receipt(_stored(kept), "queued")

    async def _waits(self, session_id: SessionId, question: int, player_id: PlayerId) -> StoredAnswer | None:
        if self._queue is None or not self._waiting:
            return None
        try:
            pending = await self._queue.find(session_id, question, player_id)
        except Unavailable:
            return None
        return None if pending is None else _stored(pending)

    def _count(self, waiting: int) -> None:
        self._waiting = waiting
        self._observer.queue_waits(waiting)

    def _back(self) -> None:
        if self._away:
            self._away = False
            log.info("the database takes answers again", action="overflow")


def _receipt(outcome: StoredAnswer | AnswerRefusal) -> Receipt | AnswerRefusal:
    return outcome if isinstance(outcome, AnswerRefusal) else Receipt(outcome, "saved")


def _stored(pending: PendingAnswer) -> StoredAnswer:
    return StoredAnswer(
        pending.player_id,
        pending.question,
        pending.submission,
        pending.answer,
        pending.received_at,
        pending.elapsed_ms,
    )
