"""The clock that every database gives."""

from __future__ import annotations

import time

from quiz.storage.storage import Storage


async def test_the_databases_clock_counts_whole_milliseconds_since_the_epoch(storage: Storage) -> None:
    before = time.time_ns() // 1_000_000
    told = [await storage.now() for _ in range(3)]
    # The databases of tests run on this machine.
    assert before <= told[0] <= told[1] <= told[2] <= time.time_ns() // 1_000_000
    assert all(isinstance(now, int) for now in told)
