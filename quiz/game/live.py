"""This node's pictures of sessions: caches of one version each, with a lock that puts local commands in a row."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from quiz.domain.board import Board
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.session import Session
from quiz.game.errors import Refused
from quiz.game.ports import SessionStore


class LiveSession:
    """A session as this node knows it. Hold `lock` while deciding and announcing, so that events keep their order."""

    def __init__(self, session: Session, board: Board) -> None:
        self.session = session
        self.board = board
        self.lock = asyncio.Lock()

    def advance(self, session: Session, board: Board) -> None:
        """Take over a newer version; an older one is ignored."""
        if session.version >= self.session.version:
            self.session, self.board = session, board


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
        self._loading: dict[SessionId, asyncio.Lock] = {}

    async def get(self, session_id: SessionId) -> LiveSession:
        """The picture of a session.

        Raises:
            Refused: `not_found`.
            Unavailable: the picture is not here and the database is away.
        """
        if (live := self.peek(session_id)) is not None:
            return live
        async with self._loading.setdefault(session_id, asyncio.Lock()):
            try:
                return self.peek(session_id) or await self._load(session_id)
            finally:
                self._loading.pop(session_id, None)

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
        if player_id in live.board:
            return True
        player = await self._store.player(live.session.id, player_id)
        if player is None or player.kicked:
            return False
        live.board.seat(player_id, player.nickname)
        return True

    async def _load(self, session_id: SessionId) -> LiveSession:
        picture = await self._store.load(session_id)
        if picture is None:
            raise Refused("not_found")
        live = self._sessions[session_id] = LiveSession(picture.session, picture.board)
        while len(self._sessions) > self._most:
            self._sessions.popitem(last=False)
        return live
