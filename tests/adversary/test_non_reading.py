"""Clients that take in less than they are sent are cut off at a bounded cost, and nobody else notices."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final

import pytest

from tests.adversary.conftest import Hall, Session
from tests.adversary.crowd import Crowd, assert_unharmed
from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.frames import Opcode, client_frame
from tests.adversary.raw_websocket import RawWebSocket
from tests.adversary.victim import Victim
from tests.adversary.wire import Ended
from tests.node.quizzes import CHOICE, quiz
from tests.waiting import until

ENVIRON = BRISK

ADVERSARIES: Final = 8
WITNESSES: Final = 3
SMALL: Final = 4096
"""Bytes that they let the kernel keep for them."""
OUTBOUND_MAX: Final = 262_144
"""Bytes that the node keeps for a client at most, unless it is set otherwise."""
SLACK: Final = 24 * 1024 * 1024
"""What a process may grow by for reasons of its own."""
PINGS_BYTES: Final = 48 * 1024 * 1024
"""Far more than the buffers of two kernels and the node's share together."""
CUT_WITHIN_S: Final = 30.0

_VERSION: Final = re.compile(r'"version":(\d+)')
_LONG: Final = "😀" * 490
FAT: Final[dict[str, Any]] = {
    **CHOICE,
    "text": _LONG,
    "choices": [{"text": f"{number} {_LONG}", "correct": number == 1} for number in range(8)],
    "time_limit": 300,
}
"""A question of some 18 kilobytes; it is sent again whenever its host gives more time."""

Habit = Callable[[RawWebSocket], Awaitable[None]]


async def reads_nothing(_: RawWebSocket) -> None:
    """And says nothing either."""


async def only_sends_pongs(socket: RawWebSocket) -> None:
    while True:
        await socket.send("3")
        await asyncio.sleep(0.2)


async def reads_a_byte_now_and_then(socket: RawWebSocket) -> None:
    while True:
        await socket.wire.some(1)
        await socket.send("3")
        await asyncio.sleep(0.05)


async def for_its_life(habit: Habit, socket: RawWebSocket) -> None:
    """Keep a habit until the connection ends."""
    with suppress(Ended):
        await habit(socket)


class Announcer:
    """A host who has something to say to everybody all the time."""

    def __init__(self, host: RawWebSocket, version: int) -> None:
        self._host = host
        self.version = version

    async def announce(self) -> None:
        """Open the question, and open it again with more time until cancelled."""
        await self._does("start")
        while True:
            await self._does("extend", seconds=1)
            self._host.events.clear()

    async def _does(self, command: str, **payload: int) -> None:
        ack = await self._host.call(command, {"version": self.version, **payload})
        self.version = ack["version"] if ack["ok"] else ack["error"]["version"]


class Witness:
    """A player in the same session who reads everything."""

    def __init__(self, socket: RawWebSocket) -> None:
        self._socket = socket
        self.versions: list[int] = []

    async def watch(self) -> None:
        """Note the version of every question sent, until cancelled."""
        while True:
            packet = await self._socket.packet()
            if packet.startswith('42["question"') and (told := _VERSION.search(packet)):
                self.versions.append(int(told[1]))


@pytest.mark.parametrize("habit", [reads_nothing, only_sends_pongs, reads_a_byte_now_and_then])
async def test_who_does_not_read_is_cut_off_and_costs_the_others_nothing(
    victim: Victim, door: Door, hall: Hall, crowd: Crowd, habit: Habit
) -> None:
    session = await hall(quiz(FAT))
    host = await door.player(session.host_token)
    seats = await session.seats("Bad", ADVERSARIES)
    witnesses = [Witness(socket) for socket in await door.players(await session.seats("Good", WITNESSES))]
    announcer = Announcer(host, int(host.events[0][1]["version"]))
    causes = ("slow", "stalled") if habit is not reads_nothing else ("slow", "stalled", "ping timeout")
    peak = 0

    async def cut() -> float:
        nonlocal peak
        peak = max(peak, victim.resident_bytes())
        return sum([await victim.total("quiz_disconnects_total", reason=cause) for cause in causes])

    cut_before = await cut()
    tasks = [asyncio.create_task(announcer.announce())]
    tasks += [asyncio.create_task(witness.watch()) for witness in witnesses]
    try:
        before = await crowd.p99s()
        descriptors, resident = victim.descriptors(), victim.resident_bytes()
        adversaries = await door.players(seats, receive_buffer=SMALL)
        tasks += [asyncio.create_task(for_its_life(habit, adversary)) for adversary in adversaries]
        during = await crowd.p99s()

        async def all_cut() -> bool:
            await crowd.p99s(windows=1)  # who reads goes on being served
            return await cut() >= cut_before + ADVERSARIES

        await until(all_cut, CUT_WITHIN_S)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [result for result in ended if isinstance(result, Exception)] == []
    assert_unharmed(before, during)
    assert peak - resident <= ADVERSARIES * OUTBOUND_MAX + SLACK
    for witness in witnesses:
        first, last = witness.versions[0], witness.versions[-1]
        assert witness.versions == list(range(first, last + 1)), "each question once, in order"

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)


async def test_who_pings_without_reading_the_pongs_is_held_to_its_share_of_memory(
    victim: Victim, door: Door, session: Session, bystander: RawWebSocket
) -> None:
    greedy = await door.player(await session.seat("Greedy"), receive_buffer=SMALL)
    peak = resident = victim.resident_bytes()
    pings = client_frame(b"x" * 125, Opcode.PING) * 500
    handed = refused = 0
    with suppress(Ended):
        while handed < PINGS_BYTES and refused < 100:  # a second in which the node reads nothing is enough
            taken = greedy.wire.send_what_fits(pings[handed % len(pings) :])
            handed += taken
            refused = 0 if taken else refused + 1
            peak = max(peak, victim.resident_bytes())
            await asyncio.sleep(0 if taken else 0.01)
    assert (await bystander.call("time"))["ok"]
    assert peak - resident <= OUTBOUND_MAX + SLACK


async def test_who_joins_by_polling_and_never_polls_is_cut_off_though_it_sends_pongs(
    victim: Victim, door: Door, hall: Hall, bystander: RawWebSocket
) -> None:
    session = await hall(quiz(FAT))
    host = await door.player(session.host_token)
    sessions = [await door.polling() for _ in range(ADVERSARIES)]
    for polling, token in zip(sessions, await session.seats("Bad", ADVERSARIES), strict=True):
        await polling.join(token)

    async def cut() -> float:
        return sum([await victim.total("quiz_disconnects_total", reason=cause) for cause in ("slow", "stalled")])

    cut_before, resident = await cut(), victim.resident_bytes()
    announcing = asyncio.create_task(Announcer(host, int(host.events[0][1]["version"])).announce())
    try:

        async def all_cut() -> bool:
            for polling in sessions:
                await polling.post("3")
            assert (await bystander.call("time"))["ok"]
            return await cut() >= cut_before + ADVERSARIES

        await until(all_cut, CUT_WITHIN_S)
    finally:
        announcing.cancel()
        await asyncio.gather(announcing, return_exceptions=True)
    assert victim.resident_bytes() - resident <= ADVERSARIES * OUTBOUND_MAX + SLACK
    for polling in sessions:
        assert (await polling.post("3")).status == 400
