"""What a host takes home: standings page by page, and every answer of every player."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import BinaryIO, Final

from msgspec import Struct

from quiz.domain.ids import PlayerId, SessionId, UserId
from quiz.domain.roles import Role
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Refused
from quiz.game.files import FileKind, ResultFiles, ResultsFile
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.ports import Player, SessionStore, StandingsCache, StandingsPart
from quiz.game.results import answer_rows, results_head
from quiz.game.tokens import Seat

_BATCH: Final = 1000
"""Answers that go to the file's thread at once."""
_FILES_AT_ONCE: Final = 1
"""Files of results written at the same time; writing one keeps a core busy."""

_SEATS_APART: Final = 1_000_000
"""Who has just sat down stands in the standings too, but makes no new version: this many may, before the next."""

Staff = UserId | Seat
"""Who asks for a report: a quiz master, or whoever holds a token of a session."""


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

    async def standings(self, by: Staff, session_id: SessionId, limit: int, offset: int) -> StandingsPage:
        """At most `limit` lines of the standings after the last closed question, behind the first `offset`."""
        live = await self._open(by, session_id)
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
        live = await self._open(by, session_id)
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

    async def _open(self, by: Staff, session_id: SessionId) -> LiveSession:
        if isinstance(by, Seat) and (by.role is not Role.HOST or by.session_id != session_id):
            raise _forbidden()
        live = await self._live.get(session_id)
        if not isinstance(by, Seat) and live.session.owner != by:
            raise _forbidden()
        return live

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


def _forbidden() -> Refused:
    return Refused("forbidden", "This is for the host of the game.")
