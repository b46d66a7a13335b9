from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.cluster.clock import DatabaseClock, SystemClock
from quiz.cluster.settings import ClockSettings
from quiz.domain.ids import Millis
from quiz.game.errors import Unavailable
from quiz.game.ports import Clock
from tests.contract.cluster.hand_clock import HandClock

EPOCH_MS = 1_700_000_000_000
OFTEN = 4


class Database:
    """A database whose clock runs `ahead_ms` before that of this machine, at the end of a slow line.

    Args:
        trips_ms: what each question takes there and back again.
    """

    def __init__(self, here: HandClock, trips_ms: Iterator[tuple[float, float]]) -> None:
        self._here = here
        self._trips_ms = trips_ms
        self.ahead_ms = 0.0
        self.away = False
        self.asked = 0
        self.asked_often = asyncio.Event()

    def true_ms(self) -> float:
        return EPOCH_MS + self._here.now * 1000 + self.ahead_ms

    async def now(self) -> Millis:
        self.asked += 1
        if self.asked == OFTEN:
            self.asked_often.set()
        if self.away:
            raise Unavailable("away")
        there_ms, back_ms = next(self._trips_ms)
        self._here.forward(there_ms / 1000)
        told = Millis(int(self.true_ms()))
        self._here.forward(back_ms / 1000)
        return told


def quick_line(there_ms: float = 1.0, back_ms: float = 1.0) -> Iterator[tuple[float, float]]:
    return itertools.repeat((there_ms, back_ms))


@pytest.fixture
def here() -> HandClock:
    return HandClock()


async def test_it_tells_the_databases_time_and_not_this_machines(here: HandClock) -> None:
    database = Database(here, quick_line())
    database.ahead_ms = 123_456
    async with DatabaseClock(database.now, monotonic_s=here) as clock:
        port: Clock = clock
        assert abs(port.now() - database.true_ms()) <= clock.uncertainty_ms()
        here.forward(5)
        assert abs(port.now() - database.true_ms()) <= clock.uncertainty_ms()


async def test_of_several_answers_the_quickest_counts(here: HandClock) -> None:
    database = Database(here, iter([(900, 5), (3, 400), (1, 1), (250, 250), (10, 90)]))
    async with DatabaseClock(database.now, monotonic_s=here) as clock:
        assert clock.uncertainty_ms() == pytest.approx(1.5, abs=0.4)  # half a round trip, half a tick, and drift
        assert abs(clock.now() - database.true_ms()) <= 2


@given(
    trips=st.lists(st.tuples(st.floats(0, 300), st.floats(0, 300)), min_size=10, max_size=10),
    drift_ppm=st.integers(-200, 200),
    wait_s=st.floats(0, 10_000),
    seed=st.integers(0, 9),
)
async def test_the_truth_is_never_further_away_than_it_says(
    trips: list[tuple[float, float]], drift_ppm: int, wait_s: float, seed: int
) -> None:
    here = HandClock()
    random.Random(seed).shuffle(trips)
    database = Database(here, iter(trips))
    clock = DatabaseClock(database.now, monotonic_s=here)
    await clock.measure()
    here.forward(wait_s)
    database.ahead_ms += wait_s * 1000 * drift_ppm / 1e6
    assert abs(clock.now() - database.true_ms()) <= clock.uncertainty_ms() + 1
    await clock.measure()
    here.forward(5)  # longer than it may stand still
    assert abs(clock.now() - database.true_ms()) <= clock.uncertainty_ms() + 1


async def test_starting_fails_when_the_database_does_not_answer(here: HandClock) -> None:
    database = Database(here, quick_line())
    database.away = True
    with pytest.raises(Unavailable, match="does not say what time it is"):
        await DatabaseClock(database.now, monotonic_s=here).__aenter__()


async def test_a_database_that_hangs_counts_as_one_that_does_not_answer(here: HandClock) -> None:
    async def hang() -> Millis:
        await asyncio.Event().wait()
        raise AssertionError

    clock = DatabaseClock(hang, ClockSettings(timeout_ms=Millis(10)), monotonic_s=here)
    with pytest.raises(Unavailable):
        await clock.measure()


async def test_before_it_was_measured_there_is_no_time(here: HandClock) -> None:
    clock = DatabaseClock(Database(here, quick_line()).now, monotonic_s=here)
    with pytest.raises(Unavailable):
        clock.now()
    assert clock.problem() is not None


async def test_while_the_database_is_away_the_clock_runs_on_and_grows_uncertain(here: HandClock) -> None:
    database = Database(here, quick_line())
    clock = DatabaseClock(database.now, ClockSettings(drift_ppm=1000, uncertain_ms=Millis(100)), monotonic_s=here)
    await clock.measure()
    database.away = True
    here.forward(60)
    with pytest.raises(Unavailable):
        await clock.measure()
    assert abs(clock.now() - database.true_ms()) <= 2
    assert clock.problem() is None
    here.forward(60)
    assert clock.problem() == "the database's clock is known to 122 ms only"
    database.away = False
    await clock.measure()
    assert clock.problem() is None


async def test_when_set_back_a_little_it_stands_still_and_never_goes_back(here: HandClock) -> None:
    database = Database(here, quick_line())
    clock = DatabaseClock(database.now, ClockSettings(hold_ms=Millis(2_000)), monotonic_s=here)
    await clock.measure()
    before = clock.now()
    database.ahead_ms -= 1_000
    await clock.measure()
    told = [clock.now()]
    for _ in range(15):
        here.forward(0.1)
        told.append(clock.now())
    assert told == sorted(told)
    assert told[0] == before
    assert abs(told[-1] - database.true_ms()) <= 2


async def test_when_set_back_far_it_follows_at_once(here: HandClock) -> None:
    database = Database(here, quick_line())
    clock = DatabaseClock(database.now, ClockSettings(hold_ms=Millis(2_000)), monotonic_s=here)
    await clock.measure()
    clock.now()
    database.ahead_ms -= 60_000
    await clock.measure()
    assert abs(clock.now() - database.true_ms()) <= 2


async def test_a_less_exact_measurement_that_agrees_changes_nothing(here: HandClock) -> None:
    database = Database(here, itertools.chain([(1, 1)] * 5, itertools.repeat((10, 200))))
    clock = DatabaseClock(database.now, monotonic_s=here)
    await clock.measure()
    exact = clock.uncertainty_ms()
    await clock.measure()
    assert clock.uncertainty_ms() < exact + 1


async def test_inside_it_goes_on_measuring_and_outside_it_has_stopped(here: HandClock) -> None:
    database = Database(here, quick_line(0, 0))
    before = asyncio.all_tasks()
    settings = ClockSettings(samples=1, interval_ms=Millis(1))
    async with asyncio.timeout(10), DatabaseClock(database.now, settings, monotonic_s=here):
        await database.asked_often.wait()
    assert asyncio.all_tasks() == before


async def test_an_outage_does_not_end_the_measuring(here: HandClock) -> None:
    database = Database(here, quick_line(0, 0))
    settings = ClockSettings(samples=1, interval_ms=Millis(1))
    async with asyncio.timeout(10), DatabaseClock(database.now, settings, monotonic_s=here):
        database.away = True
        await database.asked_often.wait()


def test_a_node_that_is_alone_has_its_machines_clock() -> None:
    clock: Clock = SystemClock()
    assert clock.now() > EPOCH_MS
