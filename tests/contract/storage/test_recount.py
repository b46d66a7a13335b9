"""Totals written question by question equal totals counted anew, whatever happens in a game."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quiz.domain.commands import Close, Command, End, Extend, Kick, Lock, Next, Readmit, Unlock, Void
from quiz.domain.decide import Decision, decide
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.messages import Answer
from quiz.domain.quiz import Question
from quiz.domain.session import Phase
from quiz.domain.tally import StoredAnswer, recount
from quiz.storage.storage import Storage
from tests.contract.storage.games import CHOICE, NOON, POLL, TEXT, Stage, quiz_of

PLAYERS = 4
MOST_QUESTIONS = 5

Move = int | tuple[int, Answer, int] | Command
"""Somebody joins; somebody answers, after so many milliseconds; or the host commands. Players by number."""

somebody = st.integers(0, PLAYERS - 1)
replies: st.SearchStrategy[Answer] = st.sampled_from([[0], [1], "Reykjavík", "Oslo"])
moves: st.SearchStrategy[Move] = st.one_of(
    somebody,
    st.tuples(somebody, replies, st.integers(0, 20_000)),
    st.sampled_from([Next(), Next(), Next(), Close()]),
    st.sampled_from([Lock(), Unlock(), Extend(Millis(1000)), End()]),
    somebody.map(lambda number: Kick(PlayerId(str(number)))),
    somebody.map(lambda number: Readmit(PlayerId(str(number)))),
    st.integers(1, MOST_QUESTIONS).map(Void),
)


async def check(stage: Stage) -> None:
    """The board of the last commit, the stored one and a recount from the answers are the same."""
    picture = await stage.storage.sessions.load(stage.session.id)
    assert picture is not None
    assert picture.session == stage.session
    assert dict(picture.board.tallies) == dict(stage.board.tallies)
    assert picture.board.reveal == (stage.board.reveal if stage.session.phase is Phase.REVEAL else None)
    stored: dict[int, dict[PlayerId, StoredAnswer]] = defaultdict(dict)
    async for answer in stage.storage.sessions.answers(stage.session):
        stored[answer.question][answer.player_id] = answer
    assert recount(stage.session, stored, stage.board.tallies) == dict(stage.board.tallies)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.sampled_from([CHOICE, TEXT, POLL]), min_size=1, max_size=MOST_QUESTIONS),
    st.lists(moves, min_size=5, max_size=40),
)
async def test_any_game_leaves_totals_that_equal_a_recount(
    storage: Storage, questions: list[Question], game: list[Move]
) -> None:
    stage = await Stage.set(storage, quiz_of(*questions))

    def player(number: int | str) -> PlayerId:
        return PlayerId(f"{stage.session.id}-{number}")

    for move in game:
        match move:
            case int():
                await stage.try_seat(f"Player {move}", player(move))
            case (number, reply, elapsed_ms):
                await stage.answer(player(number), reply, elapsed_ms=Millis(elapsed_ms))
            case Readmit(player=number):
                if (lost := await storage.sessions.player(stage.session.id, player(number))) and lost.kicked:
                    await stage.play(Readmit(lost.id))
                    await check(stage)
            case _:
                command = Kick(player(move.player)) if isinstance(move, Kick) else move
                if isinstance(decide(stage.session, command, NOON), Decision):
                    await stage.play(command)
                    await check(stage)
