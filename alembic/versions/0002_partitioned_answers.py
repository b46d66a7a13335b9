"""Answers in partitions by month, on PostgreSQL.

What is stored is not moved: the table as it was becomes the partition of every month up to the present one, or to the
last that has answers. Nobody can write answers meanwhile, for as long as it takes to look at the months of all rows.
Code from before works on: rows of months that have no partition go into the default one.

Revision: 0002, after 0001.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PARTITION = """
DO $$
DECLARE
    last CONSTANT integer := greatest(
        (SELECT max(month) FROM answers), CAST(to_char(now() AT TIME ZONE 'UTC', 'YYYYMM') AS integer)
    );
    beyond CONSTANT integer := last + CASE WHEN last % 100 = 12 THEN 89 ELSE 1 END;
BEGIN
    EXECUTE format('ALTER TABLE answers RENAME TO answers_until_%s', last);
    EXECUTE format('ALTER TABLE answers_until_%s RENAME CONSTRAINT pk_answers TO pk_answers_until_%s', last, last);
    EXECUTE format('CREATE TABLE answers (LIKE answers_until_%s) PARTITION BY RANGE (month)', last);
    ALTER TABLE answers ADD CONSTRAINT pk_answers PRIMARY KEY (month, session_id, question, player_id);
    EXECUTE format(
        'ALTER TABLE answers ATTACH PARTITION answers_until_%s FOR VALUES FROM (MINVALUE) TO (%s)', last, beyond
    );
    CREATE TABLE answers_default PARTITION OF answers DEFAULT;
END
$$
"""


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("LOCK TABLE answers IN ACCESS EXCLUSIVE MODE")
        op.execute(_PARTITION)
