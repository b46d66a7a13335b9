"""First tables.

Revision: 0001, the first.
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("name_key", name="uq_users_name_key"),
    )
    op.create_table(
        "quizzes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_quizzes"),
        sa.ForeignKeyConstraint(["owner"], ["users.id"], name="fk_quizzes_owner"),
    )
    op.create_index("ix_quizzes_owner_updated_at_id", "quizzes", ["owner", "updated_at", "id"])
    _sessions()
    _players()
    op.create_table(
        "answers",
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("question", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("player_id", sa.Text(), nullable=False),
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("elapsed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("month", "session_id", "question", "player_id", name="pk_answers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "scores",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("player_id", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("correct", sa.Integer(), nullable=False),
        sa.Column("time_ms", sa.BigInteger(), nullable=False),
        sa.Column("streak", sa.Integer(), nullable=False),
        sa.Column("last_points", sa.Integer(), nullable=False),
        sa.Column("last_correct", sa.Boolean(), nullable=True),
        sa.Column("last_time_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "player_id", name="pk_scores"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_scores_session_id"),
        sa.ForeignKeyConstraint(["player_id"], ["players.id"], name="fk_scores_player_id"),
        sqlite_with_rowid=False,
    )


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("pin", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("quiz_id", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("settings", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("question", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=True),
        sa.Column("closes_at", sa.BigInteger(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("voided", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("seats_given", sa.Integer(), nullable=False),
        sa.Column("seats_taken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.ForeignKeyConstraint(["owner"], ["users.id"], name="fk_sessions_owner"),
        sa.ForeignKeyConstraint(["quiz_id"], ["quizzes.id"], name="fk_sessions_quiz_id", ondelete="SET NULL"),
        sa.CheckConstraint(
            "phase IN ('lobby', 'question', 'reveal', 'standings', 'finished')", name=op.f("ck_sessions_phase")
        ),
        sa.CheckConstraint("seats_taken BETWEEN 0 AND seats_given", name=op.f("ck_sessions_seats")),
    )
    unfinished = sa.text("phase != 'finished'")
    running_out = sa.text("phase = 'question' AND closes_at IS NOT NULL")
    op.create_index("ix_sessions_quiz_id", "sessions", ["quiz_id"])
    op.create_index("ix_sessions_owner_created_at_id", "sessions", ["owner", "created_at", "id"])
    op.create_index(
        "uq_sessions_pin_unfinished",
        "sessions",
        ["pin"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_index(
        "ix_sessions_created_at_unfinished",
        "sessions",
        ["created_at"],
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    op.create_index(
        "ix_sessions_id_running_out",
        "sessions",
        ["id"],
        sqlite_where=running_out,
        postgresql_where=running_out,
    )
    op.create_table(
        "scripts",
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_scripts"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_scripts_session_id"),
    )


def _players() -> None:
    op.create_table(
        "players",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("nickname", sa.Text(), nullable=False),
        sa.Column("nickname_key", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("kicked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_players"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], name="fk_players_session_id"),
        sa.UniqueConstraint("session_id", "number", name="uq_players_session_id_number"),
    )
    seated, kicked = sa.text("kicked_at IS NULL"), sa.text("kicked_at IS NOT NULL")
    op.create_index(
        "uq_players_nickname_seated",
        "players",
        ["session_id", "nickname_key"],
        unique=True,
        sqlite_where=seated,
        postgresql_where=seated,
    )
    op.create_index(
        "ix_players_session_id_kicked",
        "players",
        ["session_id"],
        sqlite_where=kicked,
        postgresql_where=kicked,
    )
