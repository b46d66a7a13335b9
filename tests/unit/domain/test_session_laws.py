"""Laws that hold whatever hosts, players and deadlines do, in whatever order."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.domain.commands import (
    Close,
    Command,
    Deadline,
    Dismiss,
    End,
    Extend,
    Kick,
    Lock,
    Next,
    Readmit,
    Start,
    Unlock,
    Void,
)
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, PlayerId
from quiz.domain.messages import State
from quiz.domain.session import Phase
from quiz.domain.tally import recount
from tests.unit.domain.games import ANSWERS, QUIZ, Game

PLAYERS = ("ann", "bob", "cid")

commands: st.SearchStrategy[Command] = st.one_of(
    st.just(Start()),
    st.just(Next()),
    st.just(Next()),
    st.just(Next()),
    st.just(Close()),
    st.just(End()),
    st.just(Lock()),
    st.just(Unlock()),
    st.builds(Deadline, st.integers(1, len(QUIZ.questions))),
    st.builds(Extend, st.integers(-1, 60_000).map(Millis)),
    st.builds(Kick, st.sampled_from(PLAYERS).map(PlayerId)),
    st.builds(Dismiss, st.lists(st.sampled_from(PLAYERS).map(PlayerId), max_size=2, unique=True).map(tuple)),
    st.builds(Readmit, st.sampled_from(PLAYERS).map(PlayerId)),
    st.builds(Void, st.integers(0, len(QUIZ.questions) + 1)),
)
joins = st.tuples(st.just("join"), st.sampled_from(PLAYERS))
every_answer = [answer for answers in ANSWERS.values() for answer in answers]
answers = st.tuples(st.just("answer"), st.sampled_from(PLAYERS), st.sampled_from(every_answer), st.integers(0, 25_000))
passing = st.tuples(st.just("wait"), st.integers(0, 30_000))
steps = st.one_of(commands, commands, answers, answers, joins, passing)
games = st.lists(steps, max_size=60)


def play(game: Game, step: object) -> None:
    match step:
        case ("join", str(player)) if PlayerId(player) not in game.seats:
            game.join(player)
        case ("answer", str(player), answer, int(after)):
            game.answer(player, answer, after)
        case ("wait", int(passed)):
            game.now = Millis(game.now + passed)
        case Kick(player=player) if player not in game.seats:
            pass
        case Readmit(player=player) if player in game.seats:
            pass
        case tuple():
            pass
        case _:
            game.command(step)  # type: ignore[arg-type]


def started(seed: int = 0) -> Game:
    game = Game(seed)
    for player in PLAYERS:
        game.join(player)
    for who in ("host", "screen", *(f"player:{player}" for player in PLAYERS)):
        game.watch(who)
    return game


@given(games)
@settings(max_examples=150)
def test_every_accepted_command_makes_the_version_grow_by_one(steps: list[object]) -> None:
    game = started()
    for step in steps:
        before = game.session.version
        taken = len(game.decisions)
        play(game, step)
        assert game.session.version - before == len(game.decisions) - taken


@given(games)
@settings(max_examples=150)
def test_no_question_opens_twice_and_none_is_left_out(steps: list[object]) -> None:
    game = started()
    for step in steps:
        play(game, step)
    opened = [
        decision.after.question for decision in game.decisions if decision.after.question != decision.before.question
    ]
    assert opened == list(range(1, len(opened) + 1))


@given(games)
@settings(max_examples=150)
def test_scores_always_equal_a_recount_from_the_answers(steps: list[object]) -> None:
    game = started()
    for step in steps:
        play(game, step)
        counted = recount(game.session, game.answers, game.tallies)
        assert game.tallies == {player: counted.get(player) for player in game.tallies}


@given(games)
@settings(max_examples=150)
def test_a_question_closes_once_and_never_before_it_is_due_unless_somebody_says_so(steps: list[object]) -> None:
    game = started()
    closed: list[int] = []
    for step in steps:
        due, now = game.session.closes_at, game.now
        taken = len(game.decisions)
        play(game, step)
        for decision in game.decisions[taken:]:
            if decision.closes is not None:
                closed.append(decision.closes)
            if isinstance(decision.command, Deadline):
                assert due is not None
                assert now >= due
    assert len(closed) == len(set(closed))


@given(games)
@settings(max_examples=150)
def test_nothing_leaves_the_finished_phase(steps: list[object]) -> None:
    game = started()
    game.command(End())
    for step in steps:
        play(game, step)
        assert game.session.phase is Phase.FINISHED


@given(st.lists(st.one_of(commands, commands, answers, passing), max_size=60), st.integers(0, 5))
@settings(max_examples=300)
def test_a_stale_snapshot_and_the_events_after_it_equal_a_fresh_snapshot(steps: list[object], seed: int) -> None:
    game = started(seed)
    for step in steps:
        play(game, step)
        for who, state in game.followed.items():
            assert comparable(state, who) == comparable(game.fresh(who), who)


def comparable(state: State, who: str) -> dict[str, object]:
    """A state without what no event tells at once: the clock, to players that doors are locked, and progress."""
    fields = msgspec.structs.asdict(state)
    del fields["now"]
    if who.startswith("player:"):
        del fields["version"]
    if fields.get("answered") is not None and state.phase == "question":
        del fields["answered"]  # told by `progress`, a while later
    return fields


@given(games)
@settings(max_examples=100)
def test_what_players_see_of_an_open_question_has_no_field_for_what_is_right(steps: list[object]) -> None:
    game = started()
    for step in steps:
        play(game, step)
        if game.session.phase is Phase.QUESTION:
            for player in game.seats:
                seen = msgspec.json.encode(game.fresh(f"player:{player}"))
                assert b"correct" not in seen
                assert b"explanation" not in seen
                assert b"accepted" not in seen


def test_the_game_that_everybody_expects_goes_through_every_phase() -> None:
    game = started()
    phases = [game.session.phase]
    outcome = game.command(Start())
    while isinstance(outcome, Decision):
        phases.append(game.session.phase)
        outcome = game.command(Next())
    expected = [Phase.LOBBY, *[Phase.QUESTION, Phase.REVEAL, Phase.STANDINGS] * len(QUIZ.questions), Phase.FINISHED]
    assert phases == expected
