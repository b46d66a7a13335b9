"""The clock that every database gives."""

from __future__ import annotations

import time

from quiz.storage.storage import Storage


async def test_the_databases_clock_counts_whole_milliseconds_since_the_epoch(storage: Storage) -> None:
    before = time.time_ns() // 1_000_000
    told = []
    for _ in range(50):  # a clock that rounds up is ahead half of the time
        told.append(await storage.now())
        # The databases of tests run on this machine.
        assert before <= told[-1] <= time.time_ns() // 1_000_000
    assert told == sorted(told)
    assert all(isinstance(now, int) for now in told)
