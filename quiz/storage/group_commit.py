"""Many callers, one COMMIT: what each brings is written together with what the others bring.

A caller gets its outcome after the COMMIT, never before. Batches are written one after the other by one task, in the
order in which their items came: the more there are, the larger the batches grow, by themselves.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from quiz.game.errors import Unavailable
from quiz.storage.settings import GroupCommitSettings

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")


class HeldUp(Unavailable):
    """This process was held up in the middle of a transaction, which the server has ended: nothing was written."""


class GroupCommitObserver(Protocol):
    """Is told the numbers that metrics are made of."""

    def waiting(self, items: int) -> None:
        """So many items are in no batch yet. Told whenever a batch is taken up."""
        ...

    def committed(self, items: int, seconds: float) -> None:
        """A batch of so many items has been written, and took so long."""
        ...

    def failed(self, items: int, seconds: float) -> None:
        """So many items were given up after so long, because the database was unavailable."""
        ...


class Unobserved:
    """A `GroupCommitObserver` that does not care."""

    def waiting(self, items: int) -> None: ...

    def committed(self, items: int, seconds: float) -> None: ...

    def failed(self, items: int, seconds: float) -> None: ...


class _Entry(Generic[Item, Outcome]):
    """An item that waits, since an instant of the loop's clock, and what becomes of it."""

    __slots__ = ("item", "outcome", "since")

    def __init__(self, item: Item, loop: asyncio.AbstractEventLoop) -> None:
        self.item = item
        self.since = loop.time()
        self.outcome: asyncio.Future[Outcome | BaseException] = loop.create_future()


class GroupCommit(Generic[Item, Outcome]):
    """The queue before the database. Enter it to start its task; leaving it writes what waits and ends the task.

    Args:
        write: writes a batch in one transaction and gives each item's outcome, in order. When it raises `Unavailable`
            the batch may have been written; when it raises anything else, it has written nothing.
        settings: sizes and times.
        observer: is told how it goes.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Item]], Awaitable[Sequence[Outcome]]],
        settings: GroupCommitSettings,
        observer: GroupCommitObserver,
    ) -> None:
        self._write = write
        self._settings = settings
        self._observer = observer
        self._queue: deque[_Entry[Item, Outcome]] = deque()
        self._batch: list[_Entry[Item, Outcome]] = []
        self._wake = asyncio.Event()
        self._hurry = asyncio.Event()
        self._open = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._open = True
        self._task = asyncio.create_task(self._run(), name="group-commit")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._wake.set()
        self._hurry.set()
        if self._task is not None:
            await self._task

    async def append(self, item: Item) -> Outcome:
        """Wait until the item has been written. When the caller is cancelled, it may still be.

        Raises:
            Unavailable: when too many wait, the database cannot be reached, or the queue is not open.
            Exception: what writing this very item has raised.
        """
        if not self._open:
            raise Unavailable("The storage is closed.")
        if len(self._queue) >= self._settings.queue_rows:
            raise Unavailable(f"{len(self._queue)} others wait already.")
        entry: _Entry[Item, Outcome] = _Entry(item, asyncio.get_running_loop())
        self._queue.append(entry)
        self._wake.set()
        if len(self._queue) >= self._settings.batch_rows:
            self._hurry.set()
        # Shielded, so that `flush` still learns what becomes of an item whose caller has gone.
        outcome = await asyncio.shield(entry.outcome)
        if isinstance(outcome, Unavailable):
            raise Unavailable(str(outcome)) from outcome
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def flush(self) -> None:
        """Return when every item appended before has its outcome; they do not linger for company."""
        if last := (self._queue or self._batch):
            self._hurry.set()
            await asyncio.wait([last[-1].outcome])

    async def _run(self) -> None:
        try:
            while await self._gather():
                await self._commit()
        finally:
            # Something still waits here only when this task was cancelled or has failed.
            self._open = False
            self._give_up([*self._batch, *self._queue], Unavailable("The storage was closed."))

    async def _gather(self) -> bool:
        """Take up the next batch; False when there will be none."""
        while not self._queue:
            if not self._open:
                return False
            self._wake.clear()
            await self._wake.wait()
        if len(self._queue) < self._settings.batch_rows:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(self._queue[0].since + self._settings.linger_ms / 1000):
                    # Set by a full batch, by `flush` and by leaving.
                    await self._hurry.wait()
        size = min(len(self._queue), self._settings.batch_rows)
        self._batch = [self._queue.popleft() for _ in range(size)]
        if not self._queue:
            self._hurry.clear()
        self._observer.waiting(len(self._queue))
        return True

    async def _commit(self) -> None:
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            outcomes = await self._outcomes([entry.item for entry in self._batch])
        except Unavailable as outage:
            # Those behind would only wait as long again.
            lost = [*self._batch, *self._queue]
            self._queue.clear()
            self._observer.failed(len(lost), clock() - started)
            self._give_up(lost, outage)
        else:
            self._observer.committed(len(self._batch), clock() - started)
            for entry, outcome in zip(self._batch, outcomes, strict=True):
                entry.outcome.set_result(outcome)
        self._batch = []

    async def _outcomes(self, items: Sequence[Item]) -> Sequence[Outcome | BaseException]:
        """Write all, or halve until the item that cannot be written is alone.

        Raises:
            Unavailable: then some may have been written all the same.
        """
        try:
            return await self._write(items)
        except HeldUp:
            return await self._write(items)
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  (its caller gets it)
            if len(items) == 1:
                return [error]
        half = len(items) // 2
        return [*await self._outcomes(items[:half]), *await self._outcomes(items[half:])]

    @staticmethod
    def _give_up(entries: Sequence[_Entry[Item, Outcome]], outage: Unavailable) -> None:
        for entry in entries:
            if not entry.outcome.done():
                entry.outcome.set_result(outage)
