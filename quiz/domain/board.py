"""Who is seated in a session and what they have earned: the part of it that is not one row."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

from quiz.domain.ids import Millis, PlayerId
from quiz.domain.messages import Ahead, Entry, ResultView, RevealView, Table
from quiz.domain.scoring import Score
from quiz.domain.standings import Standing, rank_first, rank_players
from quiz.domain.tally import NOTHING, Tally

TOP: Final = 10
"""Lines of the standings that everybody is sent."""
PODIUM: Final = 3


class Board:
    """A node's picture of seats and totals, kept beside one version of the session.

    Seats come and go without a new version; totals change only with one, and then the board is made anew. Places are
    kept sorted, so that a player's rank costs a search and not a sort: thousands may connect within a second.
    """

    def __init__(
        self, seats: Mapping[PlayerId, str], tallies: Mapping[PlayerId, Tally], shown: RevealView | None = None
    ) -> None:
        self._seats = dict(seats)
        self._tallies = {player: tally for player, tally in tallies.items() if player in self._seats}
        self._standings: list[Standing] | None = None
        self._places: list[tuple[int, Millis, str]] | None = None
        self.reveal = shown

    def __len__(self) -> int:
        """How many players are seated."""
        return len(self._seats)

    def __contains__(self, player: PlayerId) -> bool:
        """Whether the player has a seat."""
        return player in self._seats

    @property
    def seats(self) -> Mapping[PlayerId, str]:
        """Nicknames by player, in the order they joined."""
        return self._seats

    def without(self, other: Board) -> list[tuple[PlayerId, str]]:
        """The seats here that another board does not have, in the order they were taken."""
        others = other._seats
        if self._seats.keys() <= others.keys():  # as nearly always, and quickly found
            return []
        return [(player, nickname) for player, nickname in self._seats.items() if player not in others]

    @property
    def tallies(self) -> Mapping[PlayerId, Tally]:
        """Totals of the players who were seated at the last close."""
        return self._tallies

    def seat(self, player: PlayerId, nickname: str) -> bool:
        """Add a seat; says whether it is new."""
        if player in self._seats:
            return False
        self._seats[player] = nickname
        self._standings = None
        return True

    def unseat(self, player: PlayerId) -> str | None:
        """Take a seat away; gives the nickname that sat there."""
        nickname = self._seats.pop(player, None)
        if nickname is not None:
            self._tallies.pop(player, None)
            self._standings = self._places = None
        return nickname

    def standings(self) -> list[Standing]:
        """All seated players, best first."""
        if self._standings is None:
            self._standings = rank_players(self._lines())
        return self._standings

    def tally(self, player: PlayerId) -> Tally:
        """The player's totals; nothing yet for who came after the last close."""
        return self._tallies.get(player, NOTHING)

    def rank(self, player: PlayerId) -> int:
        """1 + the number of players with more points, or the same points in less time."""
        return 1 + self._better(self.tally(player).score)

    def ahead(self, player: PlayerId) -> Ahead | None:
        """Who stands right ahead of the player: the last of those who share that rank. None for the first."""
        score = self.tally(player).score
        better = self._better(score)
        if better == 0:
            return None
        points, _, nickname = self._sorted_places()[better - 1]
        return Ahead(nickname, -points - score.points)

    def _better(self, score: Score) -> int:
        """How many players have more points, or the same points in less time."""
        # Shorter than the places, so it stands before those that are equal so far.
        return bisect_left(self._sorted_places(), (-score.points, score.time_ms))

    def _sorted_places(self) -> list[tuple[int, Millis, str]]:
        if self._places is None:
            self._places = sorted(
                (-tally.score.points, tally.score.time_ms, self._seats[player])
                for player, tally in self._tallies.items()
            )
        return self._places

    def result(self, question: int, player: PlayerId) -> ResultView | None:
        """What `question`, the last one closed, earned the player; None for who was not seated then."""
        tally = self._tallies.get(player)
        if tally is None or tally.last is None:
            return None
        return ResultView(
            question=question,
            correct=tally.last.correct,
            points=tally.last.points,
            total=tally.score.points,
            rank=self.rank(player),
            of=len(self),
            streak=tally.score.streak,
            behind=self.ahead(player),
        )

    def table(self) -> Table:
        """The head of the standings."""
        return Table(top=self._entries(TOP), of=len(self))

    def podium(self) -> list[Entry]:
        """The first three."""
        return self._entries(PODIUM)

    def _entries(self, count: int) -> list[Entry]:
        first = rank_first(count, self._lines()) if self._standings is None else self._standings[:count]
        return [Entry(line.rank, line.nickname, line.points) for line in first]

    def _lines(self) -> list[tuple[PlayerId, str, Score]]:
        tallies = self._tallies
        return [(player, nickname, tallies.get(player, NOTHING).score) for player, nickname in self._seats.items()]
