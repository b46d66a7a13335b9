"""What every `QuizStore` does."""

from __future__ import annotations

import asyncio

import pytest

from quiz.domain.ids import Millis, QuizId, UserId
from quiz.domain.quiz import (
    Choice,
    ChoiceQuestion,
    NumericQuestion,
    OrderQuestion,
    PollChoice,
    PollQuestion,
    Quiz,
    Round,
    TextQuestion,
)
from quiz.storage.storage import Storage
from tests.contract.storage.games import CHOICE, NOON, add_user, quiz_of, store_quiz

EVERYTHING = Quiz(
    title="Ünïcode ✓ “quoted” 'single' %s",
    language="is",
    rounds=(
        Round(
            "First",
            (
                ChoiceQuestion(
                    text="Pick two",
                    multiple=True,
                    choices=(Choice("a", True), Choice("b", True), Choice("c")),
                    points=500,
                ),
                NumericQuestion(text="A year", answer=1969, tolerance=2, time_limit=None),
                NumericQuestion(text="A fraction", answer=0.1, tolerance=0.05),
            ),
        ),
        Round(
            "Second",
            (
                TextQuestion(text="Capital?", accepted=("Reykjavík", "Reykjavik"), explanation="Since 1786."),
                OrderQuestion(text="Sort", items=("one", "two", "three"), image="https://example.org/a.png"),
                PollQuestion(text="Tea?", choices=(PollChoice("Yes"), PollChoice("No"))),
            ),
        ),
    ),
)


@pytest.fixture
async def owner(storage: Storage) -> UserId:
    return await add_user(storage)


async def test_a_quiz_comes_back_as_it_was_stored(storage: Storage, owner: UserId) -> None:
    await storage.quizzes.add(QuizId("q"), owner, EVERYTHING, NOON)
    stored = await storage.quizzes.get(QuizId("q"), owner)
    assert stored is not None
    assert (stored.id, stored.owner, stored.revision, stored.updated_at) == ("q", owner, 1, NOON)
    assert stored.quiz == EVERYTHING


async def test_a_quiz_is_seen_changed_and_removed_by_its_owner_only(storage: Storage, owner: UserId) -> None:
    stranger = await add_user(storage)
    quiz_id = await store_quiz(storage, owner, EVERYTHING)
    assert await storage.quizzes.get(quiz_id, stranger) is None
    assert await storage.quizzes.page(stranger, 10, None) == []
    assert await storage.quizzes.replace(quiz_id, stranger, quiz_of(CHOICE), 1, NOON) is None
    assert not await storage.quizzes.delete(quiz_id, stranger, None)
    stored = await storage.quizzes.get(quiz_id, owner)
    assert stored is not None
    assert stored.quiz == EVERYTHING


async def test_adding_a_quiz_again_leaves_it_as_it_is(storage: Storage, owner: UserId) -> None:
    await storage.quizzes.add(QuizId("q"), owner, EVERYTHING, NOON)
    await storage.quizzes.replace(QuizId("q"), owner, quiz_of(CHOICE), 1, NOON)
    await storage.quizzes.add(QuizId("q"), owner, EVERYTHING, NOON)
    stored = await storage.quizzes.get(QuizId("q"), owner)
    assert stored is not None
    assert (stored.revision, stored.quiz) == (2, quiz_of(CHOICE))


async def test_a_change_makes_a_new_revision(storage: Storage, owner: UserId) -> None:
    quiz_id = await store_quiz(storage, owner, EVERYTHING)
    changed = quiz_of(CHOICE, title="Changed")
    assert await storage.quizzes.replace(quiz_id, owner, changed, 1, Millis(NOON + 5)) == 2
    stored = await storage.quizzes.get(quiz_id, owner)
    assert stored is not None
    assert (stored.revision, stored.updated_at, stored.quiz) == (2, NOON + 5, changed)
    (line,) = await storage.quizzes.page(owner, 10, None)
    assert (line.title, line.language, line.questions, line.updated_at) == ("Changed", "en", 1, NOON + 5)


async def test_a_change_of_an_old_revision_is_refused(storage: Storage, owner: UserId) -> None:
    quiz_id = await store_quiz(storage, owner, EVERYTHING)
    await storage.quizzes.replace(quiz_id, owner, quiz_of(CHOICE), 1, NOON)
    assert await storage.quizzes.replace(quiz_id, owner, EVERYTHING, 1, NOON) is None
    stored = await storage.quizzes.get(quiz_id, owner)
    assert stored is not None
    assert stored.quiz == quiz_of(CHOICE)


async def test_of_two_changes_of_one_revision_one_wins(storage: Storage, owner: UserId) -> None:
    quiz_id = await store_quiz(storage, owner, EVERYTHING)
    titles = ["One", "Other"]
    revisions = await asyncio.gather(
        *(storage.quizzes.replace(quiz_id, owner, quiz_of(CHOICE, title=title), 1, NOON) for title in titles)
    )
    assert sorted(revisions, key=str) == [2, None]
    stored = await storage.quizzes.get(quiz_id, owner)
    assert stored is not None
    assert stored.quiz.title == titles[revisions.index(2)]


async def test_a_quiz_can_be_removed_whatever_its_revision(storage: Storage, owner: UserId) -> None:
    quiz_id = await store_quiz(storage, owner, EVERYTHING)
    assert await storage.quizzes.delete(quiz_id, owner, None)
    assert await storage.quizzes.get(quiz_id, owner) is None
    assert not await storage.quizzes.delete(quiz_id, owner, None)


async def test_a_quiz_is_removed_at_the_given_revision_only(storage: Storage, owner: UserId) -> None:
    quiz_id = await store_quiz(storage, owner, EVERYTHING)
    assert not await storage.quizzes.delete(quiz_id, owner, 2)
    assert await storage.quizzes.delete(quiz_id, owner, 1)


async def test_pages_list_the_last_changed_first_without_gaps_or_repeats(storage: Storage, owner: UserId) -> None:
    ids = [QuizId(f"quiz-{number}") for number in range(7)]
    for number, quiz_id in enumerate(ids):
        # Pairs share an instant, so that a page may end between two that do.
        await storage.quizzes.add(quiz_id, owner, quiz_of(CHOICE, title=str(number)), Millis(NOON + number // 2))
    seen: list[str] = []
    after: tuple[Millis, QuizId] | None = None
    while page := await storage.quizzes.page(owner, 3, after):
        assert len(page) <= 3
        seen += [line.id for line in page]
        after = page[-1].updated_at, page[-1].id
    assert seen == ids[::-1]
