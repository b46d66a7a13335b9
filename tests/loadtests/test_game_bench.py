"""The measures of real nodes, very small: each plays its game to the end and gives all its figures."""

from __future__ import annotations

import os

import pytest

from loadtests.bench.game import answers, crowd, placement, question
from loadtests.bench.game.figures import Found
from loadtests.bench.game.sizes import Sizes
from loadtests.bench.visit import Cores
from loadtests.swarm.build import NoCompiler, build_swarm

pytestmark = pytest.mark.timeout(180)  # whole clusters start and stop here, two of them in one test

SMALL = Sizes(
    repeats=1,
    answerers=20,
    answering_sessions=2,
    rates=(100,),
    flood=200,
    rooms=(20,),
    placed=2,
    placed_s=1,
    idle_s=0.5,
    many_nodes=2,
    crowd=30,
    crowd_nodes=2,
    crowd_think_ms=500,
)


@pytest.fixture(autouse=True)
def compiler() -> None:
    try:
        build_swarm()
    except NoCompiler as missing:
        pytest.skip(str(missing))


@pytest.fixture
def cores() -> Cores:
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[-1])


async def test_answers_are_all_saved_while_their_cost_is_measured(cores: Cores) -> None:
    assert_keys(
        await answers.measure(SMALL, cores),
        ["answer_cpu_100", "answer_p99_100", "answers_sustained", "answer_cpu_flood", "answer_p99_flood"],
    )


async def test_a_whole_question_reaches_everybody_while_its_cost_is_measured(cores: Cores) -> None:
    assert_keys(await question.measure(SMALL, cores), ["question_cpu_20", "question_spread_20"])


async def test_updates_reach_sessions_that_are_placed_on_several_nodes(cores: Cores) -> None:
    assert_keys(await placement.measure(SMALL, cores), ["placed_1", "placed_2", "placed_ratio"])


async def test_one_session_is_spread_over_nodes_and_all_its_answers_are_saved(cores: Cores) -> None:
    found = await crowd.measure(SMALL, cores)
    assert {"crowd_reached_s", "crowd_answered_s", "crowd_memory"} <= {figure.key for figure in found.figures}


def assert_keys(found: Found, keys: list[str]) -> None:
    assert [figure.key for figure in found.figures] == keys
    assert all(len(figure.values) == 1 and figure.median > 0 for figure in found.figures)
