"""No query reads a whole table that grows with the number of games: each is explained as SQLite would run it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Final

import pytest
from sqlalchemy import event, make_url

from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage.everything import use_everything

PARTIAL: Final = {
    "ix_sessions_created_at_unfinished",
    "ix_sessions_id_running_out",
}
"""Indexes that hold the few sessions under way, and may be read from end to end."""

READS_ALL: Final = {"SELECT count(*) AS count_1 \nFROM users", "SELECT users.id \nFROM users\n LIMIT ? OFFSET ?"}
"""Queries that mean a whole table, and it is a small one."""


class Ear:
    """Hears every statement with its parameters."""

    def __init__(self) -> None:
        self.heard: dict[str, Sequence[object]] = {}

    def hear(self, connection: object, cursor: object, sql: str, parameters: object, *_: object) -> None:
        if isinstance(parameters, list):
            parameters = parameters[0]
        assert isinstance(parameters, tuple)
        self.heard.setdefault(sql, parameters)


@pytest.fixture
async def statements(url: str) -> dict[str, Sequence[object]]:
    ear = Ear()
    async with Storage(StorageSettings(url=url)) as storage:
        engines = storage._database._engines
        for engine in (engines.writer, engines.reader):
            event.listen(engine.sync_engine, "before_cursor_execute", ear.hear)
        await use_everything(storage)
    return ear.heard


def scans(connection: sqlite3.Connection, sql: str, parameters: Sequence[object]) -> Iterator[str]:
    for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters):
        scan = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", detail)
        if scan and scan[1] != "CONSTANT" and scan[2] not in PARTIAL:
            yield detail


async def test_every_query_finds_its_rows_by_an_index(url: str, statements: dict[str, Sequence[object]]) -> None:
    queries = {sql: parameters for sql, parameters in statements.items() if not sql.startswith(("BEGIN", "PRAGMA"))}
    assert len(queries) > 35
    with closing(sqlite3.connect(make_url(url).database or "")) as connection:
        slow = {
            sql: found
            for sql, parameters in queries.items()
            if sql not in READS_ALL and (found := [*scans(connection, sql, parameters)])
        }
    assert slow == {}


async def test_a_players_answers_are_found_by_their_whole_key(
    url: str, statements: dict[str, Sequence[object]]
) -> None:
    (sql,) = [sql for sql in statements if "answers.player_id = ?" in sql and "ORDER BY answers.question" in sql]
    with closing(sqlite3.connect(make_url(url).database or "")) as connection:
        (plan,) = [detail for *_, detail in connection.execute(f"EXPLAIN QUERY PLAN {sql}", statements[sql])]
    key = "month=? AND session_id=? AND question=? AND player_id=?"
    assert plan == f"SEARCH answers USING PRIMARY KEY ({key})"


async def test_the_queries_that_may_read_all_are_still_there(statements: dict[str, Sequence[object]]) -> None:
    assert statements.keys() >= READS_ALL


async def test_a_query_without_an_index_would_be_noticed(url: str) -> None:
    with closing(sqlite3.connect(make_url(url).database or "")) as connection:
        assert [*scans(connection, "SELECT * FROM answers WHERE received_at = ?", (1,))] == ["SCAN answers"]
        assert [*scans(connection, "SELECT * FROM players WHERE nickname = ?", ("Ada",))] == ["SCAN players"]
