"""Many callers, one COMMIT: what each brings is written together with what the others bring.

A caller gets its outcome after the COMMIT, never before. Batches are written one after the other by one task, in the
order in which their items came: the more there are, the larger the batches grow, by themselves. All of a batch are told
in one go, so that an item costs no task and no future.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

import structlog

from quiz.game.errors import Unavailable
from quiz.storage.settings import GroupCommitSettings

log = structlog.get_logger("quiz.storage")

Item = TypeVar("Item")
Outcome = TypeVar("Outcome")
Settle = Callable[[Outcome | Exception], None]
"""Who is told what has become of an item."""


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
        self._queue: deque[tuple[Item, Settle[Outcome]]] = deque()
        self._batch: list[tuple[Item, Settle[Outcome]]] = []
        self._since = 0.0
        """When the queue was last empty, by the loop's clock."""
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

    def put(self, item: Item, settle: Settle[Outcome]) -> None:
        """Have the item written.

        Args:
            settle: is called once, later, with the outcome after COMMIT, or with what `append` would have raised. All
                of a batch are told one after the other in the same step of the event loop, so it must be quick.

        Raises:
            Unavailable: when too many wait or the queue is not open; then `settle` is never called.
        """
        queue = self._queue
        if not self._open:
            raise Unavailable("The storage is closed.")
        if len(queue) >= self._settings.queue_rows:
            raise Unavailable(f"{len(queue)} others wait already.")
        if not queue:
            self._since = asyncio.get_running_loop().time()
            self._wake.set()
        queue.append((item, settle))
        if len(queue) >= self._settings.batch_rows:
            self._hurry.set()

    async def append(self, item: Item) -> Outcome:
        """Wait until the item has been written. When the caller is cancelled, it may still be.

        Raises:
            Unavailable: when too many wait, the database cannot be reached, or the queue is not open.
            Exception: what writing this very item has raised.
        """
        settled: asyncio.Future[Outcome | Exception] = asyncio.get_running_loop().create_future()

        def settle(outcome: Outcome | Exception) -> None:
            if not settled.cancelled():
                settled.set_result(outcome)

        self.put(item, settle)
        outcome = await settled
        if isinstance(outcome, Unavailable):
            raise Unavailable(str(outcome)) from outcome
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    async def flush(self) -> None:
        """Return when every item put before has its outcome; they do not linger for company."""
        if last := (self._queue or self._batch):
            self._hurry.set()
            settled = asyncio.Event()
            item, settle = last[-1]

            def settle_and_say_so(outcome: Outcome | Exception) -> None:
                try:
                    settle(outcome)
                finally:
                    settled.set()

            last[-1] = (item, settle_and_say_so)
            await settled.wait()

    async def _run(self) -> None:
        try:
            while await self._gather():
                await self._commit()
        finally:
            # Something still waits here only when this task was cancelled or has failed.
            self._open = False
            self._give_up(Unavailable("The storage was closed."))

    async def _gather(self) -> bool:
        """Take up the next batch; False when there will be none."""
        while not self._queue:
            if not self._open:
                return False
            self._wake.clear()
            await self._wake.wait()
        if len(self._queue) < self._settings.batch_rows and not self._hurry.is_set():
            # Set by a full batch, by `flush`, by leaving, and in the end by the clock.
            late = asyncio.get_running_loop().call_at(self._since + self._settings.linger_ms / 1000, self._hurry.set)
            try:
                await self._hurry.wait()
            finally:
                late.cancel()
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
            outcomes = await self._outcomes([item for item, _ in self._batch])
        except Unavailable as outage:
            # Those behind would only wait as long again.
            self._observer.failed(len(self._batch) + len(self._queue), clock() - started)
            self._give_up(outage)
        else:
            self._observer.committed(len(self._batch), clock() - started)
            batch, self._batch = self._batch, []
            self._tell(zip([settle for _, settle in batch], outcomes, strict=True))

    async def _outcomes(self, items: Sequence[Item]) -> Sequence[Outcome | Exception]:
        """Write all, or halve until the item that cannot be written is alone.

        Raises:
            Unavailable: then some may have been written all the same.
        """
        try:
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

    def _give_up(self, outage: Unavailable) -> None:
        lost = [*self._batch, *self._queue]
        self._batch = []
        self._queue.clear()
        self._tell((settle, outage) for _, settle in lost)

    @staticmethod
    def _tell(outcomes: Iterable[tuple[Settle[Outcome], Outcome | Exception]]) -> None:
        failed: Exception | None = None
        for settle, outcome in outcomes:
            try:
                settle(outcome)
            except Exception as error:  # noqa: BLE001  (it is no fault of those who come after)
                failed = error
        if failed is not None:
            log.error("an outcome could not be told", action="group commit", exc_info=failed)
