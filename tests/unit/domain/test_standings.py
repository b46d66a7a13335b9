import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.domain.ids import Millis, PlayerId
from quiz.domain.scoring import Score
from quiz.domain.standings import Standing, rank_players

Player = tuple[PlayerId, str, Score]


def player(name: str, points: int = 0, time_ms: int = 0, id_: str | None = None) -> Player:
    return PlayerId(id_ or name.casefold()), name, Score(points=points, time_ms=Millis(time_ms))


def ranked(*players: Player) -> list[tuple[int, str]]:
    return [(standing.rank, standing.nickname) for standing in rank_players(players)]


# Small ranges, so that ties happen.
players = st.lists(
    st.builds(
        player,
        name=st.sampled_from(["Ann", "ann", "Bob", "bob", "Čenda", "Zoë", "éa"]),
        points=st.integers(0, 3),
        time_ms=st.integers(0, 2),
        id_=st.uuids().map(str),
    ),
    max_size=20,
    unique_by=lambda one: one[0],
)


def test_nobody_makes_empty_standings() -> None:
    assert rank_players([]) == []


def test_more_points_come_first() -> None:
    assert ranked(player("Ann", 100), player("Bob", 300), player("Cem", 200)) == [(1, "Bob"), (2, "Cem"), (3, "Ann")]


def test_a_tie_goes_to_the_lower_total_time() -> None:
    assert ranked(player("Ann", 100, 9000), player("Bob", 100, 8999)) == [(1, "Bob"), (2, "Ann")]


def test_points_count_before_time() -> None:
    assert ranked(player("Ann", 100, 1), player("Bob", 101, 99_999)) == [(1, "Bob"), (2, "Ann")]


def test_equals_share_a_rank_and_the_next_one_is_left_out() -> None:
    board = ranked(player("Dan", 1), player("Cem", 2), player("Bob", 2), player("Ann", 3))
    assert board == [(1, "Ann"), (2, "Bob"), (2, "Cem"), (4, "Dan")]


@pytest.mark.parametrize("count", [1, 2, 3, 10])
def test_when_all_are_equal_all_are_first(count: int) -> None:
    board = ranked(*(player(f"P{index}") for index in range(count)))
    assert [rank for rank, _ in board] == [1] * count


def test_equals_stand_by_nickname_whatever_its_case_and_then_by_id() -> None:
    board = rank_players(
        [player("bob", id_="2"), player("Cem", id_="0"), player("ANN", id_="3"), player("Bob", id_="1")]
    )
    assert [(standing.nickname, standing.player_id) for standing in board] == [
        ("ANN", "3"),
        ("Bob", "1"),
        ("bob", "2"),
        ("Cem", "0"),
    ]


def test_a_standing_tells_all_of_a_score_but_the_streak() -> None:
    score = Score(points=2500, correct=3, time_ms=Millis(7000), streak=2)
    assert rank_players([(PlayerId("p1"), "Ann", score)]) == [
        Standing(rank=1, player_id=PlayerId("p1"), nickname="Ann", points=2500, correct=3, time_ms=Millis(7000))
    ]


@given(players)
def test_a_rank_is_one_more_than_the_players_ahead(field: list[Player]) -> None:
    standings = rank_players(field)
    for standing in standings:
        ahead = [other for other in standings if (-other.points, other.time_ms) < (-standing.points, standing.time_ms)]
        assert standing.rank == len(ahead) + 1


@given(players)
def test_everybody_stands_exactly_once_in_order_of_rank(field: list[Player]) -> None:
    standings = rank_players(field)
    assert Counter(standing.player_id for standing in standings) == Counter(player_id for player_id, _, _ in field)
    assert [standing.rank for standing in standings] == sorted(standing.rank for standing in standings)


@given(players, st.randoms(use_true_random=False))
def test_the_order_of_the_input_never_shows(field: list[Player], chance: random.Random) -> None:
    shuffled = list(field)
    chance.shuffle(shuffled)
    assert rank_players(iter(shuffled)) == rank_players(field)


@given(players, st.integers(0, 19))
def test_more_points_for_one_never_lower_that_player(field: list[Player], pick: int) -> None:
    if pick >= len(field):
        return
    player_id, name, score = field[pick]
    better = [*field[:pick], (player_id, name, Score(score.points + 1, 0, score.time_ms)), *field[pick + 1 :]]
    before = {standing.player_id: standing.rank for standing in rank_players(field)}
    after = {standing.player_id: standing.rank for standing in rank_players(better)}
    assert after[player_id] <= before[player_id]


def test_ten_thousand_players_all_find_their_place() -> None:
    field = [player(f"Player {index}", points=index % 1000, time_ms=index % 7) for index in range(10_000)]
    standings = rank_players(field)
    assert len(standings) == 10_000
    assert standings[0].points == 999
    assert standings[-1].points == 0
    assert len({standing.rank for standing in standings}) == len({(s.points, s.time_ms) for _, _, s in field})
