"""A whole session in memory: the rules of the domain with nothing around them, for properties over many games."""

from __future__ import annotations

from random import Random

from quiz.domain.announce import Audience, announcements, earnings, rewrites_the_past
from quiz.domain.answers import AnswerProblem, read_answer
from quiz.domain.board import Board
from quiz.domain.commands import Command
from quiz.domain.decide import Decision, Refusal, decide
from quiz.domain.follow import follow
from quiz.domain.ids import Millis, Pin, PlayerId, SessionId, SubmissionId, UserId
from quiz.domain.messages import Answer, Lobby, RosterEntry, State
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
from quiz.domain.reveal import reveal
from quiz.domain.roles import Role
from quiz.domain.script import freeze
from quiz.domain.session import Phase, Session
from quiz.domain.snapshot import player_snapshot, staff_snapshot
from quiz.domain.tally import StoredAnswer, Tally, closed_questions, recount, score_question

QUIZ = Quiz(
    title="Five kinds",
    rounds=(
        Round(
            "First",
            (
                ChoiceQuestion(text="Two?", choices=(Choice("1"), Choice("2", correct=True)), explanation="It is two."),
                ChoiceQuestion(
                    text="Even?",
                    choices=(Choice("2", correct=True), Choice("3"), Choice("4", correct=True)),
                    multiple=True,
                    time_limit=None,
                ),
                NumericQuestion(text="Ten?", answer=10, tolerance=1, points=500),
            ),
        ),
        Round(
            "Second",
            (
                TextQuestion(text="Capital of Iceland?", accepted=("Reykjavík",), time_limit=5),
                OrderQuestion(text="Count", items=("one", "two", "three")),
                PollQuestion(text="Tea?", choices=(PollChoice("yes"), PollChoice("no"))),
            ),
        ),
    ),
)
ANSWERS: dict[str, list[Answer]] = {
    "choice": [[0], [1], [0, 2], [0, 1, 2]],
    "poll": [[0], [1]],
    "numeric": [10, 9.5, 3],
    "text": ["reykjavik", "Oslo"],
    "order": [[0, 1, 2], [2, 1, 0], [1, 2, 0]],
}


class Game:
    """A session, its seats and answers, and everyone's followed state beside it."""

    def __init__(self, seed: int = 0) -> None:
        self.now = Millis(1_790_000_000_000)
        self.session = Session(
            id=SessionId("s"),
            pin=Pin("1234567"),
            owner=UserId("u"),
            script=freeze(QUIZ, Random(seed)),
            created_at=self.now,
        )
        self.seats: dict[PlayerId, str] = {}
        self.tallies: dict[PlayerId, Tally] = {}
        self.answers: dict[int, dict[PlayerId, StoredAnswer]] = {}
        self.decisions: list[Decision] = []
        self.followed: dict[str, State] = {}

    @property
    def board(self) -> Board:
        """Seats and totals as a fresh load would find them."""
        current = self.answers.get(self.session.question, {}).values()
        seated = [stored.answer for stored in current if stored.player_id in self.seats]
        return Board(self.seats, self.tallies, reveal(self.session, seated) if self.closed else None)

    def join(self, player: str) -> None:
        """Seat a player and tell the staff."""
        self.seats[PlayerId(player)] = player.title()
        self._tell_seated(PlayerId(player))

    def answer(self, player: str, raw: object, after_ms: int = 1000) -> bool:
        """Store an answer if the rules take it."""
        player_id, session = PlayerId(player), self.session
        taken = self.answers.setdefault(session.question, {})
        if session.phase is not Phase.QUESTION or player_id not in self.seats or player_id in taken:
            return False
        answer = read_answer(session.current, raw)
        if isinstance(answer, AnswerProblem):
            return False
        taken[player_id] = StoredAnswer(
            player_id, session.question, SubmissionId("x"), answer, self.now, Millis(after_ms)
        )
        who = f"player:{player}"
        if (state := self.followed.get(who)) is not None:
            self.followed[who] = self._fresh(who, state)
        return True

    def command(self, command: Command) -> Decision | Refusal:
        """Decide, write and announce, as a node would."""
        outcome = decide(self.session, command, self.now)
        if isinstance(outcome, Refusal):
            return outcome
        old = self.board
        left = [self.seats.pop(player) for player in outcome.kicks if player in self.seats]
        self.session = outcome.after
        for player in outcome.kicks:
            self.tallies.pop(player, None)
            self.followed.pop(f"player:{player}", None)
        if outcome.readmits is not None:
            self.tallies |= self._seat_again(outcome.readmits)
        if outcome.closes is not None:
            answers = self.answers.get(outcome.closes, {})
            self.tallies = score_question(self.session, outcome.closes, answers, self.tallies, self.seats)
        if outcome.recounts:
            self.tallies = recount(self.session, self.answers, self.seats)
        self.decisions.append(outcome)
        self._announce(outcome, old, left)
        return outcome

    def watch(self, who: str) -> None:
        """Begin to follow the session as `host`, `screen` or `player:NAME`."""
        self.followed[who] = self.fresh(who)

    def fresh(self, who: str) -> State:
        """What a snapshot would show now."""
        role, _, player = who.partition(":")
        if role == Role.PLAYER:
            player_id = PlayerId(player)
            stored = self.answers.get(self.session.question, {}).get(player_id)
            return player_snapshot(self.session, self.board, player_id, stored, self.now)
        taken = self.answers.get(self.session.question, {})
        answered = sum(player_id in self.seats for player_id in taken)
        return staff_snapshot(self.session, self.board, Role(role), answered, self.now)

    @property
    def closed(self) -> int:
        """How many questions have been closed."""
        return closed_questions(self.session)

    def _seat_again(self, player: PlayerId) -> dict[PlayerId, Tally]:
        """Seat somebody as the newest and give the totals of all answers from there."""
        self.seats[player] = player.title()
        return recount(self.session, self.answers, [player])

    def _fresh(self, who: str, state: State) -> State:
        fresh = self.fresh(who)
        assert fresh.version >= state.version
        return fresh

    def _announce(self, decision: Decision, old: Board, left: list[str]) -> None:
        before, after, board = decision.before, decision.after, self.board
        if left:
            version, count = self.session.version, len(self.seats)
            parted = Lobby(version=version, players=count, joined=[], left=left, locked=self.session.locked)
            self._publish(Audience.STAFF, parted)
        if decision.readmits is not None:
            self._tell_seated(decision.readmits)
        for audience, event in announcements(before, after, board):
            self._publish(audience, event)
        earned = earnings(before, after, board)
        for player in board.seats:
            state, result = self.followed.get(f"player:{player}"), earned(player)
            if state is not None and result is not None:
                self.followed[f"player:{player}"] = follow(state, result)
        if rewrites_the_past(before, after, old, board):
            self.followed = {who: self.fresh(who) for who in self.followed}
        if decision.readmits is not None:
            self.watch(f"player:{decision.readmits}")

    def _tell_seated(self, player: PlayerId) -> None:
        nickname, version, locked = self.seats[player], self.session.version, self.session.locked
        entry = [RosterEntry(player, nickname)]
        seated = Lobby(version=version, players=len(self.seats), joined=[nickname], left=[], locked=locked, seats=entry)
        self._publish(Audience.STAFF, seated)

    def _publish(self, audience: Audience, event: object) -> None:
        for who, state in self.followed.items():
            if audience is Audience.ALL or not who.startswith("player:"):
                self.followed[who] = follow(state, event)  # type: ignore[arg-type]
