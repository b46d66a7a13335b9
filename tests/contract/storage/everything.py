"""Every method of every store, for suites about the statements that they send."""

from __future__ import annotations

from quiz.domain.commands import Close, End, Kick, Next, Start, Void
from quiz.domain.ids import Millis, PlayerId, QuizId, SessionId, UserId
from quiz.storage.storage import Storage
from tests.contract.storage.games import CHOICE, NOON, Stage, add_user, quiz_of, store_quiz


async def use_everything(storage: Storage) -> None:
    """Call every method of every store, so that every query is run."""
    owner = await add_user(storage, "Ada")
    await storage.users.by_id(owner)
    await storage.users.by_name("Ada")
    await storage.users.set_password_hash(owner, "new")
    await storage.users.count()
    await storage.check()
    await storage.check_durability()
    await storage.now()
    quiz_id = await store_quiz(storage, owner, quiz_of(CHOICE))
    await storage.quizzes.get(quiz_id, owner)
    await storage.quizzes.page(owner, 10, None)
    await storage.quizzes.page(owner, 10, (NOON, quiz_id))
    await storage.quizzes.replace(quiz_id, owner, quiz_of(CHOICE), 1, NOON)
    await storage.quizzes.delete(quiz_id, owner, 1)
    await storage.quizzes.delete(quiz_id, owner, None)
    await storage.quizzes.get(QuizId("gone"), UserId("nobody"))
    stage = await Stage.set(storage)
    session = stage.session
    ada, bob, _ = await stage.seat("Ada", "Bob", "Cat")
    await stage.try_seat("Ada", "taken")
    await storage.sessions.find(session.pin)
    await storage.sessions.marks([session.id])
    await storage.sessions.player(session.id, ada)
    await storage.sessions.players(session.id)
    await stage.play(Start())
    await storage.sessions.open_questions()
    await storage.sessions.overdue(NOON)
    await stage.answer(ada, [0])
    await stage.answer(ada, [0])
    await storage.answers.find(session, 1, ada)
    await storage.answers.find_all(session, 1, [ada, bob])
    await storage.answers.count(session, 1)
    await stage.play(Close(), Kick(bob), Next(), Next())
    await stage.answer(PlayerId("nobody"), [0], session_id=SessionId("nowhere"))
    late = stage.pending(ada, [0])
    await stage.play(Close(), Void(1), End())
    await storage.answers.restore([late])
    await storage.sessions.load(session.id)
    await storage.sessions.unfinished_since(Millis(NOON + 1))
    await storage.sessions.page(session.owner, 10, None)
    await storage.sessions.page(session.owner, 10, (NOON, session.id))
    assert [each async for each in storage.sessions.answers(stage.session)]
    assert await storage.sessions.answers_by(stage.session, ada)
    assert await storage.sessions.finished_at(session.id)
    await storage.ensure_partitions(NOON)
    await storage.drop_before(session.month)
