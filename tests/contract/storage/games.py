"""A session played straight on the stores, without the rooms above them."""

from __future__ import annotations

import itertools
import random
from typing import Final, Self

import msgspec

from quiz.domain.board import Board
from quiz.domain.commands import Close, Command, Next
from quiz.domain.decide import Decision, decide
from quiz.domain.ids import Millis, Pin, PlayerId, QuizId, SessionId, SubmissionId, UserId
from quiz.domain.messages import Answer
from quiz.domain.nickname import Nickname
from quiz.domain.quiz import Choice, ChoiceQuestion, PollChoice, PollQuestion, Question, Quiz, Round, TextQuestion
from quiz.domain.scoring import Mode
from quiz.domain.script import freeze
from quiz.domain.session import Session, Settings
from quiz.domain.tally import StoredAnswer
from quiz.game.ports import AnswerRefusal, PendingAnswer, SeatRefusal, User
from quiz.storage.storage import Storage

NOON: Final = Millis(1_900_000_000_000)
"""When sessions are made; time stands still unless a test says otherwise."""

CHOICE: Final = ChoiceQuestion(text="Which is a planet?", choices=(Choice("Mars", correct=True), Choice("The Moon")))
TEXT: Final = TextQuestion(text="What is the capital of Iceland?", accepted=("Reykjavík",))
POLL: Final = PollQuestion(text="Tea or coffee?", choices=(PollChoice("Tea"), PollChoice("Coffee")))

_numbers = itertools.count(1_000_000)


def quiz_of(*questions: Question, title: str = "Pub night") -> Quiz:
    return Quiz(title=title, rounds=(Round("Only round", questions),))


async def add_user(storage: Storage, name: str = "") -> UserId:
    user = User(UserId(f"user-{next(_numbers)}"), name or f"Quiz master {next(_numbers)}", "hash")
    assert await storage.users.add(user, NOON)
    return user.id


def new_session(owner: UserId, quiz: Quiz, *, pin: str = "", now: Millis = NOON) -> Session:
    number = next(_numbers)
    return Session(
        id=SessionId(f"session-{number}"),
        pin=Pin(pin or str(number)),
        owner=owner,
        script=freeze(quiz, random.Random(number)),
        created_at=now,
        settings=Settings(scoring=Mode.ACCURACY),
    )


class Stage:
    """One session under way: `session` and `board` are as the last commit left them."""

    def __init__(self, storage: Storage, session: Session) -> None:
        self.storage = storage
        self.session = session
        self.board = Board({}, {})

    @classmethod
    async def set(cls, storage: Storage, quiz: Quiz | None = None) -> Self:
        """Make a session in its lobby, of a quiz that is not stored."""
        session = new_session(await add_user(storage), quiz or quiz_of(CHOICE, TEXT, POLL))
        assert await storage.sessions.create(session, None)
        return cls(storage, session)

    def decision(self, command: Command, now: Millis = NOON) -> Decision:
        outcome = decide(self.session, command, now)
        assert isinstance(outcome, Decision), outcome
        return outcome

    async def play(self, *commands: Command, now: Millis = NOON) -> Board:
        """Carry commands out one after the other."""
        for command in commands:
            decision = self.decision(command, now)
            board = await self.storage.sessions.commit(decision, now)
            assert isinstance(board, Board)
            self.session, self.board = decision.after, board
        return self.board

    async def try_seat(
        self, nickname: str, player: str | None = None, *, key: str = "", most: int = 1000
    ) -> SeatRefusal | None:
        shown = Nickname(nickname, key or nickname.casefold())
        player_id = PlayerId(player or f"{self.session.id}-{nickname}")
        return await self.storage.sessions.seat(self.session.id, player_id, shown, NOON, most)

    async def seat(self, *nicknames: str) -> list[PlayerId]:
        """Seat players in this order and give their ids."""
        players = [PlayerId(f"{self.session.id}-{nickname}") for nickname in nicknames]
        for nickname, player in zip(nicknames, players, strict=True):
            assert await self.try_seat(nickname, player) is None
        return players

    def pending(self, player: PlayerId, answer: Answer, submission: str = "first", **changes: object) -> PendingAnswer:
        pending = PendingAnswer(
            session_id=self.session.id,
            month=self.session.month,
            player_id=player,
            question=self.session.question,
            submission=SubmissionId(submission),
            answer=answer,
            received_at=Millis(NOON + 1234),
            elapsed_ms=Millis(1234),
        )
        return msgspec.structs.replace(pending, **changes)

    async def answer(
        self, player: PlayerId, answer: Answer, submission: str = "first", **changes: object
    ) -> StoredAnswer | AnswerRefusal:
        return await self.storage.answers.append(self.pending(player, answer, submission, **changes))

    async def next_question(self) -> None:
        """From an open question to the next one."""
        await self.play(Close(), Next(), Next())


async def store_quiz(storage: Storage, owner: UserId, quiz: Quiz) -> QuizId:
    quiz_id = QuizId(f"quiz-{next(_numbers)}")
    await storage.quizzes.add(quiz_id, owner, quiz, NOON)
    return quiz_id
