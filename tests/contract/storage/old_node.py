"""A process of an earlier release, whose code is found by PYTHONPATH: it imports nothing of this one.

Arguments: what to do, the database's URL, and the session it is about, or how many players a new one has. Prints what
came of it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import sys
from typing import Any

from quiz.domain.commands import Close, Start
from quiz.domain.ids import PlayerId, SessionId
from quiz.domain.tally import StoredAnswer
from quiz.game.errors import Unavailable
from quiz.storage.migrate import migrate
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.contract.storage import games
from tests.contract.storage.games import Stage

LANES = 2
"""Players who answer at a time."""
PLAYERS = 20
"""Who play a whole game at once."""


def say(value: object) -> None:
    sys.stdout.write(f"{json.dumps(value)}\n")
    sys.stdout.flush()


async def stage_of(storage: Storage, session_id: str) -> Stage:
    picture = await storage.sessions.load(SessionId(session_id))
    assert picture is not None
    stage = Stage(storage, picture.session)
    stage.board = picture.board
    return stage


async def totals(stage: Stage) -> dict[str, Any]:
    stored = [each async for each in stage.storage.sessions.answers(stage.session)]
    return {
        "session": stage.session.id,
        "version": stage.session.version,
        "correct": sum(stage.board.tally(player).score.correct for player in stage.board.seats),
        "answers": sorted(each.player_id for each in stored),
    }


async def open_question(storage: Storage, players: int) -> Stage:
    stage = await Stage.set(storage)
    await asyncio.gather(*(stage.try_seat(f"Player {number}") for number in range(players)))
    await stage.play(Start())
    return stage


async def keep_answering(stage: Stage) -> None:
    """Answer for one player after the other until the input ends; print each that was acked."""
    picture = await stage.storage.sessions.load(stage.session.id)
    assert picture is not None
    players = iter([*picture.board.seats])
    over = asyncio.create_task(asyncio.to_thread(sys.stdin.read))

    async def answer(player: PlayerId) -> None:
        while not over.done():
            try:
                assert isinstance(await stage.answer(player, [0]), StoredAnswer)
            except Unavailable:
                continue
            say(player)
            return

    async def lane() -> None:
        for player in players:
            if over.done():
                return
            await answer(player)

    await asyncio.gather(*(lane() for _ in range(LANES)))
    await over


async def main(task: str, url: str, subject: str = "") -> None:
    if task == "migrate":
        say(list(await migrate(url)))
        return
    async with Storage(StorageSettings(url=url)) as storage:
        match task:
            case "play":
                stage = await open_question(storage, PLAYERS)
                seats = (await stage_of(storage, stage.session.id)).board.seats
                await asyncio.gather(*(stage.answer(player, [0]) for player in seats))
                await stage.play(Close())
                say(await totals(stage))
            case "open":
                say((await open_question(storage, int(subject))).session.id)
            case "answer":
                await keep_answering(await stage_of(storage, subject))
            case "close":
                stage = await stage_of(storage, subject)
                await stage.play(Close())
                say(await totals(stage))
            case "totals":
                say(await totals(await stage_of(storage, subject)))


if __name__ == "__main__":
    # Each process would begin with the same ids.
    games._numbers = itertools.count(os.getpid() * 1_000_000)
    asyncio.run(main(*sys.argv[1:]))
