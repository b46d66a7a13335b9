"""A client that sends more than it may is refused or left unread, and the others are served as before."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Any, Final

import pytest

from tests.adversary.conftest import Session
from tests.adversary.crowd import Crowd, assert_unharmed
from tests.adversary.door import Door
from tests.adversary.environs import PLAIN
from tests.adversary.frames import Opcode, client_frame
from tests.adversary.raw_polling import RawPolling
from tests.adversary.raw_websocket import RawWebSocket
from tests.adversary.victim import Victim
from tests.adversary.wire import Ended
from tests.waiting import until

ENVIRON = PLAIN

EVENTS: Final = 50_000
FLOODERS: Final = 4
PER_S: Final = 10
BURST: Final = 20
IN_FLIGHT: Final = 4
SLACK: Final = 24 * 1024 * 1024


class Flood:
    """One client that sends as fast as the node takes it in, and reads what comes back."""

    def __init__(self, socket: RawWebSocket, frames: bytes) -> None:
        self._socket = socket
        self._frames = frames
        self.acks: dict[int, Any] = {}
        self.twice: list[int] = []

    async def rage(self) -> None:
        """Send and read until cancelled, or thrown out."""
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._send())
                both.create_task(self._read())
        except* Ended:
            pass

    async def _send(self) -> None:
        rest = memoryview(self._frames)
        while rest:
            taken = self._socket.wire.send_what_fits(rest[:65_536].tobytes())
            rest = rest[taken:]
            await asyncio.sleep(0 if taken else 0.005)

    async def _read(self) -> None:
        while True:
            packet = await self._socket.packet()
            if packet.startswith("43"):
                ack_id = int(packet[2 : packet.index("[")])
                if ack_id in self.acks:
                    self.twice.append(ack_id)
                self.acks[ack_id] = json.loads(packet[packet.index("[") :])[0]


def outcomes(acks: dict[int, Any]) -> Counter[str]:
    """How many calls were served ("ok") or refused, by code."""
    return Counter("ok" if ack["ok"] else str(ack["error"]["code"]) for ack in acks.values())


async def test_a_flood_of_events_is_served_at_the_allowed_pace_and_the_others_as_before(
    victim: Victim, door: Door, session: Session, crowd: Crowd
) -> None:
    clock = asyncio.get_running_loop().time
    before = await crowd.p99s()
    descriptors, resident = victim.descriptors(), victim.resident_bytes()
    sockets = await door.players(await session.seats("Flood", FLOODERS))
    frames = b"".join(client_frame(f'42{number}["time"]') for number in range(EVENTS))
    floods = [Flood(socket, frames) for socket in sockets]
    began = clock()
    tasks = [asyncio.create_task(flood.rage()) for flood in floods]
    during = await crowd.p99s()
    grown = victim.resident_bytes() - resident
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    allowed = BURST + IN_FLIGHT + PER_S * (clock() - began)
    assert_unharmed(before, during)
    assert grown <= SLACK
    for flood in floods:
        seen = outcomes(flood.acks)
        assert flood.twice == []
        assert BURST // 2 <= seen["ok"] <= allowed, seen
        assert seen["rate_limited"] >= 1, "it is told"
        assert seen.total() <= EVENTS / 10, "and the rest waits unread"
        refused = [ack["error"] for ack in flood.acks.values() if not ack["ok"]]
        assert all(error["retry"] for error in refused)
    for socket in sockets:
        socket.wire.reset()

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)


async def test_who_has_flooded_is_served_again_when_it_slows_down(door: Door, session: Session) -> None:
    player = await door.player(await session.seat("Ann"))
    await player.wire.send(b"".join(client_frame(f'42{number}["time"]') for number in range(1000, 1000 + BURST + 5)))
    for number in range(1000, 1000 + BURST + 5):
        await player.ack(number)

    async def served() -> bool:
        return bool((await player.call("time"))["ok"])

    await until(served)


async def test_what_would_be_refused_anyway_counts_as_well(door: Door, session: Session) -> None:
    player = await door.player(await session.seat("Ann"))
    await player.wire.send(
        b"".join(client_frame(f'42{number}["nonsense"]') for number in range(1000, 1000 + 2 * BURST))
    )
    codes = [(await player.ack(number))["error"]["code"] for number in range(1000, 1000 + BURST + 5)]
    assert codes[: BURST // 2] == ["unknown_event"] * (BURST // 2)
    assert "rate_limited" in codes


async def test_events_without_an_ack_id_are_limited_like_the_others(
    victim: Victim, door: Door, session: Session
) -> None:
    clock = asyncio.get_running_loop().time
    player = await door.player(await session.seat("Ann"))
    served = await victim.total("quiz_calls_total", event="time", outcome="ok")
    began = clock()
    await player.wire.send(b"".join(client_frame('42["time"]') for _ in range(500)))
    barrier = await door.barrier()
    await barrier.passed()
    now_served = await victim.total("quiz_calls_total", event="time", outcome="ok")
    assert now_served - served <= BURST + IN_FLIGHT + PER_S * (clock() - began)


async def test_a_flood_of_polling_bodies_is_held_to_the_same_pace(
    victim: Victim, door: Door, session: Session, crowd: Crowd
) -> None:
    clock = asyncio.get_running_loop().time
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    served = await victim.total("quiz_calls_total", event="answer")
    before = await crowd.p99s(windows=2)
    began = clock()
    flood = asyncio.create_task(post_until_refused(polling))
    during = await crowd.p99s(windows=2)
    flood.cancel()
    await asyncio.gather(flood, return_exceptions=True)
    now_served = await victim.total("quiz_calls_total", event="answer", outcome="invalid")
    assert now_served - served <= BURST + IN_FLIGHT + PER_S * (clock() - began)
    assert_unharmed(before, during)


async def post_until_refused(polling: RawPolling) -> None:
    """Send bodies of sixteen events, one after the other."""
    while (await polling.post(*['421["answer",{}]'] * 16)).status == 200:
        await polling.get()


@pytest.mark.parametrize(
    "packet", ["3", '430[{"ok":true}]', "41/x,", "40/x,", '40{"token":"abc"}', '42["time"]'], ids=lambda packet: packet
)
async def test_a_flood_of_packets_of_any_kind_takes_no_memory_and_the_others_are_served_as_before(
    victim: Victim, door: Door, session: Session, crowd: Crowd, packet: str
) -> None:
    before = await crowd.p99s()
    socket = await (await door.websocket()).open()
    if not packet.startswith("40{"):
        await socket.join(await session.seat("Flood"))
    resident = victim.resident_bytes()
    flood = asyncio.create_task(Flood(socket, client_frame(packet) * EVENTS).rage())
    during = await crowd.p99s()
    grown = victim.resident_bytes() - resident
    flood.cancel()
    await asyncio.gather(flood, return_exceptions=True)
    assert grown <= SLACK
    assert_unharmed(before, during)


@pytest.mark.parametrize(
    "frame",
    [
        client_frame(b"", Opcode.PONG),
        client_frame(b"", Opcode.PING),
        client_frame(b"", Opcode.CONTINUATION, final=False),
    ],
    ids=["pongs", "pings", "fragments of nothing"],
)
async def test_frames_that_say_nothing_end_the_connection_when_there_is_no_end_to_them(
    door: Door, crowd: Crowd, frame: bytes
) -> None:
    before = await crowd.p99s(windows=2)
    stranger = await (await door.websocket()).open()
    begun = client_frame("4", final=False)
    tasks = [asyncio.create_task(rage_on(stranger, begun + frame * 20_000))]
    during = await crowd.p99s(windows=2)
    await asyncio.wait_for(asyncio.gather(*tasks), 20)
    assert_unharmed(before, during)


async def rage_on(socket: RawWebSocket, frames: bytes) -> None:
    """Send frames over and over, until thrown out."""
    try:
        while True:
            await socket.wire.send(frames)
    except Ended:
        return
