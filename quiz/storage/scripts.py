"""Frozen quizzes of sessions, written once and read often."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, Literal, Protocol

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import SessionId
from quiz.domain.script import Script
from quiz.game.ports import ContentCache
from quiz.storage.documents import script_from, to_text
from quiz.storage.statements import named
from quiz.storage.tables import scripts

Tier = Literal["node", "shared", "database"]
"""Where something was found: in this process, in what all nodes share, or only in the database."""
KIND: Final = "script"
"""What scripts are called in the shared cache."""


class CacheObserver(Protocol):
    """Is told the numbers that hit rates are made of."""

    def looked_up(self, kind: str, tier: Tier) -> None:
        """Content of this kind was wanted and found there."""
        ...


class Scripts:
    """Reads scripts, and keeps those used last decoded: a script never changes.

    Args:
        kept: how many are kept; each takes some ten times the size of its JSON.
        shared: asked before the database.
        observer: is told where scripts were found.
    """

    def __init__(self, kept: int, shared: ContentCache | None, observer: CacheObserver | None) -> None:
        self._kept: Final = kept
        self._shared = shared
        self._observer = observer
        self._decoded: OrderedDict[SessionId, Script] = OrderedDict()

    async def add(self, connection: AsyncConnection, session_id: SessionId, script: Script) -> None:
        """Store the script of a new session."""
        statement = insert(scripts).values(session_id=session_id, document=to_text(script))
        await connection.execute(named("insert scripts", statement))

    async def recall(self, session_id: SessionId) -> Script | None:
        """The script, if that can be had without the database. To be called while no transaction is held."""
        if (script := self._decoded.get(session_id)) is not None:
            self._decoded.move_to_end(session_id)
            self._found("node")
            return script
        if self._shared is None or (content := await self._shared.get(KIND, session_id)) is None:
            return None
        try:
            script = script_from(content.decode())
        except (msgspec.DecodeError, UnicodeDecodeError):
            # Of another release of ours, perhaps.
            return None
        self._keep(session_id, script)
        self._found("shared")
        return script

    async def read(self, connection: AsyncConnection, session_id: SessionId) -> str:
        """The script's document, of a session that exists."""
        query = select(scripts.c.document).where(scripts.c.session_id == session_id)
        document: str = (await connection.execute(named("read script", query))).scalar_one()
        self._found("database")
        return document

    async def keep(self, session_id: SessionId, script: Script, document: str) -> None:
        """Remember what `read` gave, here and for the other nodes. To be called while no transaction is held."""
        self._keep(session_id, script)
        if self._shared is not None:
            await self._shared.put(KIND, session_id, document.encode())

    def _keep(self, session_id: SessionId, script: Script) -> None:
        self._decoded[session_id] = script
        self._decoded.move_to_end(session_id)
        if len(self._decoded) > self._kept:
            self._decoded.popitem(last=False)

    def _found(self, tier: Tier) -> None:
        if self._observer is not None:
            self._observer.looked_up(KIND, tier)
