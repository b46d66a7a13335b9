"""Who connects and never says who it is does not stay, at whatever point it stops."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Final

from tests.adversary.conftest import Session
from tests.adversary.crowd import Crowd, assert_unharmed
from tests.adversary.door import Door
from tests.adversary.environs import PLAIN
from tests.adversary.frames import client_frame
from tests.adversary.raw_http import request_bytes
from tests.adversary.raw_websocket import HANDSHAKE, upgrade_request
from tests.adversary.victim import Victim
from tests.adversary.wire import Wire
from tests.waiting import until

ENVIRON = PLAIN

OF_EACH: Final = 10
CUT_WITHIN_S: Final = 8.0
SMALL: Final = 4096
"""Bytes that a client lets the kernel keep for it."""
KEY: Final = "AAAAAAAAAAAAAAAAAAAAAA=="


async def says_nothing(_: Door, wire: Wire) -> None:
    """Not even the first byte of a request."""


async def sends_half_a_request_line(_: Door, wire: Wire) -> None:
    await wire.send(b"GET /socket.io/?EIO=4&tran")


async def sends_half_the_headers(_: Door, wire: Wire) -> None:
    await wire.send(upgrade_request(HANDSHAKE, KEY)[:-20])


async def sends_half_a_body(door: Door, wire: Wire) -> None:
    polling = await door.polling()
    await wire.send(request_bytes("POST", polling.target, b'40{"token":"..."}')[:-5])


async def opens_a_websocket(_: Door, wire: Wire) -> None:
    await wire.send(upgrade_request(HANDSHAKE, KEY))


async def sends_half_a_frame(_: Door, wire: Wire) -> None:
    await wire.send(upgrade_request(HANDSHAKE, KEY) + client_frame('40{"token":"..."}')[:-5])


async def sends_pongs(_: Door, wire: Wire) -> None:
    await wire.send(upgrade_request(HANDSHAKE, KEY) + client_frame("3") * 5)


async def waits_at_a_poll(door: Door, wire: Wire) -> None:
    polling = await door.polling()
    await wire.send(request_bytes("GET", polling.target, headers={"Connection": "close"}))


STOPS: Final = (
    says_nothing,
    sends_half_a_request_line,
    sends_half_the_headers,
    sends_half_a_body,
    opens_a_websocket,
    sends_half_a_frame,
    sends_pongs,
    waits_at_a_poll,
)


async def test_who_never_joins_is_cut_off_wherever_it_stops_and_leaves_no_descriptor(
    victim: Victim, door: Door, crowd: Crowd
) -> None:
    before = await crowd.p99s()
    descriptors = victim.descriptors()
    wires = [(stop, await door.wire()) for stop in STOPS for _ in range(OF_EACH)]
    for stop, wire in wires:
        await stop(door, wire)
    during = await crowd.p99s()
    over = await asyncio.gather(*(is_over(wire) for _, wire in wires))
    stayed = Counter(stop.__name__ for (stop, _), gone in zip(wires, over, strict=True) if not gone)
    assert stayed == {}
    assert_unharmed(before, during)

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)


async def is_over(wire: Wire) -> bool:
    """Whether a connection ends in time."""
    try:
        async with asyncio.timeout(CUT_WITHIN_S):
            await wire.rest()
    except TimeoutError:
        return False
    return True


async def test_who_has_said_all_and_reads_nothing_leaves_no_descriptor_either(victim: Victim, door: Door) -> None:
    descriptors = victim.descriptors()
    for _ in range(OF_EACH):
        socket = await door.websocket(receive_buffer=SMALL)
        await socket.open()
        for _ in range(12):  # each is answered with an echo of the name
            await socket.send(f"40/{'n' * 15_000},")
        socket.wire.finish()

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten, CUT_WITHIN_S)


async def test_cut_connections_are_counted_as_unjoined(victim: Victim, door: Door) -> None:
    counted = await victim.total("quiz_disconnects_total", reason="unjoined")
    sockets = [await (await door.websocket()).open() for _ in range(OF_EACH)]
    sessions = [await door.polling() for _ in range(OF_EACH)]
    await asyncio.gather(*(socket.end() for socket in sockets))

    async def all_counted() -> bool:
        return await victim.total("quiz_disconnects_total", reason="unjoined") == counted + 2 * OF_EACH

    await until(all_counted)
    for polling in sessions:
        assert (await polling.get()).status == 400


async def test_who_joins_in_time_stays(door: Door, session: Session) -> None:
    player = await (await door.websocket()).open()
    await player.join(await session.seat("Ann"))
    waiting = await (await door.websocket()).open()
    await waiting.end()
    assert (await player.call("time"))["ok"]
