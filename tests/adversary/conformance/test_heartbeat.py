"""The server asks, and who does not answer in time is gone."""

from __future__ import annotations

import asyncio

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import HASTY
from tests.adversary.frames import Opcode
from tests.adversary.victim import Victim
from tests.waiting import until

ENVIRON = HASTY

INTERVAL_S, TIMEOUT_S = 0.3, 0.2


async def test_fractions_of_a_second_are_told_as_they_are_set(door: Door) -> None:
    polling, socket = await door.polling(), await (await door.websocket()).open()
    for opened in (polling.opened, socket.opened):
        assert (opened["pingInterval"], opened["pingTimeout"]) == (300, 200)


async def test_a_websocket_is_asked_again_and_again_as_long_as_it_answers(door: Door) -> None:
    socket = await (await door.websocket()).open()
    socket.answers_pings = False
    clock = asyncio.get_running_loop().time
    began = clock()
    for _ in range(4):
        assert await socket.packet() == "2"
        await socket.send("3")
    assert clock() - began >= 3 * INTERVAL_S, "not all at once"


async def test_a_polling_session_is_asked_again_and_again_as_long_as_it_answers(door: Door) -> None:
    polling = await door.polling()
    for _ in range(4):
        assert (await polling.get()).text == "2"
        await polling.sends("3")


async def test_a_websocket_that_does_not_answer_is_ended(victim: Victim, door: Door, session: Session) -> None:
    counted = await victim.total("quiz_disconnects_total", reason="ping timeout")
    descriptors = victim.descriptors()
    silent = await door.player(await session.seat("Ann"))
    silent.answers_pings = False
    clock = asyncio.get_running_loop().time
    began = clock()
    await silent.end()
    assert clock() - began >= TIMEOUT_S, "it was given time"
    assert await victim.total("quiz_disconnects_total", reason="ping timeout") > counted

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)


async def test_a_websocket_that_neither_answers_nor_agrees_to_the_end_is_ended_all_the_same(door: Door) -> None:
    socket = await (await door.websocket()).open()
    rest = await socket.wire.rest()
    assert rest.startswith(b"\x81\x012"), "it was asked"
    if len(rest) > 3:
        assert rest[3] in (0x80 | Opcode.CLOSE, 0x81), "and told"


async def test_a_polling_session_past_its_ping_timeout_is_a_bad_request(victim: Victim, door: Door) -> None:
    polled, posted = await door.polling(), await door.polling()
    counted = await victim.total("quiz_disconnects_total", reason="ping timeout")

    async def both_counted() -> bool:
        return await victim.total("quiz_disconnects_total", reason="ping timeout") >= counted + 2

    await until(both_counted)  # nobody has polled or posted, and they are gone all the same
    assert (await polled.get()).status == 400
    assert (await posted.post("3")).status == 400


async def test_a_polling_session_that_takes_the_ping_and_does_not_answer_is_ended(door: Door) -> None:
    polling = await door.polling()
    assert (await polling.get()).text == "2"

    async def ended() -> bool:
        return (await polling.get()).status == 400

    await until(ended)


async def test_a_pong_that_nobody_asked_for_is_no_fault(door: Door, session: Session) -> None:
    player = await door.player(await session.seat("Ann"))
    for _ in range(5):
        await player.send("3")
    assert (await player.call("time"))["ok"]


async def test_the_heart_goes_on_beating_across_an_upgrade(door: Door, session: Session) -> None:
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    socket = await door.websocket(f"EIO=4&transport=websocket&sid={polling.sid}")
    await socket.send("2probe")
    assert await socket.packet() == "3probe"
    await polling.poll()
    await socket.send("5")
    socket.answers_pings = False
    for _ in range(3):
        while await socket.packet() != "2":
            pass
        await socket.send("3")
    socket.answers_pings = True
    assert (await socket.call("time"))["ok"]
