"""Counting without prometheus_client, for prometheus_client."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from quiz.observe.tally import TallyCounter, TallyHistogram

BOUNDS = (0.001, 0.01, 0.1, 1.0)


def samples(registry: CollectorRegistry) -> list[str]:
    """Without the lines that tell when a metric was made."""
    lines = generate_latest(registry).decode().splitlines()
    return sorted(line for line in lines if "_created" not in line)


@given(st.lists(st.tuples(st.sampled_from(["answer", "time"]), st.sampled_from(["ok", "closed"]))))
def test_a_tally_shows_what_a_counter_would_show(calls: list[tuple[str, str]]) -> None:
    plain, stock = CollectorRegistry(), CollectorRegistry()
    tally = TallyCounter("calls_total", "Calls.", ["event", "outcome"], plain)
    counter = Counter("calls_total", "Calls.", ["event", "outcome"], registry=stock)
    for event, outcome in calls:
        tally.count(event, outcome)
        counter.labels(event, outcome).inc()
    assert samples(plain) == samples(stock)


@given(
    st.lists(st.tuples(st.sampled_from(["answer", "time"]), st.sampled_from([0.0, 0.001, 0.005, 0.1, 0.5, 1.0, 7.0])))
)
def test_a_tally_of_times_shows_what_a_histogram_would_show(times: list[tuple[str, float]]) -> None:
    plain, stock = CollectorRegistry(), CollectorRegistry()
    tally = TallyHistogram("call_seconds", "Times.", "event", BOUNDS, plain)
    histogram = Histogram("call_seconds", "Times.", ["event"], buckets=BOUNDS, registry=stock)
    for event, seconds in times:
        tally.observe(event, seconds)
        histogram.labels(event).observe(seconds)
    assert samples(plain) == samples(stock)
