"""The queue before the database, with a writer that the test holds in its hand."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from itertools import chain

import pytest

from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.storage.group_commit import GroupCommit, HeldUp
from quiz.storage.settings import GroupCommitSettings

BAD = 13
"""An item that cannot be written."""


class Scribe:
    """Writes each item as a text. Waits while `go` is cleared; breaks while `down` is set; cannot write `BAD`."""

    def __init__(self) -> None:
        self.written: list[list[int]] = []
        self.tried: list[list[int]] = []
        self.go = asyncio.Event()
        self.go.set()
        self.down = False
        self.held_up = 0
        """So many times a batch is cut off in the middle."""
        self.busy = asyncio.Event()

    async def write(self, items: Sequence[int]) -> list[str]:
        self.tried.append([*items])
        self.busy.set()
        await self.go.wait()
        if self.down:
            raise Unavailable("down")
        if self.held_up:
            self.held_up -= 1
            raise HeldUp("too long in the middle")
        if BAD in items:
            raise ValueError("unlucky")
        self.written.append([*items])
        return [str(item) for item in items]


class Tally:
    """A `GroupCommitObserver` that keeps what it is told."""

    def __init__(self) -> None:
        self.depths: list[int] = []
        self.batches: list[int] = []
        self.failures: list[int] = []
        self.seconds: list[float] = []

    def waiting(self, items: int) -> None:
        self.depths.append(items)

    def committed(self, items: int, seconds: float) -> None:
        self.batches.append(items)
        self.seconds.append(seconds)

    def failed(self, items: int, seconds: float) -> None:
        self.failures.append(items)
        self.seconds.append(seconds)


AT_ONCE = GroupCommitSettings(batch_rows=10, linger_ms=Millis(0), queue_rows=100)
PATIENT = GroupCommitSettings(batch_rows=10, linger_ms=Millis(60_000), queue_rows=100)


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


@pytest.fixture
def tally() -> Tally:
    return Tally()


def group_commit(scribe: Scribe, settings: GroupCommitSettings, tally: Tally) -> GroupCommit[int, str]:
    return GroupCommit(scribe.write, settings, tally)


def append(commit: GroupCommit[int, str], *items: int) -> list[asyncio.Task[str]]:
    return [asyncio.create_task(commit.append(item)) for item in items]


async def test_each_caller_gets_the_outcome_of_its_own_item(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        assert await asyncio.gather(*append(commit, 3, 1, 2)) == ["3", "1", "2"]


async def test_a_batch_that_was_cut_off_because_this_process_was_held_up_is_written_once_more(
    scribe: Scribe, tally: Tally
) -> None:
    scribe.held_up = 1
    async with group_commit(scribe, GroupCommitSettings(linger_ms=Millis(1)), tally) as commit:
        assert await commit.append(1) == "1"
        scribe.held_up = 2
        with pytest.raises(Unavailable):
            await commit.append(2)
    assert (scribe.written, tally.failures) == ([[1]], [1])


async def test_an_item_that_cannot_be_written_keeps_its_error_when_its_batch_was_cut_off_before(
    scribe: Scribe, tally: Tally
) -> None:
    scribe.held_up = 1
    async with group_commit(scribe, PATIENT, tally) as commit:
        appended = append(commit, 1, 2, BAD, 4)
        await asyncio.sleep(0)
        await commit.flush()
        async with asyncio.timeout(5):
            outcomes = await asyncio.gather(*appended, return_exceptions=True)
        assert [each if isinstance(each, str) else type(each) for each in outcomes] == ["1", "2", ValueError, "4"]
        assert await asyncio.wait_for(append_hurried(commit, 7), 5) == "7"
    assert sorted(chain(*scribe.written)) == [1, 2, 4, 7]
    assert tally.failures == []


async def test_nobody_gets_an_outcome_before_the_batch_is_written(scribe: Scribe, tally: Tally) -> None:
    scribe.go.clear()
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        appended = append(commit, 1, 2)
        await scribe.busy.wait()
        assert not any(task.done() for task in appended)
        scribe.go.set()
        await asyncio.gather(*appended)


async def test_a_full_batch_does_not_linger(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, PATIENT, tally) as commit:
        await asyncio.gather(*append(commit, *range(100, 110)))
    assert scribe.written == [[*range(100, 110)]]


async def test_a_batch_goes_when_it_has_lingered_long_enough(scribe: Scribe, tally: Tally) -> None:
    brief = GroupCommitSettings(batch_rows=10, linger_ms=Millis(20), queue_rows=100)
    loop = asyncio.get_running_loop()
    async with group_commit(scribe, brief, tally) as commit:
        started = loop.time()
        first, second = append(commit, 1, 2)
        await asyncio.gather(first, second)
        assert loop.time() - started >= 0.019
    assert scribe.written == [[1, 2]]


async def test_what_comes_during_a_commit_goes_together_in_the_next_in_order(scribe: Scribe, tally: Tally) -> None:
    scribe.go.clear()
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        first = append(commit, 1)
        await scribe.busy.wait()
        rest = append(commit, *range(100, 115))
        await asyncio.sleep(0)
        scribe.go.set()
        await asyncio.gather(*first, *rest)
    assert scribe.written == [[1], [*range(100, 110)], [*range(110, 115)]]


async def test_flush_hurries_what_lingers_and_waits_for_it(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, PATIENT, tally) as commit:
        appended = append(commit, 1, 2, 3)
        await asyncio.sleep(0)
        await commit.flush()
        assert scribe.written == [[1, 2, 3]]
        await asyncio.gather(*appended)


async def test_flush_waits_for_the_batch_that_is_being_written(scribe: Scribe, tally: Tally) -> None:
    scribe.go.clear()
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        appended = append(commit, 1)
        await scribe.busy.wait()
        flushed = asyncio.create_task(commit.flush())
        await asyncio.sleep(0)
        assert not flushed.done()
        scribe.go.set()
        await flushed
        assert scribe.written == [[1]]
        await asyncio.gather(*appended)


async def test_flush_of_an_empty_queue_returns_at_once(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, PATIENT, tally) as commit:
        await commit.flush()
    assert scribe.tried == []


async def test_what_comes_after_a_flush_lingers_again(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, PATIENT, tally) as commit:
        first = append(commit, 1)
        await asyncio.sleep(0)
        await commit.flush()
        second = append(commit, 2)
        for _ in range(10):
            await asyncio.sleep(0)
        assert scribe.written == [[1]]
    assert await asyncio.gather(*first, *second) == ["1", "2"]


async def test_leaving_writes_what_waits(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, PATIENT, tally) as commit:
        appended = append(commit, *range(100, 125))
        await asyncio.sleep(0)
    assert [*chain(*scribe.written)] == [*range(100, 125)]
    assert await asyncio.gather(*appended) == [str(item) for item in range(100, 125)]


async def test_nothing_is_taken_before_it_is_entered_or_after_it_is_left(scribe: Scribe, tally: Tally) -> None:
    commit = group_commit(scribe, AT_ONCE, tally)
    with pytest.raises(Unavailable):
        await commit.append(1)
    async with commit:
        assert await commit.append(2) == "2"
    with pytest.raises(Unavailable):
        await commit.append(3)


async def test_a_full_queue_refuses_at_once_and_takes_again_when_there_is_room(scribe: Scribe, tally: Tally) -> None:
    scribe.go.clear()
    tiny = GroupCommitSettings(batch_rows=1, linger_ms=Millis(0), queue_rows=2)
    async with group_commit(scribe, tiny, tally) as commit:
        appended = append(commit, 1)
        await scribe.busy.wait()
        appended += append(commit, 2, 3)
        await asyncio.sleep(0)
        with pytest.raises(Unavailable):
            await commit.append(4)
        scribe.go.set()
        await asyncio.gather(*appended)
        assert await commit.append(5) == "5"


async def test_one_bad_item_gets_its_own_error_and_its_batch_mates_are_written_once(
    scribe: Scribe, tally: Tally
) -> None:
    items = [*range(4), BAD, *range(20, 24)]
    async with group_commit(scribe, PATIENT, tally) as commit:
        appended = append(commit, *items)
        await asyncio.sleep(0)
        await commit.flush()
        outcomes = await asyncio.gather(*appended, return_exceptions=True)
    assert isinstance(outcomes[4], ValueError)
    assert [outcome for outcome in outcomes if isinstance(outcome, str)] == [str(i) for i in items if i != BAD]
    assert sorted(chain(*scribe.written)) == sorted({*items} - {BAD})


async def test_a_batch_of_nothing_but_bad_items_tells_each_of_them(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        outcomes = await asyncio.gather(*append(commit, BAD, BAD, BAD), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [ValueError] * 3
    assert scribe.written == []


async def test_an_outage_tells_the_batch_and_all_behind_it_and_the_next_is_tried_anew(
    scribe: Scribe, tally: Tally
) -> None:
    scribe.go.clear()
    scribe.down = True
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        appended = append(commit, 1)
        await scribe.busy.wait()
        appended += append(commit, *range(100, 130))
        await asyncio.sleep(0)
        scribe.go.set()
        outcomes = await asyncio.gather(*appended, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Unavailable] * 31
        assert scribe.tried == [[1]]
        scribe.down = False
        assert await commit.append(2) == "2"


async def test_an_outage_while_a_bad_item_is_looked_for_tells_the_whole_batch(scribe: Scribe, tally: Tally) -> None:
    class Failing(Scribe):
        async def write(self, items: Sequence[int]) -> list[str]:
            self.down = len(self.tried) == 2
            return await super().write(items)

    failing = Failing()
    async with group_commit(failing, AT_ONCE, tally) as commit:
        outcomes = await asyncio.gather(*append(commit, 1, 2, 3, BAD), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Unavailable] * 4
        assert failing.written == [[1, 2]]


async def test_a_cancelled_caller_changes_nothing_for_the_others(scribe: Scribe, tally: Tally) -> None:
    async with group_commit(scribe, PATIENT, tally) as commit:
        gone, here = append(commit, 1, 2)
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.wait([gone])
        await commit.flush()
        assert await here == "2"
    assert gone.cancelled()
    assert scribe.written == [[1, 2]]


async def test_the_observer_is_told_sizes_times_and_how_many_wait(scribe: Scribe, tally: Tally) -> None:
    scribe.go.clear()
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        appended = append(commit, *range(100, 125))
        await scribe.busy.wait()
        scribe.go.set()
        await asyncio.gather(*appended)
        scribe.down = True
        await asyncio.gather(*append(commit, 1, 2), return_exceptions=True)
    assert (tally.batches, tally.failures) == ([10, 10, 5], [2])
    assert tally.depths == [15, 5, 0, 0]
    assert all(seconds >= 0 for seconds in tally.seconds)


async def test_when_its_task_is_cancelled_nobody_is_left_waiting(scribe: Scribe, tally: Tally) -> None:
    scribe.go.clear()
    commit = group_commit(scribe, AT_ONCE, tally)
    await commit.__aenter__()
    appended = append(commit, 1)
    await scribe.busy.wait()
    appended += append(commit, 2)
    await asyncio.sleep(0)
    leaving = asyncio.create_task(commit.__aexit__(None, None, None))
    await asyncio.sleep(0)
    leaving.cancel()
    outcomes = await asyncio.gather(*appended, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 2
    with pytest.raises(asyncio.CancelledError):
        await leaving


async def test_all_of_a_batch_are_told_in_order_before_anything_else_happens(scribe: Scribe, tally: Tally) -> None:
    told: list[str | Exception] = []
    between: list[int] = []

    def look_around(_: str | Exception) -> None:
        asyncio.get_running_loop().call_soon(lambda: between.append(len(told)))

    async with group_commit(scribe, PATIENT, tally) as commit:
        for item in (3, 1, BAD, 2):
            commit.put(item, told.append)
        commit.put(4, look_around)
        commit.put(5, told.append)
        assert told == []
        await commit.flush()
        assert [each if isinstance(each, str) else type(each) for each in told] == ["3", "1", ValueError, "2", "5"]
    assert between == [5]


async def test_one_that_cannot_be_told_does_not_harm_those_told_after_it(scribe: Scribe, tally: Tally) -> None:
    told: list[str | Exception] = []

    def fail(outcome: str | Exception) -> None:
        raise RuntimeError(outcome)

    async with group_commit(scribe, PATIENT, tally) as commit:
        for settle in (told.append, fail, told.append, fail):
            commit.put(len(told), settle)
        await commit.flush()
        assert told == ["0", "0"]
        assert await asyncio.wait_for(append_hurried(commit, 7), 5) == "7"


async def append_hurried(commit: GroupCommit[int, str], item: int) -> str:
    (task,) = append(commit, item)
    await asyncio.sleep(0)
    await commit.flush()
    return await task


async def test_an_outage_tells_those_that_were_put_and_all_behind_them_once(scribe: Scribe, tally: Tally) -> None:
    told: list[tuple[int, str | Exception]] = []

    def keep(item: int, outcome: str | Exception) -> None:
        told.append((item, outcome))

    scribe.go.clear()
    scribe.down = True
    async with group_commit(scribe, AT_ONCE, tally) as commit:
        for item in range(100, 125):
            commit.put(item, partial(keep, item))
        await scribe.busy.wait()
        scribe.go.set()
        await commit.flush()
        assert [item for item, _ in told] == [*range(100, 125)]
        assert all(isinstance(outcome, Unavailable) for _, outcome in told)
        assert tally.failures == [25]


async def test_who_cannot_be_taken_is_never_told(scribe: Scribe, tally: Tally) -> None:
    told: list[str | Exception] = []
    tiny = GroupCommitSettings(batch_rows=10, linger_ms=Millis(60_000), queue_rows=2)
    commit = group_commit(scribe, tiny, tally)
    with pytest.raises(Unavailable):
        commit.put(0, told.append)
    async with commit:
        commit.put(1, told.append)
        commit.put(2, told.append)
        with pytest.raises(Unavailable):
            commit.put(3, told.append)
    assert told == ["1", "2"]
