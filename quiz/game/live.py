"""This node's pictures of sessions: caches of one version each, with a lock that puts local commands in a row."""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Sequence
from typing import Protocol
from weakref import WeakValueDictionary

from quiz.domain.board import Board
from quiz.domain.decide import Decision
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.messages import RosterEntry
from quiz.domain.session import Phase, Session
from quiz.game.asked import asked_by
from quiz.game.errors import Refused
from quiz.game.ports import Mark, SessionStore
from quiz.game.receipts import Receipt


class LookupObserver(Protocol):
    """Is told where a picture that was asked for was found."""

    def looked_up(self, kind: str, tier: str) -> None:
        """It was in this node (`node`), or the database had to be asked (`database`)."""
        ...


Moved = Callable[[SessionId, Sequence[RosterEntry], Sequence[str]], None]
"""Called with the seats that a picture has gained, and the nicknames of those it has lost."""


def _nobody_told(_session: SessionId, _joined: Sequence[RosterEntry], _left: Sequence[str]) -> None:
    """Before anybody has been named."""


class LiveSession:
    """A session as this node knows it. Hold `lock` while deciding and announcing, so that events keep their order.

    `checked` is when the picture was last known to be the present one, in seconds of `time.monotonic`.
    """

    def __init__(self, session: Session, board: Board, checked: float) -> None:
        self.session = session
        self.board = board
        self.asked = asked_by(session)
        """The question that is open."""
        self.lock = asyncio.Lock()
        self.checked = checked
        self.in_doubt: set[PlayerId] = set()
        """Players of whom it could not be learned whether they have answered the current question."""
        self.taken = 0
        """Answers to the current question that were stored by way of this node."""
        self._receipts: dict[PlayerId, Receipt] = {}

    def advance(self, session: Session, board: Board) -> None:
        """Take over a newer version; an older one is ignored."""
        if session.version < self.session.version:
            return
        if session.question != self.session.question:
            self._receipts.clear()
            self.in_doubt.clear()
            self.taken = 0
        self.session, self.board, self.asked = session, board, asked_by(session)

    def committed(self, decision: Decision, board: Board) -> None:
        """Take over the version that this node has just made true.

        Whoever was seated while it was written is missing from the board that was read with it.
        """
        for player, nickname in self.board.without(board):
            if player not in decision.kicks:
                board.seat(player, nickname)
        self.advance(decision.after, board)

    def is_at(self, mark: Mark) -> bool:
        """Whether the database knows no more than this picture."""
        return (self.session.version, len(self.board)) == (mark.version, mark.seats)

    def acked(self, receipt: Receipt) -> None:
        """Remember what its player has been told of an answer: no later snapshot or ack may say otherwise."""
        if receipt.answer.question == self.session.question:
            self.in_doubt.discard(receipt.answer.player_id)
            self._receipts.setdefault(receipt.answer.player_id, receipt)

    def took(self, receipt: Receipt) -> None:
        """As `acked`, of an answer that was stored by way of this node."""
        self.taken += receipt.answer.question == self.session.question
        self.acked(receipt)

    def receipt_of(self, player_id: PlayerId) -> Receipt | None:
        """What this node knows of the player's answer to the current question."""
        return self._receipts.get(player_id)


class LiveSessions:
    """Sessions by id, loaded when first asked for.

    A session that has clients here is *hosted*: other nodes tell this one of its steps, so its picture is trusted from
    the first look after that began. Every other picture is looked up again when it is older than its lifetime.

    Args:
        store: where the truth is.
        most: how many pictures are kept beside the hosted ones; the least recently used one goes first.
        lifetime_ms: how long a picture that nobody keeps in step is believed; None for ever, on a node that is alone.
    """

    def __init__(
        self, store: SessionStore, most: int, lifetime_ms: Millis | None, observer: LookupObserver | None = None
    ) -> None:
        self._store = store
        self._observer = observer
        self._most = most
        self._lifetime = None if lifetime_ms is None else lifetime_ms / 1000
        self._sessions: OrderedDict[SessionId, LiveSession] = OrderedDict()
        self._hosted: dict[SessionId, float] = {}
        self._loading: WeakValueDictionary[SessionId, asyncio.Lock] = WeakValueDictionary()
        self._on_seated: Moved = _nobody_told

    def serve(self, moved: Moved) -> None:
        """Name who is told of seats that a picture has gained because their player came before the notice of them."""
        self._on_seated = moved

    @property
    def hosted(self) -> Collection[SessionId]:
        """The sessions that have clients here."""
        return self._hosted.keys()

    def host(self, session_id: SessionId) -> None:
        """Trust the picture of a session from the next look on, because this node hears of its steps now."""
        self._hosted.setdefault(session_id, time.monotonic())

    def leave(self, session_id: SessionId) -> None:
        """Nobody tells this node of the session's steps any more."""
        self._hosted.pop(session_id, None)

    async def get(self, session_id: SessionId) -> LiveSession:
        """The picture of a session.

        Raises:
            Refused: `not_found`.
            Unavailable: the picture is not here, or too old, and the database is away.
        """
        if (live := self.at_hand(session_id)) is not None:
            return live
        self._found("database")
        loading = self._loading.setdefault(session_id, asyncio.Lock())
        async with loading:
            live = self.peek(session_id)
            if live is None:
                return await self._load(session_id)
            if not self._is_trusted(live):
                await self._look_again(live)
            return live

    def at_hand(self, session_id: SessionId) -> LiveSession | None:
        """The picture, if it is here and `get` would give it back without asking the database."""
        live = self.peek(session_id)
        if live is None or not self._is_trusted(live):
            return None
        self._found("node")
        return live

    def peek(self, session_id: SessionId) -> LiveSession | None:
        """The picture, if it is here."""
        live = self._sessions.get(session_id)
        if live is not None:
            self._sessions.move_to_end(session_id)
        return live

    async def is_behind(self, live: LiveSession, since: float) -> bool:
        """Whether the database has a newer version, by a look that began after `since`, of `time.monotonic`.

        Many may ask at the same moment: they share one look.

        Raises:
            Refused: `not_found`.
            Unavailable: the database is away.
        """
        if self._lifetime is None:
            return False
        loading = self._loading.setdefault(live.session.id, asyncio.Lock())
        async with loading:
            if live.checked >= since:
                return False
            began = time.monotonic()
            if (await self._mark(live.session.id)).version != live.session.version:
                return True
            live.checked = began
            return False

    async def refresh(self, live: LiveSession) -> None:
        """Read the present version from the database.

        Raises:
            Refused: `not_found`.
        """
        began = time.monotonic()
        picture = await self._store.load(live.session.id)
        if picture is None:
            raise Refused("not_found")
        for player_id in [player for player in live.board.seats if player not in picture.board]:
            player = await self._store.player(live.session.id, player_id)
            if player is not None and not player.kicked:  # seated after the picture was taken
                picture.board.seat(player_id, player.nickname)
        live.advance(picture.session, picture.board)
        live.checked = began

    async def seated(self, live: LiveSession, player_id: PlayerId) -> bool:
        """Whether a player has a seat; asks the database about one this node has not heard of."""
        while player_id not in live.board:
            version = live.session.version
            player = await self._store.player(live.session.id, player_id)
            if player is None or player.kicked:
                return False
            # Or the seat may have been taken away while we asked.
            if live.session.version == version and live.board.seat(player_id, player.nickname):
                self._on_seated(live.session.id, [RosterEntry(player_id, player.nickname)], [])
        return True

    def forget_finished(self) -> None:
        """Drop the pictures of games that are over; somebody who looks back at one has it loaded again."""
        finished = [live for live in self._sessions.values() if live.session.phase is Phase.FINISHED]
        over = [live for live in finished if live.session.id not in self._hosted]
        for live in over:
            if not live.lock.locked():
                del self._sessions[live.session.id]

    def _found(self, tier: str) -> None:
        if self._observer is not None:
            self._observer.looked_up("session", tier)

    def _is_trusted(self, live: LiveSession) -> bool:
        if self._lifetime is None:
            return True
        since = self._hosted.get(live.session.id)
        return live.checked >= (time.monotonic() - self._lifetime if since is None else since)

    async def _look_again(self, live: LiveSession) -> None:
        began = time.monotonic()
        if live.is_at(await self._mark(live.session.id)):
            live.checked = began
        else:
            await self.refresh(live)

    async def _mark(self, session_id: SessionId) -> Mark:
        mark = (await self._store.marks([session_id])).get(session_id)
        if mark is None:
            raise Refused("not_found")
        return mark

    async def _load(self, session_id: SessionId) -> LiveSession:
        began = time.monotonic()
        picture = await self._store.load(session_id)
        if picture is None:
            raise Refused("not_found")
        live = self._sessions[session_id] = LiveSession(picture.session, picture.board, began)
        self._make_room()
        return live

    def _make_room(self) -> None:
        spare = [session_id for session_id in self._sessions if session_id not in self._hosted]
        for session_id in spare[: max(0, len(spare) - self._most)]:
            if not self._sessions[session_id].lock.locked():
                del self._sessions[session_id]
