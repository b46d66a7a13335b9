"""Who is right ahead of a player, and by how much."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from quiz.domain.board import Board
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.messages import Ahead
from quiz.domain.scoring import Score
from quiz.domain.tally import Tally


def a_board(**scores: tuple[int, int]) -> Board:
    """Of players by name with points and total time; a player with neither came after the last close."""
    tallies = {
        PlayerId(name): Tally(Score(points=points, time_ms=Millis(time)))
        for name, (points, time) in scores.items()
        if (points, time) != (0, 0)
    }
    return Board({PlayerId(name): name.title() for name in scores}, tallies)


def test_nobody_is_ahead_of_the_first() -> None:
    assert a_board(ann=(900, 5), bob=(700, 5)).ahead(PlayerId("ann")) is None


def test_a_player_needs_the_points_that_the_next_one_has_more() -> None:
    assert a_board(ann=(900, 5), bob=(700, 5), cid=(650, 5)).ahead(PlayerId("cid")) == Ahead("Bob", 50)


def test_a_slower_player_with_as_many_points_needs_none() -> None:
    assert a_board(ann=(900, 5), bob=(900, 6)).ahead(PlayerId("bob")) == Ahead("Ann", 0)


def test_players_who_share_a_rank_are_not_ahead_of_each_other() -> None:
    board = a_board(ann=(900, 5), bob=(700, 5), cid=(700, 5))
    assert board.ahead(PlayerId("bob")) == board.ahead(PlayerId("cid")) == Ahead("Ann", 200)


def test_who_has_come_after_the_last_close_is_behind_the_last() -> None:
    assert a_board(ann=(900, 5), bob=(700, 5), late=(0, 0)).ahead(PlayerId("late")) == Ahead("Bob", 700)


def test_a_player_who_leaves_is_ahead_of_nobody_any_more() -> None:
    board = a_board(ann=(900, 5), bob=(700, 5), cid=(650, 5))
    board.ahead(PlayerId("cid"))
    board.unseat(PlayerId("bob"))
    assert board.ahead(PlayerId("cid")) == Ahead("Ann", 250)


scores = st.tuples(st.integers(0, 30), st.integers(1, 3))


@given(st.dictionaries(st.sampled_from("abcdefgh"), scores, min_size=1))
def test_the_one_ahead_stands_right_before_those_of_the_players_rank(scores: dict[str, tuple[int, int]]) -> None:
    board = a_board(**scores)
    standings = board.standings()
    for line in standings:
        better = [other for other in standings if other.rank < line.rank]
        ahead = board.ahead(line.player_id)
        if not better:
            assert ahead is None
        else:
            assert ahead is not None
            last = max(other.rank for other in better)
            assert ahead.nickname in {other.nickname for other in better if other.rank == last}
            assert ahead.points == min(other.points for other in better) - line.points
