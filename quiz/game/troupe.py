"""The bots of one session, and what they have still to do about the question that is open."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Final

from msgspec import Struct

from quiz.domain.board import Board
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.messages import Answer
from quiz.domain.session import Phase, Session
from quiz.game.bot_answers import KNOWS_LEAST, KNOWS_MOST, Move, think
from quiz.game.new_ids import is_bot

LOOK_MS: Final = Millis(250)
"""How often the session is looked at when nobody has anything to do."""
_SOONEST_MS: Final = 20


class Turn(Struct, frozen=True):
    """A bot that is to answer now."""

    player_id: PlayerId
    question: int
    answer: Answer


def bots_on(board: Board) -> list[PlayerId]:
    """The bots among the seated players, in the order they joined."""
    return [player for player in board.seats if is_bot(player)]


class Troupe:
    """Remembers who has answered the open question.

    What a bot does follows from its id and the question alone. So it does the same on every node that plays it, and
    after a restart: then it repeats its answer, which the database takes for a repetition.
    """

    def __init__(self) -> None:
        self.size = 0
        """How many bots there were at the last look."""
        self._has_failed = False
        self._question = 0
        self._moves: dict[PlayerId, Move] = {}
        self._done: set[PlayerId] = set()

    def due(self, session: Session, bots: Sequence[PlayerId], now: Millis) -> list[Turn]:
        """Whose time to answer has come; each is named again until it is `done`."""
        self.size = len(bots)
        if session.question != self._question:
            self._question = session.question
            self._moves.clear()
            self._done.clear()
        if session.phase is not Phase.QUESTION or session.opens_at is None:
            return []
        passed = now - session.opens_at
        for bot in bots:
            if bot not in self._moves:
                self._moves[bot] = _move(session, bot)
        return [
            Turn(bot, session.question, self._moves[bot].answer)
            for bot in bots
            if bot not in self._done and self._moves[bot].after_ms <= passed
        ]

    def done(self, turn: Turn) -> None:
        """The bot has answered, or need not any more."""
        if turn.question == self._question:
            self._done.add(turn.player_id)

    def fails_first(self) -> bool:
        """Whether nothing has gone wrong before; asked when something has, to say so once."""
        is_first, self._has_failed = not self._has_failed, True
        return is_first

    def wait_ms(self, session: Session, now: Millis) -> Millis:
        """How long to wait before looking again."""
        if session.phase is not Phase.QUESTION or session.opens_at is None:
            return LOOK_MS
        left = (move.after_ms for bot, move in self._moves.items() if bot not in self._done)
        until = min(left, default=LOOK_MS + now - session.opens_at) + session.opens_at - now
        return Millis(max(_SOONEST_MS, min(LOOK_MS, until)))


def _move(session: Session, bot: PlayerId) -> Move:
    knows = Random(bot).uniform(KNOWS_LEAST, KNOWS_MOST)  # noqa: S311  (nobody gains by guessing what a bot does)
    random = Random(f"{bot} {session.question}")  # noqa: S311
    return think(session.current, session.script.shown(session.question), knows, random)
