"""How many have answered, without asking the database each time."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from quiz.domain.session import Session
from quiz.game.counts import FRESH_S, Count, Counts
from quiz.game.live import LiveSession


class Rows:
    """An `AnswerCount`."""

    def __init__(self) -> None:
        self.number = 0
        self.asked = 0

    async def count(self, session: Session, question: int) -> int:
        self.asked += 1
        return self.number


class Scene:
    """A session of ten players with an open question, and a clock that is set by hand."""

    def __init__(self) -> None:
        self.rows = Rows()
        self.now = 100.0
        self.counts = Counts(self.rows, lambda: self.now)
        self.picture = SimpleNamespace(session=SimpleNamespace(id="s", question=1), board=range(10), taken=0)

    def answers(self, here: int, elsewhere: int = 0) -> None:
        self.picture.taken += here
        self.rows.number += here + elsewhere

    async def count(self) -> Count:
        return await self.counts.of(cast(LiveSession, self.picture))


@pytest.fixture
def scene() -> Scene:
    return Scene()


async def test_the_database_is_asked_once_in_a_while_and_counted_on_from_there(scene: Scene) -> None:
    scene.answers(1)
    assert await scene.count() == Count(1, exact=True, new=True)
    scene.answers(3)
    assert await scene.count() == Count(4, exact=False, new=True)
    assert await scene.count() == Count(4, exact=False, new=False)
    assert scene.rows.asked == 1


async def test_answers_at_other_nodes_show_when_the_database_is_asked_again(scene: Scene) -> None:
    scene.answers(1)
    await scene.count()
    scene.answers(1, elsewhere=4)
    assert await scene.count() == Count(2, exact=False, new=True)
    scene.now += FRESH_S
    assert await scene.count() == Count(6, exact=True, new=True)
    assert scene.rows.asked == 2


async def test_another_question_is_counted_anew(scene: Scene) -> None:
    scene.answers(5)
    await scene.count()
    scene.picture.session.question, scene.picture.taken, scene.rows.number = 2, 0, 0
    assert await scene.count() == Count(0, exact=True, new=True)


async def test_no_more_are_counted_than_have_a_seat(scene: Scene) -> None:
    scene.answers(9)
    await scene.count()
    scene.answers(3)
    assert (await scene.count()).answered == 10
