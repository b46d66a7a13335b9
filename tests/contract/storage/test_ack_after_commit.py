"""What was acked is stored, though the process was killed the next moment."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from quiz.domain.commands import Start
from quiz.domain.ids import PlayerId
from tests.contract.storage.games import Stage

ROOT = Path(__file__).parents[3]
PLAYERS = 2000


async def acked_until_killed(process: Process, acks: int) -> list[PlayerId]:
    """Kill the process after so many acks; give all it has printed."""
    assert process.stdout is not None
    lines = [await process.stdout.readline() for _ in range(acks)]
    process.kill()
    lines += (await process.stdout.read()).splitlines(keepends=True)
    await process.wait()
    # The last line may have been cut off.
    return [PlayerId(line.decode().strip()) for line in lines if line.endswith(b"\n")]


@pytest.mark.parametrize("seed", range(3))
async def test_every_answer_acked_by_a_killed_process_is_stored(stage: Stage, url: str, seed: int) -> None:
    await asyncio.gather(*(stage.try_seat(f"Player {number}") for number in range(PLAYERS)))
    await stage.play(Start())
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.contract.storage.acking_process", url, stage.session.id, cwd=ROOT, stdout=PIPE
    )
    acked = await acked_until_killed(process, random.Random(seed).randrange(20, 400))
    assert process.returncode == -9, "it finished before it was killed"
    stored = {each.player_id: each.submission async for each in stage.storage.sessions.answers(stage.session)}
    assert len(acked) == len(set(acked)) >= 20
    assert {player: stored.get(player) for player in acked} == {player: f"{player} says" for player in acked}
    # What was written and not acked is stored as well, at most what was under way.
    assert len(stored) - len(acked) <= 16
