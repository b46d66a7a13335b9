"""How much is measured."""

from __future__ import annotations

from msgspec import Struct


class Sizes(Struct, frozen=True):
    """Numbers of players, sessions and repetitions.

    Attributes:
        repeats: questions, or windows, for each median.
        answerers: players who answer.
        answering_sessions: sessions they are spread over.
        rates: answers offered a second, one window of `repeats` each.
        flood: answers offered a second to find what is sustained.
        rooms: players in the room for a whole question.
        placed: sessions of 50 that are placed by affinity.
        placed_s: seconds of updates in one window.
        idle_s: seconds in which nodes are watched while nothing happens.
        many_nodes: nodes against one.
        crowd: players on the large cluster; 0 leaves it out.
        crowd_nodes: its nodes.
        crowd_think_ms: longest time they take to answer.
    """

    repeats: int = 5
    answerers: int = 18_000
    answering_sessions: int = 20
    rates: tuple[int, ...] = (1_000, 5_000, 10_000)
    flood: int = 40_000
    rooms: tuple[int, ...] = (100, 1_000, 5_000, 10_000)
    placed: int = 40
    placed_s: int = 4
    idle_s: float = 3.0
    many_nodes: int = 5
    crowd: int = 100_000
    crowd_nodes: int = 8
    crowd_think_ms: int = 30_000


FULL = Sizes()
QUICK = Sizes(repeats=3, answerers=3_000, rates=(1_000, 5_000), rooms=(100, 1_000), placed=10, many_nodes=3, crowd=0)
