"""What every `SessionStore` does with whole sessions; seats and turns have suites of their own."""

from __future__ import annotations

import asyncio
import random

import msgspec
import pytest

from quiz.domain.commands import Close, End, Lock, Next, Start, Void
from quiz.domain.ids import Millis, PlayerId, SessionId, UserId
from quiz.domain.quiz import OrderQuestion
from quiz.domain.script import freeze
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import OpenQuestion, Overdue
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.games import CHOICE, NOON, TEXT, Stage, add_user, new_session, quiz_of, store_quiz

SORT = OrderQuestion(text="Sort", items=("one", "two", "three", "four"))


async def loaded(storage: Storage, session_id: SessionId) -> Session:
    picture = await storage.sessions.load(session_id)
    assert picture is not None
    return picture.session


@pytest.fixture
async def owner(storage: Storage) -> UserId:
    return await add_user(storage)


async def test_a_session_comes_back_as_it_was_made(storage: Storage, owner: UserId, url: str) -> None:
    session = new_session(owner, quiz_of(CHOICE, SORT))
    assert await storage.sessions.create(session, None)
    assert await loaded(storage, session.id) == session
    async with Storage(StorageSettings(url=url)) as other:
        assert await loaded(other, session.id) == session


async def test_a_session_that_was_never_made_is_not_there(storage: Storage) -> None:
    assert await storage.sessions.load(SessionId("nowhere")) is None


async def test_every_field_of_a_version_is_stored(stage: Stage) -> None:
    await stage.play(Start(), Lock(), Close(), Void(1))
    assert stage.session.opens_at == stage.session.closes_at == NOON
    assert stage.session.locked
    assert stage.session.voided == (1,)
    assert await loaded(stage.storage, stage.session.id) == stage.session


async def test_the_script_stays_as_it_was_frozen_when_the_quiz_is_changed_or_removed(
    storage: Storage, owner: UserId, url: str
) -> None:
    quiz = quiz_of(CHOICE, SORT, title="As it was")
    quiz_id = await store_quiz(storage, owner, quiz)
    session = msgspec.structs.replace(new_session(owner, quiz), script=freeze(quiz, random.Random(3)))
    assert await storage.sessions.create(session, quiz_id)
    await storage.quizzes.replace(quiz_id, owner, quiz_of(TEXT, title="Edited"), 1, NOON)
    # A node that has never seen the session reads it from the database.
    async with Storage(StorageSettings(url=url)) as other:
        assert (await loaded(other, session.id)).script == session.script
    assert await storage.quizzes.delete(quiz_id, owner, None)
    async with Storage(StorageSettings(url=url)) as other:
        assert (await loaded(other, session.id)).script == session.script
        (line,) = await other.sessions.page(owner, 10, None)
        assert line.title == "As it was"


async def test_more_sessions_than_scripts_are_kept_are_all_loaded_right(storage: Storage, url: str) -> None:
    owner = await add_user(storage)
    sessions = [new_session(owner, quiz_of(CHOICE, title=f"Quiz {number}")) for number in range(4)]
    async with Storage(StorageSettings(url=url, scripts_kept=2)) as small:
        for session in sessions:
            assert await small.sessions.create(session, None)
        for session in [*sessions, *sessions[::-1]]:
            assert await loaded(small, session.id) == session


async def test_a_pin_finds_the_session_until_it_is_finished(stage: Stage) -> None:
    pin = stage.session.pin
    assert await stage.storage.sessions.find(pin) == stage.session.id
    await stage.play(Start())
    assert await stage.storage.sessions.find(pin) == stage.session.id
    await stage.play(End())
    assert await stage.storage.sessions.find(pin) is None


async def test_a_pin_is_in_use_until_its_session_is_finished(stage: Stage, storage: Storage) -> None:
    pin, owner = stage.session.pin, stage.session.owner
    second = new_session(owner, quiz_of(CHOICE), pin=pin)
    assert not await storage.sessions.create(second, None)
    assert await storage.sessions.load(second.id) is None
    await stage.play(End())
    assert await storage.sessions.create(second, None)
    assert await storage.sessions.find(pin) == second.id


async def test_of_sessions_made_at_once_with_one_pin_one_is_stored(storage: Storage, owner: UserId) -> None:
    sessions = [new_session(owner, quiz_of(CHOICE), pin="7654321") for _ in range(8)]
    made = await asyncio.gather(*(storage.sessions.create(session, None) for session in sessions))
    assert sorted(made) == [False] * 7 + [True]
    found = await storage.sessions.find(sessions[0].pin)
    assert found == sessions[made.index(True)].id


async def test_making_the_same_session_again_is_no_conflict_with_itself(storage: Storage, owner: UserId) -> None:
    session = new_session(owner, quiz_of(CHOICE))
    assert await storage.sessions.create(session, None)
    assert await storage.sessions.create(session, None)


async def test_open_questions_are_told_with_their_deadlines_soonest_first(storage: Storage) -> None:
    late, early, untimed, closed = [
        await Stage.set(storage, quiz_of(msgspec.structs.replace(CHOICE, time_limit=limit)))
        for limit in (30, 20, None, 10)
    ]
    for stage in (late, early, untimed, closed):
        await stage.play(Start())
    await closed.play(Close())
    told = await storage.sessions.open_questions()
    assert all(isinstance(each, OpenQuestion) for each in told)
    assert [(each.session_id, each.question, each.closes_at) for each in told] == [
        (stage.session.id, 1, stage.session.closes_at) for stage in (early, late)
    ]


async def test_overdue_questions_are_told_longest_overdue_first_until_they_are_closed(storage: Storage) -> None:
    stages = [await Stage.set(storage, quiz_of(msgspec.structs.replace(CHOICE, time_limit=10))) for _ in range(3)]
    for stage, offset in zip(stages, (20, 10, 30), strict=True):
        await stage.play(Start(), now=Millis(NOON + offset))
    untimed = await Stage.set(storage, quiz_of(msgspec.structs.replace(CHOICE, time_limit=None)))
    await untimed.play(Start())
    late, early, last = stages
    assert last.session.closes_at is not None
    assert await storage.sessions.overdue(last.session.closes_at) == [
        Overdue(early.session.id, 1),
        Overdue(late.session.id, 1),
    ]
    await early.play(Close())
    assert [each.session_id for each in await storage.sessions.overdue(last.session.closes_at)] == [late.session.id]


async def test_forgotten_sessions_are_told_oldest_first(storage: Storage, owner: UserId) -> None:
    made = [new_session(owner, quiz_of(CHOICE), now=Millis(NOON + offset)) for offset in (30, 10, 20, 40)]
    for session in made:
        await storage.sessions.create(session, None)
    finished = Stage(storage, made[2])
    await finished.play(End())
    assert await storage.sessions.unfinished_since(Millis(NOON + 40)) == [made[1].id, made[0].id]


async def test_at_most_a_hundred_forgotten_sessions_are_told_at_once(storage: Storage, owner: UserId) -> None:
    for _ in range(101):
        await storage.sessions.create(new_session(owner, quiz_of(CHOICE)), None)
    assert len(await storage.sessions.unfinished_since(Millis(NOON + 1))) == 100


async def test_pages_list_a_hosts_own_sessions_newest_first_without_gaps_or_repeats(
    storage: Storage, owner: UserId
) -> None:
    stranger = await add_user(storage)
    await storage.sessions.create(new_session(stranger, quiz_of(CHOICE)), None)
    made = [new_session(owner, quiz_of(CHOICE), now=Millis(NOON + number // 2)) for number in range(7)]
    for session in made:
        await storage.sessions.create(session, None)
    seen: list[str] = []
    after: tuple[Millis, SessionId] | None = None
    while page := await storage.sessions.page(owner, 3, after):
        assert len(page) <= 3
        seen += [line.id for line in page]
        after = page[-1].created_at, page[-1].id
    assert seen == [session.id for session in made[::-1]]


async def test_a_line_of_a_page_tells_where_the_session_is_and_how_many_sit_in_it(stage: Stage) -> None:
    await stage.seat("Ada", "Bob")
    await stage.play(Start())
    (line,) = await stage.storage.sessions.page(stage.session.owner, 10, None)
    assert (line.id, line.pin, line.title) == (stage.session.id, stage.session.pin, "Pub night")
    assert (line.phase, line.created_at, line.players) == (Phase.QUESTION, NOON, 2)


async def test_all_answers_of_a_session_are_streamed_by_question_and_arrival(stage: Stage) -> None:
    ada, bob, cat = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Start())
    for player, received_at in ((cat, 30), (ada, 20), (bob, 10)):
        await stage.answer(player, [0], received_at=NOON + received_at)
    await stage.next_question()
    await stage.answer(cat, "Reykjavík", received_at=NOON + 40)
    other = await Stage.set(stage.storage)
    (dan,) = await other.seat("Dan")
    await other.play(Start())
    await other.answer(dan, [0])
    streamed: list[StoredAnswer] = [each async for each in stage.storage.sessions.answers(stage.session)]
    assert [(each.question, each.player_id) for each in streamed] == [(1, bob), (1, ada), (1, cat), (2, cat)]
    assert streamed[3].answer == "Reykjavík"


async def test_a_session_without_answers_streams_none(stage: Stage) -> None:
    assert [each async for each in stage.storage.sessions.answers(stage.session)] == []


async def test_a_call_that_is_cancelled_leaves_the_storage_working(stage: Stage) -> None:
    (ada,) = await stage.seat("Ada")
    for _ in range(20):
        calls = [
            asyncio.create_task(stage.storage.sessions.load(stage.session.id)),
            asyncio.create_task(stage.storage.sessions.player(stage.session.id, ada)),
            asyncio.create_task(stage.storage.users.set_password_hash(stage.session.owner, "new")),
        ]
        await asyncio.wait(calls, return_when=asyncio.FIRST_COMPLETED)
        for call in calls:
            call.cancel()
        await asyncio.wait(calls)
    assert await loaded(stage.storage, stage.session.id) == stage.session
    await stage.play(Start(), Close(), Next())
    assert await stage.storage.sessions.player(stage.session.id, PlayerId("nobody")) is None
