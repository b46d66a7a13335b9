"""Ids have to survive a command line and a spreadsheet."""

import pytest

from quiz.domain.ids import SessionId
from quiz.formats.formula_guard import guard
from quiz.game.new_ids import (
    is_bot,
    new_bot_id,
    new_player_id,
    new_quiz_id,
    new_session_id,
    new_user_id,
    player_id_for,
)


@pytest.mark.parametrize("new_id", [new_user_id, new_quiz_id, new_session_id, new_player_id, new_bot_id])
def test_an_id_is_no_option_no_formula_and_no_number_and_never_comes_twice(new_id: object) -> None:
    assert callable(new_id)
    drawn = [str(new_id()) for _ in range(1000)]
    assert len(set(drawn)) == 1000
    for id_ in drawn:
        assert id_[0].isalpha()
        assert id_.isascii()
        assert id_.isalnum()
        assert guard(id_) == id_


def test_an_id_tells_bots_from_people() -> None:
    assert all(is_bot(new_bot_id()) for _ in range(1000))
    assert not any(is_bot(new_player_id()) for _ in range(1000))


def test_a_player_who_asks_again_is_the_same_one_and_nobody_else() -> None:
    asked = [("s1", "ada", "x"), ("s2", "ada", "x"), ("s1", "bo", "x"), ("s1", "ada", "y"), ("s1", "ada\nx", "")]
    ids = [player_id_for(SessionId(session), name, joining) for session, name, joining in asked]
    assert len(set(ids)) == len(asked)
    assert ids == [player_id_for(SessionId(session), name, joining) for session, name, joining in asked]
