"""What a host takes home: standings page by page, how the questions went, and every answer of every player."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import BinaryIO, Final

from msgspec import Struct

from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Refused
from quiz.game.files import FileKind, ResultFiles, ResultsFile
from quiz.game.live import LiveSessions
from quiz.game.ports import Player, SessionStore, StandingsCache, StandingsPart
from quiz.game.report import PlayerAnswers, Report
from quiz.game.report_count import ReportCount
from quiz.game.results import answer_rows, results_head, tell_player
from quiz.game.staff import Staff, open_as_staff

_BATCH: Final = 1000
"""Answers that go to the file's thread at once."""
_FILES_AT_ONCE: Final = 1
"""Files of results written at the same time; writing one keeps a core busy."""
_COUNTS_AT_ONCE: Final = 1
"""Reports counted at the same time, for the same reason; none waits behind a file."""

_SEATS_APART: Final = 1_000_000
"""Who has just sat down stands in the standings too, but makes no new version: this many may, before the next."""


class StandingsLine(Struct, frozen=True):
    """A player's place. Players with the same points and the same total time share a rank."""

    rank: int
    player_id: PlayerId
    nickname: str
    points: int
    correct: int


class StandingsPage(Struct, frozen=True):
    """A stretch of the standings; `total` is how many players stand in them."""

    total: int
    items: Sequence[StandingsLine]


class ResultsWritten(Struct, frozen=True):
    """What was written about a session: the quiz's title, and how the file travels."""

    title: str
    kind: FileKind


class Reports:
    """Use cases for the host of a session and the quiz master whose session it is.

    All raise `Refused`: `not_found`, and `forbidden` for anybody else.
    """

    def __init__(self, store: SessionStore, live: LiveSessions, standings: StandingsCache, files: ResultFiles) -> None:
        self._store = store
        self._live = live
        self._standings = standings
        self._files = files
        self._turns = asyncio.Semaphore(_FILES_AT_ONCE)
        self._counts = asyncio.Semaphore(_COUNTS_AT_ONCE)

    async def standings(self, by: Staff, session_id: SessionId, limit: int, offset: int) -> StandingsPage:
        """At most `limit` lines of the standings after the last closed question, behind the first `offset`."""
        live = await open_as_staff(self._live, by, session_id)
        edition = live.session.version * _SEATS_APART + len(live.board)
        part = await self._standings.part(session_id, edition, offset, limit)
        if part is None:
            standings = live.board.standings()
            await self._standings.put(session_id, edition, standings)
            part = StandingsPart(len(standings), standings[offset : offset + limit])
        lines = [
            StandingsLine(line.rank, line.player_id, line.nickname, line.points, line.correct) for line in part.lines
        ]
        return StandingsPage(part.total, lines)

    async def results(self, by: Staff, session_id: SessionId, format_name: str, file: BinaryIO) -> ResultsWritten:
        """Write every answer of every player, those of players who were removed included.

        The answers go through in batches, so that a hundred thousand of them neither fill the memory nor hold up the
        event loop.

        Raises:
            Refused: `invalid` for an unknown format.
        """
        live = await open_as_staff(self._live, by, session_id)
        if format_name not in self._files.writable:
            message = f"The format should be one of {', '.join(sorted(self._files.writable))}."
            raise Refused("invalid", message, fields={"format": message})
        session, board = live.session, live.board
        async with self._turns:
            results = await asyncio.to_thread(self._files.begin, format_name, results_head(session, board), file)
            players = await self._players(session_id)
            async for batch in _batches(self._store.answers(session)):
                if any(stored.player_id not in players for stored in batch):
                    players = await self._players(session_id)  # somebody has joined and answered meanwhile
                await asyncio.to_thread(_write, results, session, players, batch)
            await asyncio.to_thread(results.close)
        return ResultsWritten(session.title, self._files.kind(format_name))

    async def report(self, by: Staff, session_id: SessionId) -> Report:
        """How each question went, counted from the answers of those who have a seat, in batches as for `results`."""
        live = await open_as_staff(self._live, by, session_id)
        count = ReportCount(live.session, live.board.seats)
        async with self._counts:
            finished_at = await self._store.finished_at(session_id)
            async for batch in _batches(self._store.answers(live.session)):
                await asyncio.to_thread(count.add, batch)
            return await asyncio.to_thread(count.report, finished_at)

    async def player_answers(self, by: Staff, session_id: SessionId, player_id: PlayerId) -> PlayerAnswers:
        """One player's place and answers to closed questions; of somebody who was removed the answers only.

        Raises:
            Refused: `not_found` also when nobody of this id ever took a seat in the session.
        """
        live = await open_as_staff(self._live, by, session_id)
        session, board = live.session, live.board
        player = await self._store.player(session_id, player_id)
        if player is None:
            raise Refused("not_found", "There is no such player in this game.")
        return tell_player(session, board, player, await self._store.answers_by(session, player_id))

    async def _players(self, session_id: SessionId) -> Mapping[PlayerId, Player]:
        return {player.id: player for player in await self._store.players(session_id)}


def _write(
    results: ResultsFile, session: Session, players: Mapping[PlayerId, Player], batch: list[StoredAnswer]
) -> None:
    results.add(answer_rows(session, players, batch))


async def _batches(answers: AsyncIterator[StoredAnswer]) -> AsyncIterator[list[StoredAnswer]]:
    batch: list[StoredAnswer] = []
    async for stored in answers:
        batch.append(stored)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
