"""What the server has really stored, read past it from its database."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import NamedTuple

from tests.node.processes import Server


class StoredAnswer(NamedTuple):
    """A row: which question, by whom, under which id of the client's, and what."""

    question: int
    player: str
    submission: str
    answer: object


def stored_answers(server: Server, session: str) -> list[StoredAnswer]:
    """All answers of a session, by question and then by the time they came."""
    select = (
        "SELECT question, nickname, submission, answer FROM answers JOIN players ON players.id = answers.player_id"
        " WHERE answers.session_id = ? ORDER BY question, received_at"
    )
    with closing(sqlite3.connect(f"file:{server.folder / 'quiz.db'}?mode=ro", uri=True)) as database:
        rows = database.execute(select, (session,)).fetchall()
    return [
        StoredAnswer(question, player, submission, json.loads(answer)) for question, player, submission, answer in rows
    ]
