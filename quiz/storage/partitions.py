"""Partitions of `answers` on PostgreSQL: one for each month that sessions were made in.

- `answers_until_202611` is the table from before there were partitions, and holds every month up to the one it names.
- `answers_202612` holds one month. Nodes make it two months ahead.
- `answers_default` takes what no other holds, so that a month nobody has made a partition for works like any other.
  A month that has rows there stays there for good: moving them would lock out those who play.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from quiz.storage.statements import named
from quiz.storage.tables import PARTITION_PREFIX, answers

_DEFAULT: Final = answers.to_metadata(type(answers.metadata)(), name=f"{PARTITION_PREFIX}default")
_UNTIL: Final = f"{PARTITION_PREFIX}until_"
_TURN: Final = 0x71756972
"""Names the advisory lock under which partitions come and go."""
_LOCK_TIMEOUT_MS: Final = 1_000
"""How long to wait for those who use the tables: they wait behind us meanwhile, and there is always a next time."""
_NAMES: Final = named(
    "list partitions",
    text(
        "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid"
        " WHERE inhparent = 'answers'::regclass"
    ),
)


def next_month(month: int) -> int:
    """The month after one like 202611."""
    return month + (89 if month % 100 == 12 else 1)


async def add(connection: AsyncConnection, month: int) -> bool:
    """Make a partition for a month; False when there is one, or rows of that month lie in the default one already."""
    await _take_turn(connection)
    if any(_holds(name, month) for name in await _names(connection)):
        return False
    stray = select(_DEFAULT.c.month).where(_DEFAULT.c.month == month).limit(1)
    if await connection.scalar(named("look for stray answers", stray)) is not None:
        return False
    name = f"{PARTITION_PREFIX}{month}"
    # Attached, and not made in its place: that would keep everybody from writing answers for the moment.
    await connection.execute(named("make partition", text(f"CREATE TABLE {name} (LIKE answers INCLUDING DEFAULTS)")))
    attach = f"ALTER TABLE answers ATTACH PARTITION {name} FOR VALUES FROM ({month}) TO ({next_month(month)})"
    await connection.execute(named("attach partition", text(attach)))
    return True


async def drop_before(connection: AsyncConnection, month: int) -> None:
    """Remove the answers of earlier months: whole partitions, and what lies in the default one row by row."""
    await _take_turn(connection)
    for name in await _names(connection):
        if name != _DEFAULT.name and _last_month(name) < month:
            await connection.execute(named("drop partition", text(f"DROP TABLE {name}")))
    await connection.execute(named("drop stray answers", delete(_DEFAULT).where(_DEFAULT.c.month < month)))


async def _take_turn(connection: AsyncConnection) -> None:
    settings = select(func.set_config("lock_timeout", str(_LOCK_TIMEOUT_MS), True))
    await connection.execute(named("wait briefly", settings))
    await connection.execute(named("take turn", select(func.pg_advisory_xact_lock(_TURN))))


async def _names(connection: AsyncConnection) -> Sequence[str]:
    return [*await connection.scalars(_NAMES)]


def _holds(name: str, month: int) -> bool:
    if name == _DEFAULT.name:
        return False
    return month <= _last_month(name) if name.startswith(_UNTIL) else month == _last_month(name)


def _last_month(name: str) -> int:
    return int(name.rpartition("_")[2])
