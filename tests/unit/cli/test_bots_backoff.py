"""How long bots wait before they try again."""

from __future__ import annotations

from random import Random

import pytest

from quiz.cli.bots.backoff import full_jitter


@pytest.mark.parametrize(("failures", "longest_s"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 10), (5, 10), (100_000, 10)])
def test_a_wait_is_anywhere_between_nothing_and_a_bound_that_doubles_up_to_the_cap(
    failures: int, longest_s: float
) -> None:
    random = Random(7)
    waits = [full_jitter(failures, 1, 10, random) for _ in range(2_000)]
    assert 0 <= min(waits) < 0.01 * longest_s
    assert 0.99 * longest_s < max(waits) <= longest_s
    assert sum(waits) / len(waits) == pytest.approx(longest_s / 2, rel=0.05)
