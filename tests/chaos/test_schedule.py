"""A run can be played again: everything that is left to chance comes from its seed."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.chaos.questions import paper
from tests.chaos.schedule import ROUNDS_A_GAME, Fault, plan


def test_the_same_seed_makes_the_same_schedule_and_the_same_questions() -> None:
    assert plan(7, 50) == plan(7, 50)
    assert [paper(game) for game in plan(7, 50)] == [paper(game) for game in plan(7, 50)]


def test_another_seed_makes_another_schedule() -> None:
    assert plan(7, 50) != plan(8, 50)


def test_a_longer_run_begins_like_a_shorter_one() -> None:
    assert plan(7, 50)[:2] == plan(7, 2 * ROUNDS_A_GAME)


@pytest.mark.parametrize("rounds", [1, 3, 5, 12, 50])
def test_there_are_as_many_rounds_as_asked_for_numbered_through(rounds: int) -> None:
    numbers = [round_.number for game in plan(7, rounds) for round_ in game.rounds]
    assert numbers == list(range(1, rounds + 1))


@pytest.mark.parametrize("seed", range(5))
def test_each_fault_strikes_about_as_often_as_any_other(seed: int) -> None:
    struck = Counter(round_.fault for game in plan(seed, 50) for round_ in game.rounds)
    assert set(struck) == set(Fault)
    assert max(struck.values()) - min(struck.values()) <= 1


def test_every_game_has_a_question_for_each_of_its_rounds() -> None:
    for game in plan(7, 12):
        [round_] = paper(game)["rounds"]
        limits = [question["time_limit"] for question in round_["questions"]]
        assert [limit is not None for limit in limits] == [planned.timed for planned in game.rounds]
