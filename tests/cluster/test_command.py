"""`quiz cluster`, started and ended as people do."""

from __future__ import annotations

import signal
import stat
from pathlib import Path

import aiohttp
import pytest

from tests.cluster.command import quiz_cluster, shared_memory
from tests.node.people import Api
from tests.node.quizzes import CHOICE, quiz

pytestmark = pytest.mark.timeout(180)  # many processes, on a machine that may have other things to do

READY = r"(Ctrl-C stops everything)"


async def test_ctrl_c_leaves_nothing_but_what_was_to_be_kept_and_that_is_there_again(tmp_path: Path) -> None:
    keep = tmp_path / "kept"
    async with quiz_cluster(2, keep) as first, aiohttp.ClientSession() as http:
        url = await first.says(r"Players join at  (\S+)/\n")
        password = await first.says(r"Sign in as admin with password (\S+)\n")
        await first.says(READY)
        api = await Api(http, url).sign_in(password)
        quiz_id = await api.add_quiz(quiz(CHOICE))
        postgresql = int(await first.says(r"ready +postgresql +in \S+ s, process (\d+)"))
        assert shared_memory(postgresql)
        assert await first.end(signal.SIGINT) == 0
        assert await first.nothing_left()
        assert not shared_memory(postgresql)

    assert stat.S_IMODE((keep / "secrets.json").stat().st_mode) == 0o600
    assert password not in "".join(log.read_text() for log in (keep / "logs").glob("*.log"))

    async with quiz_cluster(1, keep) as second, aiohttp.ClientSession() as http:
        url = await second.says(r"Players join at  (\S+)/\n")
        assert await second.says(r"Sign in as admin with password (\S+)\n") == password
        await second.says(READY)
        api = await Api(http, url).sign_in(password)
        assert (await api.call("GET", f"/quizzes/{quiz_id}"))[0] == 200

        assert len(second.processes()) > 5
        await second.end(signal.SIGKILL)
        assert await second.nothing_left()


@pytest.mark.parametrize(
    ("how", "when"),
    [
        (signal.SIGTERM, "ready +(redis) "),
        (signal.SIGTERM, "ready +(tables) "),
        (signal.SIGKILL, "ready +(postgresql) "),
    ],
)
async def test_ended_in_the_middle_of_its_start_it_leaves_nothing(how: signal.Signals, when: str) -> None:
    async with quiz_cluster(2) as command:
        await command.says(when)
        assert await command.end(how) == (0 if how is signal.SIGTERM else -signal.SIGKILL)
        assert await command.nothing_left()
