"""Who leads: players ranked by points, ties broken by total time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nsmallest

from msgspec import Struct

from quiz.domain.ids import Millis, PlayerId
from quiz.domain.scoring import Score


class Standing(Struct, frozen=True, gc=False):
    """A player's place. Same points and same total time share a rank, and the ranks after it are left out."""

    rank: int
    player_id: PlayerId
    nickname: str
    points: int
    correct: int
    time_ms: Millis


def rank_players(players: Iterable[tuple[PlayerId, str, Score]]) -> list[Standing]:
    """Rank players given as (id, nickname, score): most points first, then the lower total time.

    Players who share a rank stand by nickname, then by id, so that the order never depends on that of the input.
    """
    ordered = sorted(players, key=_place)
    standings: list[Standing] = []
    rank, tied_with = 0, None
    for position, (player_id, nickname, score) in enumerate(ordered, start=1):
        merit = (score.points, score.time_ms)
        if merit != tied_with:
            rank, tied_with = position, merit
        standings.append(Standing(rank, player_id, nickname, score.points, score.correct, score.time_ms))
    return standings


def rank_first(count: int, players: Sequence[tuple[PlayerId, str, Score]]) -> list[Standing]:
    """The first so many of `rank_players`, without sorting the others."""
    merits = nsmallest(count, ((-score.points, score.time_ms) for _, _, score in players))
    if not merits:
        return []
    last = merits[-1]
    return rank_players([each for each in players if (-each[2].points, each[2].time_ms) <= last])[:count]


def _place(player: tuple[PlayerId, str, Score]) -> tuple[int, int, str, PlayerId]:
    player_id, nickname, score = player
    return -score.points, score.time_ms, nickname.casefold(), player_id
