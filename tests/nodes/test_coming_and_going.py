"""Clients that go before they have quite come, and a player who comes too often, at a node over SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from quiz.app import Node, running
from quiz.config import read_settings
from tests.node.people import Api
from tests.node.quizzes import CHOICE, quiz
from tests.nodes.hall import Hall
from tests.unit.realtime.buses import UnhurriedBus
from tests.waiting import until

PASSWORD = "correct horse"
PLACES = 8
"""So many connections a player may have."""


@asynccontextmanager
async def alone(folder: Path) -> AsyncIterator[tuple[Node, Hall]]:
    """A node with a session."""
    environ = {"DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'quiz.db'}", "QUIZ_ADMIN_PASSWORD": PASSWORD}
    async with AsyncExitStack() as stack:
        node = await stack.enter_async_context(running(read_settings(environ), "127.0.0.1", 0))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        api = await Api(http, node.url).sign_in(PASSWORD)
        hall = Hall([api], await api.make_session(await api.add_quiz(quiz(CHOICE))), ("websocket",))
        stack.push_async_callback(hall.go_home)
        yield node, hall


def sample(node: Node, name: str, **labels: str) -> float:
    """What a metric says now."""
    node.metrics.render()
    return node.metrics.registry.get_sample_value(name, labels) or 0


async def holds(look: Callable[[], bool]) -> None:
    async def see() -> bool:
        return look()

    await until(see)


def coming() -> bool:
    """Whether somebody is still being let in."""
    return any(task.get_name().startswith("join ") for task in asyncio.all_tasks())


async def test_a_client_that_goes_while_its_room_is_subscribed_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = UnhurriedBus()
    monkeypatch.setattr("quiz.app.adapters.LocalBus", lambda: bus)
    async with alone(tmp_path) as (node, hall):
        joined = await hall.apis[0].join(hall.made["pin"], "Ann")
        async with aiohttp.ClientSession() as http:
            socket = await http.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket")
            await socket.send_str(f'40{{"token":"{joined["token"]}"}}')
            async with asyncio.timeout(10):
                await bus.asked.wait()
            assert coming()
            await socket.close()
        await holds(lambda: sum_of_ends(node) == 1)
        bus.go.set()
        await holds(lambda: not coming())
        assert sample(node, "quiz_rooms") == 0
        assert sample(node, "quiz_sessions_hosted") == 0
        assert bus.heard == []
        # Another who stays is let in as ever.
        await hall.player("Ben")
        assert (sample(node, "quiz_rooms"), sample(node, "quiz_sessions_hosted")) == (1, 1)


def sum_of_ends(node: Node) -> float:
    (ends,) = node.metrics.disconnects.collect()
    return sum(each.value for each in ends.samples if each.name.endswith("_total"))


async def test_the_ninth_connection_of_a_player_takes_the_place_of_the_first(tmp_path: Path) -> None:
    async with alone(tmp_path) as (node, hall):
        player = await hall.player("Ann")
        seats = [player, *[await hall.again(player) for _ in range(PLACES - 1)]]
        other = await hall.player("Ben")
        assert not any(seat.gone.is_set() for seat in seats)
        assert sample(node, "quiz_disconnects_total", reason="replaced") == 0
        seats.append(await hall.again(player))
        async with asyncio.timeout(10):
            await seats[0].gone.wait()
        assert not any(seat.gone.is_set() for seat in (*seats[1:], other))
        assert sample(node, "quiz_disconnects_total", reason="replaced") == 1
        assert sample(node, "quiz_connections", role="player", transport="websocket") == PLACES + 1


async def test_a_host_may_have_as_many_connections_as_it_likes(tmp_path: Path) -> None:
    async with alone(tmp_path) as (node, hall):
        hosts = [await hall.host() for _ in range(PLACES + 2)]
        assert sample(node, "quiz_connections", role="host", transport="websocket") == PLACES + 2
        assert not any(host.gone.is_set() for host in hosts)
        assert sample(node, "quiz_disconnects_total", reason="replaced") == 0
