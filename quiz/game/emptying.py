"""Moving answers from the overflow queue into their rows, and having them counted.

What was queued reaches its row under the same submission and with its own arrival time, also when its question has
closed meanwhile: then the session's totals are counted again. So a queued answer is never lost to a close, and a close
need not know whether every node has heard of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from typing import Final, TypeVar

import structlog

from quiz.domain.commands import Recount
from quiz.domain.ids import Millis, SessionId
from quiz.game.deadlines import Performer
from quiz.game.errors import Refused, Unavailable
from quiz.game.ports import AnswerLog, OverflowQueue, QueuedAnswer

CLAIM_MS: Final = Millis(5_000)
"""How long a node that began to count late answers keeps the others from doing the same work."""

T = TypeVar("T")

log = structlog.get_logger("quiz.game")


class QueueAway(Unavailable):
    """It is the queue that does not answer; the database may well."""


class Emptying:
    """The way out of the overflow queue.

    Args:
        node: what this node is called among those that share the queue.
        batch: how many answers are written at once.
    """

    def __init__(self, answers: AnswerLog, queue: OverflowQueue, node: str, batch: int) -> None:
        self._answers = answers
        self._queue = queue
        self._node = node
        self._batch = batch
        self._uncounted: dict[str, QueuedAnswer] = {}
        self._unwritable: set[str] = set()
        self._lock = asyncio.Lock()

    async def move(self, most: int) -> int:
        """Write about `most` answers into their rows, those that came first before the others; how many there were.

        Those of questions that have closed stay in the queue until they are counted, so that this is done even if
        this node dies. It is not done here: whoever closes a question waits for this.

        Raises:
            QueueAway, Unavailable: some may have been moved.
        """
        moved, seen, after = 0, 0, None
        async with self._lock:
            while seen < most:
                page = await _ask(self._queue.oldest(self._batch, after))
                if not page:
                    break
                seen, after = seen + len(page), page[-1].entry
                moved += await self._write([queued for queued in page if self._is_new(queued)])
        return moved

    async def count(self, performer: Performer) -> None:
        """Have totals computed anew where answers came to closed questions, and forget those answers.

        Raises:
            QueueAway, Unavailable: the rest stays to be counted.
        """
        if not self._uncounted or not await _ask(self._queue.claim(self._node, CLAIM_MS)):
            # Another node counts; what it has not done when its claim is over is found in the queue again.
            self._uncounted.clear()
            return
        late = list(self._uncounted.values())
        for session_id in dict.fromkeys(queued.pending.session_id for queued in late):
            await _recount(performer, session_id)
        await _ask(self._queue.done(late))
        self._uncounted.clear()

    def _is_new(self, queued: QueuedAnswer) -> bool:
        return queued.entry not in self._uncounted and queued.entry not in self._unwritable

    async def _write(self, batch: Sequence[QueuedAnswer]) -> int:
        """Write all, or halve until the answer that cannot be written is alone; how many were written."""
        if not batch:
            return 0
        try:
            closed = await self._answers.restore([queued.pending for queued in batch])
        except Unavailable:
            raise
        except Exception:
            if len(batch) == 1:
                # It stays in the queue for whoever looks into this.
                log.exception("queued answer cannot be stored", action="overflow", entry=batch[0].entry)
                self._unwritable.add(batch[0].entry)
                return 0
            half = len(batch) // 2
            return await self._write(batch[:half]) + await self._write(batch[half:])
        late = [queued for queued in batch if queued.pending.session_id in closed]
        self._uncounted.update((queued.entry, queued) for queued in late)
        await _ask(self._queue.done([queued for queued in batch if queued.pending.session_id not in closed]))
        return len(batch)


async def _recount(performer: Performer, session_id: SessionId) -> None:
    try:
        await performer.perform(session_id, Recount())
    except Refused as refused:
        if refused.code == "stale":
            raise Unavailable("others keep moving the session") from refused


async def _ask(call: Awaitable[T]) -> T:
    try:
        return await call
    except Unavailable as away:
        raise QueueAway(str(away)) from away
