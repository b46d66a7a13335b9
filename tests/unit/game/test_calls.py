"""The tables that everything else is checked against, spelled out once by hand from the public contract."""

from __future__ import annotations

from quiz.domain.commands import Close, End, Extend, Kick, Lock, Next, Readmit, Start, Unlock, Void
from quiz.domain.decide import TABLE
from quiz.domain.roles import Role
from quiz.domain.session import Phase
from quiz.game.calls import CALLS

HOSTS_ONLY = {"start", "next", "close", "lock", "unlock", "end", "extend", "kick", "readmit", "void"}


def test_players_answer_hosts_command_and_anybody_may_ask_for_the_time() -> None:
    assert CALLS["answer"].roles == {Role.PLAYER}
    assert CALLS["time"].roles == set(Role)
    assert {event for event, row in CALLS.items() if row.roles == {Role.HOST}} == HOSTS_ONLY
    assert set(CALLS) == {"answer", "time", *HOSTS_ONLY}


def test_each_command_has_its_phases() -> None:
    lobby, question, reveal, standings, _ = Phase
    everywhere, alive = set(Phase), {lobby, question, reveal, standings}
    phases = {
        Start: {lobby},
        Next: alive,
        Close: {question},
        Extend: {question},
        Lock: alive,
        Unlock: alive,
        End: alive,
        Kick: everywhere,
        Readmit: everywhere,
        Void: everywhere - {lobby},
    }
    for command, expected in phases.items():
        assert {phase for phase in Phase if (phase, command) in TABLE} == expected, command.__name__
