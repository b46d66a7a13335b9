"""What happens when: faults, moments, questions, all of it from one seed."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from random import Random
from typing import Final

from msgspec import Struct

ROUNDS_A_GAME: Final = 5
TIME_LIMIT_S: Final = 5
"""The shortest that the contract allows."""


class Fault(StrEnum):
    """What goes wrong in a round."""

    KILL_NODE = "kill -9 a node"
    STOP_NODE = "SIGTERM a node, start another"
    SUSPEND_NODE = "suspend a node"
    SUSPEND_REDIS = "suspend Redis"
    SUSPEND_POSTGRESQL = "suspend PostgreSQL"
    EMPTY_REDIS = "kill -9 Redis, back empty"
    RESTART_POSTGRESQL = "restart PostgreSQL"
    CUT_REDIS = "cut a node from Redis"
    RELOAD_NGINX = "reload nginx"
    ADD_NODE = "add a node"
    REMOVE_NODE = "remove a node"


REDIS_AWAY: Final = frozenset({Fault.SUSPEND_REDIS, Fault.EMPTY_REDIS, Fault.CUT_REDIS})
"""Faults in which nodes cannot tell each other anything."""


class Round(Struct, frozen=True, kw_only=True):
    """One question with one fault. Durations are seconds.

    `moment_s` counts from the host's command that opens the question, `for_s` is how long whatever is away stays away,
    `victim` from 0 to 1 picks a node among those there are. An untimed question is closed by the host after
    `closes_after_s`. A patient host waits until everybody is in step before moving on; all pause for `pause_s`.
    """

    number: int
    fault: Fault
    moment_s: float
    for_s: float
    victim: float
    timed: bool
    closes_after_s: float
    patient: bool
    pause_s: float


class Game(Struct, frozen=True):
    """A session played from lobby to podium; `seed` decides its questions and what its players do."""

    number: int
    seed: str
    rounds: list[Round]


def plan(seed: int, rounds: int) -> list[Game]:
    """All games of a run: as many rounds as asked for, the last game maybe with fewer than the others."""
    random = Random(f"{seed} schedule")
    faults = _deck(random)
    games: list[Game] = []
    for start in range(0, rounds, ROUNDS_A_GAME):
        numbers = range(start + 1, min(start + ROUNDS_A_GAME, rounds) + 1)
        game = len(games) + 1
        games.append(Game(game, f"{seed} game {game}", [_round(number, next(faults), random) for number in numbers]))
    return games


def _deck(random: Random) -> Iterator[Fault]:
    """All faults in some order, then all in another, so that each occurs about as often as any other."""
    while True:
        cards = list(Fault)
        random.shuffle(cards)
        yield from cards


def _round(number: int, fault: Fault, random: Random) -> Round:
    lasting = {
        Fault.SUSPEND_NODE: 5.0,
        Fault.SUSPEND_REDIS: 5.0,
        Fault.SUSPEND_POSTGRESQL: 5.0,
        Fault.CUT_REDIS: 6.0,
    }
    chance = random.random()
    return Round(
        number=number,
        fault=fault,
        moment_s=round(random.uniform(0, TIME_LIMIT_S + 1), 3),
        for_s=lasting.get(fault, round(0.3 + 2 * chance, 3)),
        victim=random.random(),
        timed=random.random() < 0.8,
        closes_after_s=round(random.uniform(3.5, 5), 3),
        patient=random.random() < 0.5,
        pause_s=round(random.uniform(0.2, 0.8), 3),
    )
