"""A few bad days, chosen by their seed so that they hit a node, the database and the line between a node and Redis."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.chaos.report import BEGIN, END, Report, markdown, write
from tests.chaos.run import Options, run
from tests.chaos.schedule import Fault

SELECTION = Options(seed=59548, rounds=3, players=60, nodes=2)


@pytest.mark.timeout(240)
async def test_no_promise_is_broken_when_a_node_is_killed_the_database_hangs_and_a_node_is_cut_off(
    tmp_path: Path,
) -> None:
    said: list[str] = []
    done = await run(SELECTION, said.append)
    assert done.broken == [], "\n".join(said)
    assert {line.fault: line.rounds for line in done.lines} == {
        Fault.KILL_NODE.value: 1,
        Fault.SUSPEND_POSTGRESQL.value: 1,
        Fault.CUT_REDIS.value: 1,
    }
    by_fault = {line.fault: line for line in done.lines}
    assert by_fault[Fault.KILL_NODE.value].reconnects > 0
    assert by_fault[Fault.SUSPEND_POSTGRESQL.value].queued > 0
    assert all(share > 0 for share in done.spread[0])
    assert done.answers >= done.saved + done.queued > 2 * SELECTION.players
    _is_readable(done, tmp_path)


def _is_readable(done: Report, folder: Path) -> None:
    chapter, numbers = folder / "reliability.md", folder / "run.json"
    chapter.write_text(f"Before.\n{BEGIN}\nof an earlier run\n{END}\nAfter.\n", encoding="utf-8")
    write(done, chapter)
    write(done, numbers)
    assert chapter.read_text(encoding="utf-8") == f"Before.\n{BEGIN}\n{markdown(done)}{END}\nAfter.\n"
    assert msgspec.json.decode(numbers.read_bytes(), type=Report) == done
