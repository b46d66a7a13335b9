from __future__ import annotations

from quiz.cluster.backoff import Backoff
from quiz.domain.ids import Millis


def test_pauses_grow_up_to_their_bound_and_differ() -> None:
    pauses = [Backoff(Millis(1000)) for _ in range(50)]
    rounds = [[pause.next_s() for pause in pauses] for _ in range(8)]
    assert max(rounds[0]) < min(rounds[2])
    assert max(rounds[-1]) <= 1.0
    assert min(rounds[-1]) >= 0.5
    assert len(set(rounds[-1])) > 40


def test_after_a_success_pauses_are_short_again() -> None:
    pause = Backoff(Millis(1000))
    for _ in range(8):
        pause.next_s()
    pause.reset()
    assert pause.next_s() <= 0.05
