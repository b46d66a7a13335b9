"""Bots at play beside a store that is away, an answer that breaks, and a node that stops."""

from __future__ import annotations

import asyncio
from random import Random

from structlog.testing import capture_logs

from quiz.domain.board import Board
from quiz.domain.ids import Millis, Pin, PlayerId, SessionId, UserId
from quiz.domain.quiz import Quiz, Round
from quiz.domain.script import freeze
from quiz.domain.session import Phase, Session
from quiz.game.bot_play import REHEARSALS_MAX, BotPlay
from quiz.game.calls import AnswerAck, AnswerCall
from quiz.game.errors import Refused, Unavailable
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.new_ids import new_bot_id
from quiz.game.tokens import Seat
from quiz.game.troupe import Troupe, bots_on
from tests.unit.domain.questions import order, single
from tests.waiting import until

OPENED = Millis(1_900_000_000_000)
BOTS = [new_bot_id() for _ in range(5)]
LATE = 30_000
"""Milliseconds after which everybody has answered."""


def session(question: int = 1, phase: Phase = Phase.QUESTION) -> Session:
    script = freeze(Quiz("A quiz", (Round("Only", (single(True, False), order(4))),)), Random(1))
    return Session(
        id=SessionId("s"),
        pin=Pin("1234567"),
        owner=UserId("u"),
        script=script,
        created_at=OPENED,
        phase=phase,
        question=question,
        opens_at=OPENED,
    )


class OneSession(LiveSessions):
    """Knows one session, and no database."""

    def __init__(self) -> None:
        seats = {PlayerId("p1"): "Ann", **{bot: f"Bot {number}" for number, bot in enumerate(BOTS, start=1)}}
        self.live = LiveSession(session(), Board(seats, {}), 0)

    async def get(self, session_id: SessionId) -> LiveSession:
        return self.live


class Answers:
    """Keeps answers, unless there is trouble."""

    def __init__(self, *troubles: Exception) -> None:
        self.troubles = list(troubles)
        self.taken: list[tuple[PlayerId | None, AnswerCall]] = []

    async def answer(self, seat: Seat, call: AnswerCall, received_at: Millis) -> AnswerAck:
        if self.troubles:
            raise self.troubles.pop()
        self.taken.append((seat.player_id, call))
        return AnswerAck(ok=True, status="saved", received_at=received_at)


class Late:
    """A clock at which every bot has thought enough."""

    def now(self) -> Millis:
        return Millis(OPENED + LATE)


async def played(answers: Answers, most: int = len(BOTS)) -> BotPlay:
    """Bots that have given so many answers."""
    play = BotPlay(OneSession(), answers, Late())
    play.begin(SessionId("s"))

    async def answered() -> bool:
        return len(answers.taken) >= most

    await until(answered)
    return play


async def test_each_bot_answers_once_and_people_are_left_alone() -> None:
    answers = Answers()
    play = await played(answers)
    assert play.bots == len(BOTS)
    await play.close()
    assert sorted(str(player) for player, _ in answers.taken) == sorted(BOTS)


async def test_while_the_database_is_away_a_bot_tries_again_with_the_same_answer() -> None:
    answers = Answers(*[Unavailable("away")] * 7)
    play = await played(answers)
    await play.close()
    assert sorted(str(player) for player, _ in answers.taken) == sorted(BOTS)


async def test_a_bot_that_fails_is_told_of_once_and_the_others_play_on() -> None:
    answers = Answers(ValueError("one"), Refused("closed"), ValueError("two"))
    with capture_logs() as logs:
        play = await played(answers, len(BOTS) - 3)
        await play.close()
    assert [line["event"] for line in logs] == ["a bot failed"]


async def test_nobody_plays_when_the_game_is_over_or_the_node_stops() -> None:
    sessions = OneSession()
    play = BotPlay(sessions, Answers(), Late())
    play.begin(SessionId("s"))
    sessions.live.session = session(phase=Phase.FINISHED)

    async def is_over() -> bool:
        return play.bots == 0 and len(asyncio.all_tasks()) == 1

    await until(is_over)
    await play.close()
    play.begin(SessionId("s"))
    assert play.bots == 0
    assert not play.has_room(SessionId("s"))


async def test_a_node_plays_so_many_sessions_and_no_more() -> None:
    play = BotPlay(OneSession(), Answers(), Late())
    for number in range(REHEARSALS_MAX):
        assert play.has_room(SessionId(f"s{number}"))
        play.begin(SessionId(f"s{number}"))
    assert play.has_room(SessionId("s0"))
    assert not play.has_room(SessionId("another"))
    await play.close()


def test_two_nodes_have_a_bot_do_the_same_and_each_question_is_another_matter() -> None:
    one, other, late = Troupe(), Troupe(), Millis(OPENED + LATE)
    first = one.due(session(), BOTS, late)
    assert first == other.due(session(), BOTS, late)
    for turn in first:
        one.done(turn)
    assert one.due(session(), BOTS, late) == []
    assert [turn.question for turn in one.due(session(question=2), BOTS, late)] == [2] * len(BOTS)


def test_bots_answer_one_after_the_other_and_none_before_the_question_opens() -> None:
    troupe = Troupe()
    assert troupe.due(session(), BOTS, Millis(OPENED - 1)) == []
    answered = [len(troupe.due(session(), BOTS, Millis(OPENED + after))) for after in range(0, LATE, 100)]
    assert answered == sorted(answered)
    assert len(set(answered)) > 2


def test_a_bot_that_sits_down_later_answers_too() -> None:
    troupe, late = Troupe(), Millis(OPENED + LATE)
    for turn in troupe.due(session(), BOTS[:2], late):
        troupe.done(turn)
    assert [turn.player_id for turn in troupe.due(session(), BOTS, late)] == BOTS[2:]


def test_there_is_a_look_four_times_a_second_and_sooner_for_a_bot_whose_time_comes() -> None:
    troupe = Troupe()
    assert troupe.wait_ms(session(phase=Phase.LOBBY), OPENED) == 250
    troupe.due(session(), BOTS, OPENED)
    waits = {troupe.wait_ms(session(), Millis(OPENED + after)) for after in range(0, 10_000, 10)}
    assert min(waits) == 20
    assert max(waits) == 250


def test_bots_are_told_from_people_by_their_ids_not_their_names() -> None:
    assert bots_on(Board({PlayerId("p1"): "Bot 3", BOTS[0]: "Bot 4"}, {})) == [BOTS[0]]
