"""Two hundred rehearsal players over ten imported questions: what was acked is stored, and the totals are right."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any

import pytest

from quiz.app import Node
from quiz.cli.bots.bot import Bot, seat_bots
from tests.node.people import Api, Host, Party, counted

BOTS = 200
QUESTIONS = 10
SAMPLE = Path(__file__).parent.parent / "samples" / "pub_night.txt"


@pytest.mark.timeout(180)
async def test_every_answer_acked_saved_is_stored_and_totals_equal_a_recount(
    node: Node, api: Api, tmp_path: Path
) -> None:
    made = await api.make_session(await import_sample(api))
    host: Host = await Party(api, made, ("websocket",)).host()
    crowd = [Bot(node.url, made["pin"], f"Bot {number}", Random(number), think_s=0.3) for number in range(BOTS)]
    await seat_bots(crowd)
    await host.does("start")
    for number in range(1, QUESTIONS + 1):
        await host.sent("progress", counted(number, BOTS))
        for step in ("close", "next", "next"):
            await host.does(step)
    await asyncio.gather(*(bot.finished.wait() for bot in crowd))
    acked = {(bot.player_id, ack.question): ack for bot in crowd for ack in bot.acks}
    assert len(acked) == BOTS * QUESTIONS
    assert {ack.status for ack in acked.values()} == {"saved"}
    rows = read_rows(tmp_path / "quiz.db", made["id"])
    assert {key: (ack.submission, ack.received_at, ack.answer) for key, ack in acked.items()} == {
        (row["player_id"], row["question"]): (row["submission"], row["received_at"], row["answer"]) for row in rows
    }
    status, standings = await api.call("GET", f"/sessions/{made['id']}/standings?limit=500")
    assert status == 200
    totals = {line["player_id"]: line["points"] for line in standings["items"]}
    assert totals == recount(tmp_path / "quiz.db", made["id"], rows)
    assert {bot.player_id: bot.state.you.total for bot in crowd if bot.state and bot.state.you} == totals
    await asyncio.gather(host.leave(), *(bot.leave() for bot in crowd))


async def import_sample(api: Api) -> str:
    """Import over REST, as a host would, and cut to ten questions."""
    headers = {"Authorization": f"Bearer {api.token}"}
    address = f"{api.url}/api/v1/quizzes/import?format=opentriviaqa&title=Pub%20night"
    async with api.http.post(address, data=SAMPLE.read_bytes(), headers=headers) as reply:
        body = await reply.json()
        assert reply.status == 201, body
    assert body["imported"] >= QUESTIONS
    _, document = await api.call("GET", f"/quizzes/{body['id']}")
    questions = [question for round_ in document["rounds"] for question in round_["questions"]][:QUESTIONS]
    return await api.add_quiz({"title": "Pub night", "rounds": [{"title": "One", "questions": questions}]})


def read_rows(file: Path, session_id: str) -> list[dict[str, Any]]:
    """The answer rows, read without any of the server's code."""
    with closing(sqlite3.connect(file)) as connection:
        connection.row_factory = sqlite3.Row
        found = connection.execute("SELECT * FROM answers WHERE session_id = ?", [session_id]).fetchall()
    return [{**dict(row), "answer": json.loads(row["answer"])} for row in found]


def recount(file: Path, session_id: str, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Totals from the answer rows and the published formula, in the plainest way."""
    with closing(sqlite3.connect(file)) as connection:
        (script,) = connection.execute("SELECT document FROM scripts WHERE session_id = ?", [session_id]).fetchone()
    questions = [question for round_ in json.loads(script)["quiz"]["rounds"] for question in round_["questions"]]
    totals: dict[str, int] = defaultdict(int)
    for row in rows:
        question = questions[row["question"] - 1]
        [picked] = row["answer"]
        if question["choices"][picked].get("correct"):
            elapsed, limit = row["elapsed_ms"], question.get("time_limit", 20) * 1000
            points = question.get("points", 1000)
            totals[row["player_id"]] += points if elapsed <= 500 else round(points * (1 - elapsed / limit / 2))
        else:
            totals[row["player_id"]] += 0
    return dict(totals)
