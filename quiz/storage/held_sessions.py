"""Sessions that are held while answers of theirs are written, so that no command comes between."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.domain.ids import SessionId
from quiz.domain.session import Phase
from quiz.storage.dialect import Dialect
from quiz.storage.statements import named
from quiz.storage.tables import sessions


class HeldSession(Struct, frozen=True):
    """Where a session is, until the transaction that holds it ends."""

    phase: Phase
    question: int

    def has_closed(self, question: int) -> bool:
        """Whether a question was open and is no longer."""
        return question < self.question or (question == self.question and self.phase is not Phase.QUESTION)


async def hold_sessions(
    connection: AsyncConnection, dialect: Dialect, session_ids: Collection[SessionId]
) -> Mapping[SessionId, HeldSession]:
    """Hold those sessions that exist, together with others who write answers, against whoever moves the version.

    Held in the order of their ids, as everyone does, so that two batches never wait for each other in a circle.
    """
    wanted = sorted(set(session_ids))
    await dialect.queue(connection, wanted, shared=True)
    query = (
        select(sessions.c.id, sessions.c.phase, sessions.c.question)
        .where(dialect.among(sessions.c.id, wanted))
        .order_by(sessions.c.id)
        .with_for_update(read=True)
    )
    held = await connection.execute(named("hold sessions for answers", query))
    return {SessionId(id_): HeldSession(Phase(phase), question) for id_, phase, question in held}
