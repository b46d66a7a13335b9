"""This node's pictures of sessions: caches of one version each, with a lock that puts local commands in a row."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from weakref import WeakValueDictionary

from quiz.domain.board import Board
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.session import Phase, Session
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Refused
from quiz.game.ports import SessionStore


class LiveSession:
    """A session as this node knows it. Hold `lock` while deciding and announcing, so that events keep their order."""

    def __init__(self, session: Session, board: Board) -> None:
        self.session = session
        self.board = board
        self.lock = asyncio.Lock()
        self._acked: dict[PlayerId, StoredAnswer] = {}

    def advance(self, session: Session, board: Board) -> None:
        """Take over a newer version; an older one is ignored."""
        if session.version < self.session.version:
            return
        if session.question != self.session.question:
            self._acked.clear()
        self.session, self.board = session, board

    def acked(self, stored: StoredAnswer) -> None:
        """Remember an answer that its player has been told is saved, so that no later snapshot says otherwise."""
        if stored.question == self.session.question:
            self._acked[stored.player_id] = stored

    def answer_of(self, player_id: PlayerId) -> StoredAnswer | None:
        """The player's answer to the current question, if it was acked by this node."""
        return self._acked.get(player_id)


class LiveSessions:
    """Sessions by id, loaded when first asked for.

    Args:
        store: where the truth is.
        most: how many pictures are kept; the least recently used one goes first.
    """

    def __init__(self, store: SessionStore, most: int) -> None:
        self._store = store
        self._most = most
        self._sessions: OrderedDict[SessionId, LiveSession] = OrderedDict()
        self._loading: WeakValueDictionary[SessionId, asyncio.Lock] = WeakValueDictionary()

    async def get(self, session_id: SessionId) -> LiveSession:
        """The picture of a session.

        Raises:
            Refused: `not_found`.
            Unavailable: the picture is not here and the database is away.
        """
        if (live := self.peek(session_id)) is not None:
            return live
        loading = self._loading.setdefault(session_id, asyncio.Lock())
        async with loading:
            return self.peek(session_id) or await self._load(session_id)

    def peek(self, session_id: SessionId) -> LiveSession | None:
        """The picture, if it is here."""
        live = self._sessions.get(session_id)
        if live is not None:
            self._sessions.move_to_end(session_id)
        return live

    async def refresh(self, live: LiveSession) -> None:
        """Read the present version from the database."""
        picture = await self._store.load(live.session.id)
        if picture is None:
            raise Refused("not_found")
        live.advance(picture.session, picture.board)

    async def seated(self, live: LiveSession, player_id: PlayerId) -> bool:
        """Whether a player has a seat; asks the database about one this node has not heard of."""
        while player_id not in live.board:
            version = live.session.version
            player = await self._store.player(live.session.id, player_id)
            if player is None or player.kicked:
                return False
            if live.session.version == version:  # or the seat may have been taken away while we asked
                live.board.seat(player_id, player.nickname)
        return True

    def forget_finished(self) -> None:
        """Drop the pictures of games that are over; somebody who looks back at one has it loaded again."""
        over = [live for live in self._sessions.values() if live.session.phase is Phase.FINISHED]
        for live in over:
            if not live.lock.locked():
                del self._sessions[live.session.id]

    async def _load(self, session_id: SessionId) -> LiveSession:
        picture = await self._store.load(session_id)
        if picture is None:
            raise Refused("not_found")
        live = self._sessions[session_id] = LiveSession(picture.session, picture.board)
        while len(self._sessions) > self._most:
            self._sessions.popitem(last=False)
        return live
