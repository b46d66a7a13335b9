from __future__ import annotations

import pytest

from quiz.cluster.limiter import MemoryLimiter
from tests.contract.cluster.hand_clock import HandClock


async def test_memory_stays_bounded_however_many_keys_come() -> None:
    limiter = MemoryLimiter({"logins": "10/minute"}, most_entries=100, seconds=HandClock())
    for number in range(1000):
        await limiter.hit("logins", f"key {number}")
    assert limiter.entries == 100


async def test_when_memory_is_short_the_keys_that_were_quiet_longest_are_forgotten() -> None:
    limiter = MemoryLimiter({"logins": "2/minute"}, most_entries=4, seconds=HandClock())
    for key in ("busy", "quiet", "quiet", "busy", "other"):
        await limiter.hit("logins", key)
    assert await limiter.check("logins", "busy") is not None
    assert await limiter.check("logins", "quiet") is None


async def test_what_has_left_its_window_is_forgotten_by_the_next_attempt_of_anybody() -> None:
    clock = HandClock()
    limiter = MemoryLimiter({"logins": "10/minute"}, seconds=clock)
    for number in range(500):
        await limiter.hit("logins", f"key {number}")
    clock.forward(61)
    await limiter.hit("logins", "newcomer")
    assert limiter.entries == 1


@pytest.mark.parametrize("notation", ["", "often", "0 minutes", "ten/minute", "0/minute", "9/minute;1/second"])
def test_a_limit_that_cannot_be_read_is_refused_at_the_start(notation: str) -> None:
    with pytest.raises(ValueError, match="a limit is one number of attempts in a time"):
        MemoryLimiter({"logins": notation})
