"""What the game needs of the world. Every adapter of a port passes the same contract suite in `tests/contract/`.

Unless a method says otherwise, every one of them raises `Unavailable` when the database cannot be reached in time, and
has then changed nothing or, for writes, may have been carried out: all writes here are safe to repeat.
"""

from quiz.game.ports.answers import AnswerLog, AnswerRefusal, OverflowQueue, PendingAnswer, QueuedAnswer
from quiz.game.ports.caches import ContentCache, StandingsCache, StandingsPart
from quiz.game.ports.fanout import Fanout
from quiz.game.ports.quizzes import QuizStore, QuizSummary, StoredQuiz
from quiz.game.ports.sessions import (
    Mark,
    OpenQuestion,
    Overdue,
    Picture,
    Player,
    SeatRefusal,
    SessionStore,
    SessionSummary,
)
from quiz.game.ports.users import User, UserStore
from quiz.game.ports.world import Clock, Limiter

__all__ = [
    "AnswerLog",
    "AnswerRefusal",
    "Clock",
    "ContentCache",
    "Fanout",
    "Limiter",
    "Mark",
    "OpenQuestion",
    "Overdue",
    "OverflowQueue",
    "PendingAnswer",
    "Picture",
    "Player",
    "QueuedAnswer",
    "QuizStore",
    "QuizSummary",
    "SeatRefusal",
    "SessionStore",
    "SessionSummary",
    "StandingsCache",
    "StandingsPart",
    "StoredQuiz",
    "User",
    "UserStore",
]
