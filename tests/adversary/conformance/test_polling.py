"""Long-polling: what one body brings, one answer takes, and what ends a session."""

from __future__ import annotations

import asyncio

import pytest

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import PLAIN
from tests.adversary.raw_http import read_response, request_bytes
from tests.adversary.raw_polling import SEPARATOR, RawPolling
from tests.adversary.victim import Victim
from tests.adversary.wire import Ended, Wire
from tests.waiting import until

ENVIRON = PLAIN


async def a_poll(door: Door, polling: RawPolling) -> Wire:
    """A poll that the node has seen, and has nothing for yet."""
    wire = await door.wire()
    await wire.send(request_bytes("GET", polling.target))
    await (await door.barrier()).passed()
    return wire


async def has_ended(polling: RawPolling) -> bool:
    """Whether the node knows nothing of a session any more."""
    return (await polling.get()).status == (await polling.post("3")).status == 400


async def test_a_body_is_answered_with_ok_and_a_poll_with_packets(door: Door) -> None:
    polling = await door.polling()
    posted = await polling.post("40/admin,")
    assert (posted.status, posted.text.lower()) == (200, "ok")
    assert (await polling.get()).text == '44/admin,{"message":"Invalid namespace"}'


async def test_several_packets_are_parted_by_one_character_both_ways(door: Door) -> None:
    polling = await door.polling()
    await polling.sends("40/a,", "40/b,", "40/c,")
    received: list[str] = []
    while len(received) < 3:
        received += (await polling.get()).text.split(SEPARATOR)
    assert received == [f'44/{name},{{"message":"Invalid namespace"}}' for name in "abc"]


async def test_a_poll_waits_until_there_is_something(door: Door) -> None:
    polling = await door.polling()
    wire = await a_poll(door, polling)
    await polling.sends("40/admin,")
    assert (await read_response(wire)).text == '44/admin,{"message":"Invalid namespace"}'


async def test_a_connection_is_kept_for_further_polls(door: Door) -> None:
    polling = await door.polling()
    wire = await door.wire()
    for name in "abc":
        await polling.sends(f"40/{name},")
        await wire.send(request_bytes("GET", polling.target))
        assert (await read_response(wire)).text.startswith(f"44/{name},")


async def test_two_polls_at_a_time_end_the_session(door: Door) -> None:
    polling = await door.polling()
    first = await a_poll(door, polling)
    assert (await polling.get()).status == 400
    answer = await read_response(first)
    assert (answer.status, answer.text) == (200, "1"), "the first is told that the session is closed"
    assert await has_ended(polling)


async def test_two_bodies_at_a_time_end_the_session(door: Door) -> None:
    polling = await door.polling()
    first = await door.wire()
    request = request_bytes("POST", polling.target, b"40/admin,")
    await first.send(request[:-3])
    await (await door.barrier()).passed()
    assert (await polling.post("40/admin,")).status == 400
    assert await has_ended(polling)
    try:
        await first.send(request[-3:])
        assert (await read_response(first)).status == 400, "what was on its way is not taken either"
    except Ended:
        pass  # nor is there anybody to tell


async def test_a_poll_and_a_body_at_a_time_are_what_polling_is(door: Door, session: Session) -> None:
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    wire = await a_poll(door, polling)
    await polling.sends('421["time"]')
    assert (await read_response(wire)).text.startswith("431[")


@pytest.mark.parametrize("body", ["abc", "x", "7", "9hello", SEPARATOR, f"4{SEPARATOR}"], ids=repr)
async def test_a_body_that_is_no_packet_ends_the_session(door: Door, body: str) -> None:
    polling = await door.polling()
    assert (await polling.post(body)).status == 400
    assert await has_ended(polling)


async def test_a_body_that_is_not_utf8_ends_the_session(door: Door) -> None:
    polling = await door.polling()
    assert (await polling.post_bytes(b"4\xff\xfe")).status == 400
    assert await has_ended(polling)


async def test_a_close_packet_ends_the_session_and_the_open_poll(door: Door, victim: Victim) -> None:
    polling = await door.polling()
    wire = await a_poll(door, polling)
    assert (await polling.post("1")).status == 200
    answer = await read_response(wire)
    assert (answer.status, answer.text) == (200, "6")
    assert await has_ended(polling)
    gone = await victim.total("quiz_disconnects_total", reason="client disconnect")
    assert gone >= 1


async def test_leaving_the_namespace_ends_the_session(door: Door, session: Session) -> None:
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    wire = await a_poll(door, polling)
    await polling.post("41")
    assert (await read_response(wire)).status == 200

    async def ended() -> bool:
        return await has_ended(polling)

    await until(ended)


async def test_a_session_that_is_polled_by_nobody_loses_nothing(door: Door, session: Session) -> None:
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    for ack_id in range(100, 110):
        await polling.sends(f'42{ack_id}["time"]')
    received: list[str] = []
    while len(received) < 10:
        received += [packet for packet in await polling.poll() if packet.startswith("43")]
    assert [packet.partition("[")[0] for packet in received] == [f"43{ack_id}" for ack_id in range(100, 110)]


async def test_a_poll_that_is_given_up_harms_neither_the_node_nor_other_sessions(door: Door, session: Session) -> None:
    polling, other = await door.polling(), await door.polling()
    await other.join(await session.seat("Bob"))
    (await a_poll(door, polling)).reset()
    await (await door.barrier()).passed()
    await polling.post("40/admin,")
    assert (await other.call("time"))["ok"]


async def test_sessions_do_not_see_each_others_packets(door: Door, session: Session) -> None:
    players = [await door.polling() for _ in range(4)]
    for number, polling in enumerate(players):
        await polling.join(await session.seat(f"P{number}"))
    await asyncio.gather(*(polling.sends(f'42{number}["time"]') for number, polling in enumerate(players, 100)))
    for number, polling in enumerate(players, 100):
        await polling.until(f"43{number}[")
        assert len([packet for packet in polling.received if packet.startswith("43")]) == 1
