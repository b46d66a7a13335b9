"""How much a connection may send."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quiz.realtime.bucket import TokenBucket


class Watch:
    """A clock that is set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_at_once_and_no_more() -> None:
    bucket = TokenBucket(10, 20, Watch())
    assert [bucket.take() for _ in range(25)] == [True] * 20 + [False] * 5


def test_the_rate_comes_back_and_never_more_than_a_burst() -> None:
    watch = Watch()
    bucket = TokenBucket(10, 20, watch)
    for _ in range(20):
        bucket.take()
    watch.now = 0.25
    assert [bucket.take() for _ in range(4)] == [True, True, False, False]
    watch.now = 1_000
    assert sum(bucket.take() for _ in range(100)) == 20


def test_it_says_when_there_is_a_token_again() -> None:
    watch = Watch()
    bucket = TokenBucket(10, 1, watch)
    assert bucket.take()
    watch.now = 0.05
    assert not bucket.take()
    due = watch.now + bucket.next_in_s()
    watch.now = due - 0.001
    assert not bucket.take()
    watch.now = due + 0.001
    assert bucket.take()


@given(st.floats(0.1, 100), st.integers(1, 50), st.lists(st.floats(0, 5), max_size=200))
def test_nobody_sends_more_than_the_burst_and_what_the_rate_has_given_since(
    per_s: float, burst: int, gaps: list[float]
) -> None:
    watch, taken = Watch(), 0
    bucket = TokenBucket(per_s, burst, watch)
    for gap in gaps:
        watch.now += gap
        taken += bucket.take()
    assert taken <= burst + per_s * watch.now + 1e-6


@given(st.floats(0.1, 100), st.integers(1, 50), st.integers(1, 100))
def test_whoever_keeps_to_the_rate_is_never_refused(per_s: float, burst: int, events: int) -> None:
    watch = Watch()
    bucket = TokenBucket(per_s, burst, watch)
    for _ in range(events):
        assert bucket.take()
        watch.now += 1.001 / per_s
