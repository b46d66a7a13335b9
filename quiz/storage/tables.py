"""The tables.

Instants and durations are whole milliseconds. The columns `document`, `settings`, `voided` and `answer` hold JSON that
SQL never looks into.

Conditions of partial indexes stand here as well, because a query is only served by such an index when it says the
very same thing: with a bound parameter in place of the literal, the planner cannot know.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from quiz.domain.session import Phase
from quiz.storage.dialect import partial

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

users: Final = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, unique=True),
    Column("password_hash", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

quizzes: Final = Table(
    "quizzes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("owner", Text, ForeignKey("users.id"), nullable=False),
    Column("title", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("document", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Index(None, "owner", "updated_at", "id"),
)

sessions: Final = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("pin", Text, nullable=False),
    Column("owner", Text, ForeignKey("users.id"), nullable=False),
    Column("quiz_id", Text, ForeignKey("quizzes.id", ondelete="SET NULL"), index=True),
    Column("title", Text, nullable=False),
    Column("settings", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("phase", Text, nullable=False),
    Column("question", Integer, nullable=False),
    Column("opens_at", BigInteger),
    Column("closes_at", BigInteger),
    Column("locked", Boolean, nullable=False),
    Column("voided", Text, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("month", Integer, nullable=False),
    Column("finished_at", BigInteger),
    # Counted here, so that a seat costs the same in a session of ten and in one of a hundred thousand.
    Column("seats_given", Integer, nullable=False),
    Column("seats_taken", Integer, nullable=False),
    CheckConstraint(f"phase IN ({', '.join(repr(phase.value) for phase in Phase)})", name="phase"),
    CheckConstraint("seats_taken BETWEEN 0 AND seats_given", name="seats"),
    Index(None, "owner", "created_at", "id"),
)

scripts: Final = Table(
    "scripts",
    metadata,
    # Apart from `sessions`: SQLite writes a whole row anew, and a script can be long while its session changes often.
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("document", Text, nullable=False),
)

players: Final = Table(
    "players",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session_id", Text, ForeignKey("sessions.id"), nullable=False),
    # The n-th who took a seat, kicked or not, or took it again: seats are listed in this order.
    Column("number", Integer, nullable=False),
    Column("nickname", Text, nullable=False),
    Column("nickname_key", Text, nullable=False),
    Column("joined_at", BigInteger, nullable=False),
    Column("kicked_at", BigInteger),
    UniqueConstraint("session_id", "number"),
)

answers: Final = Table(
    "answers",
    metadata,
    # No foreign keys: the transaction that writes a row holds the session's and has seen the seat, and looking both up
    # again for every row would cost more than the row.
    Column("month", Integer, primary_key=True, autoincrement=False),
    Column("session_id", Text, primary_key=True),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("player_id", Text, primary_key=True),
    Column("submission", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    Column("elapsed_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
    postgresql_partition_by="RANGE (month)",
)

PARTITION_PREFIX: Final = "answers_"
"""What the names of its partitions begin with; they are no tables of the code's."""

scores: Final = Table(
    "scores",
    metadata,
    Column("session_id", Text, ForeignKey("sessions.id"), primary_key=True),
    Column("player_id", Text, ForeignKey("players.id"), primary_key=True),
    Column("points", Integer, nullable=False),
    Column("correct", Integer, nullable=False),
    Column("time_ms", BigInteger, nullable=False),
    Column("streak", Integer, nullable=False),
    # What the last question that closed earned.
    Column("last_points", Integer, nullable=False),
    Column("last_correct", Boolean),
    Column("last_time_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)


def _phase_is(phase: Phase) -> str:
    return f"'{phase.value}'"


UNFINISHED: Final = sessions.c.phase != literal_column(_phase_is(Phase.FINISHED), Text)
RUNNING_OUT: Final = (
    sessions.c.phase == literal_column(_phase_is(Phase.QUESTION), Text)
) & sessions.c.closes_at.is_not(None)
SEATED: Final = players.c.kicked_at.is_(None)
KICKED: Final = players.c.kicked_at.is_not(None)

Index("uq_sessions_pin_unfinished", sessions.c.pin, unique=True, **partial(UNFINISHED))
Index("ix_sessions_created_at_unfinished", sessions.c.created_at, **partial(UNFINISHED))
Index("ix_sessions_id_running_out", sessions.c.id, **partial(RUNNING_OUT))
Index("uq_players_nickname_seated", players.c.session_id, players.c.nickname_key, unique=True, **partial(SEATED))
Index("ix_players_session_id_kicked", players.c.session_id, **partial(KICKED))


def is_compared(name: str | None, kind: str, parents: object) -> bool:
    """Whether something in the database is to be as it is here, as alembic asks: all but partitions."""
    return kind != "table" or name is None or not name.startswith(PARTITION_PREFIX)
