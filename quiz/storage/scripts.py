"""Frozen quizzes of sessions, written once and read often."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import SessionId
from quiz.domain.script import Script
from quiz.storage.documents import script_from, to_text
from quiz.storage.tables import scripts


class Scripts:
    """Reads scripts, and keeps those used last decoded: a script never changes.

    Args:
        kept: how many are kept; each takes some ten times the size of its JSON.
    """

    def __init__(self, kept: int) -> None:
        self._kept: Final = kept
        self._decoded: OrderedDict[SessionId, Script] = OrderedDict()

    async def add(self, connection: AsyncConnection, session_id: SessionId, script: Script) -> None:
        """Store the script of a new session."""
        await connection.execute(insert(scripts).values(session_id=session_id, document=to_text(script)))

    async def of(self, connection: AsyncConnection, session_id: SessionId) -> Script:
        """The script of a session that exists."""
        if (script := self._decoded.get(session_id)) is None:
            query = select(scripts.c.document).where(scripts.c.session_id == session_id)
            script = script_from((await connection.execute(query)).scalar_one())
            self._decoded[session_id] = script
            if len(self._decoded) > self._kept:
                self._decoded.popitem(last=False)
        self._decoded.move_to_end(session_id)
        return script
