"""WebSocket frames as RFC 6455 has them, and as it forbids them."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Iterable

import pytest

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.frames import Frame, Opcode, client_frame
from tests.adversary.raw_websocket import RawWebSocket
from tests.adversary.victim import Victim
from tests.adversary.wire import Ended
from tests.waiting import until

ENVIRON = BRISK

LARGEST = 256 * 1024
"""Bytes that a message may have."""
ENDS_WITHIN_S = 6.0
PROTOCOL_ERROR, NOT_UTF8, TOO_LARGE = 1002, 1007, 1009


@pytest.fixture
async def player(door: Door, session: Session) -> RawWebSocket:
    """Who has joined."""
    return await door.player(await session.seat("Ann"))


@pytest.mark.parametrize("padding", [0, 200, 70_000], ids=["short", "medium", "long"])
async def test_a_frame_cut_in_two_at_any_byte_of_its_head_or_later_arrives_once(
    door: Door, player: RawWebSocket, padding: int
) -> None:
    barrier = await door.barrier()
    # Blanks may stand anywhere between the parts of JSON, and what is too long is refused with an ack.
    cuts = [*range(1, 40)] if padding else range(1, len(client_frame('421000["time"]')))
    for ack_id, cut in enumerate(cuts, start=1000):
        frame = client_frame(f'42{ack_id}["time"' + " " * padding + "]")
        await player.wire.send(frame[:cut])
        await barrier.passed()
        await player.wire.send(frame[cut:])
        packet = await player.packet()
        assert packet.startswith(f"43{ack_id}["), packet
    assert (await player.call("time"))["ok"], "and there is no second ack in between"


async def test_several_frames_in_one_segment_are_taken_in_order(player: RawWebSocket) -> None:
    await player.wire.send(b"".join(client_frame(f'42{ack_id}["time"]') for ack_id in range(100, 120)))
    got = [(await player.packet()).partition("[")[0] for _ in range(20)]
    assert got == [f"43{ack_id}" for ack_id in range(100, 120)]


async def test_frames_in_the_segment_of_the_upgrade_request_are_not_lost(door: Door, session: Session) -> None:
    token = await session.seat("Ann")
    early = client_frame("40" + json.dumps({"token": token})) + client_frame('42999["time"]')
    socket = await (await door.websocket(trailing=early)).open()
    assert (await socket.ack(999))["ok"]
    assert (await socket.call("time"))["ok"]


async def test_a_frame_that_begins_in_the_segment_of_the_upgrade_request_is_not_torn(
    door: Door, session: Session
) -> None:
    frame = client_frame("40" + json.dumps({"token": await session.seat("Ann")}))
    for cut in (1, 2, 7, 20, len(frame) - 1) * 4:
        socket = await (await door.websocket(trailing=frame[:cut])).open()
        await socket.wire.send(frame[cut:])
        assert (await socket.call("time"))["ok"]


async def test_a_message_in_fragments_is_one_message(player: RawWebSocket) -> None:
    message = '42777["time","é€😀"]'.encode()
    for size in (1, 2, 5):
        pieces = [message[start : start + size] for start in range(0, len(message), size)]
        last = len(pieces) - 1
        for number, piece in enumerate(pieces):
            opcode = Opcode.CONTINUATION if number else Opcode.TEXT
            await player.wire.send(client_frame(piece, opcode, final=number == last))
        assert (await player.ack(777))["error"]["code"] == "invalid"  # `time` takes no text


async def test_fragments_may_be_empty(player: RawWebSocket) -> None:
    await player.wire.send(client_frame("", final=False) + client_frame("", Opcode.CONTINUATION, final=False))
    await player.wire.send(client_frame('421["time"]', Opcode.CONTINUATION))
    assert (await player.ack(1))["ok"]


async def test_control_frames_between_fragments_are_answered_at_once(player: RawWebSocket) -> None:
    await player.wire.send(client_frame('427["ti', final=False) + client_frame("are you there", Opcode.PING))
    assert await player.frame() == Frame(Opcode.PONG, b"are you there")
    await player.wire.send(client_frame("nobody asked", Opcode.PONG) + client_frame('me"]', Opcode.CONTINUATION))
    assert (await player.ack(7))["ok"]


@pytest.mark.parametrize("payload", [b"", b"x", b"\x00\xff" * 62, b"x" * 125])
async def test_a_ping_is_answered_with_its_own_payload(player: RawWebSocket, payload: bytes) -> None:
    await player.wire.send(client_frame(payload, Opcode.PING))
    assert await player.frame() == Frame(Opcode.PONG, payload)


@pytest.mark.parametrize("mask", [b"\x00\x00\x00\x00", b"\xff\xff\xff\xff", b"\x01\x80\x7f\xfe"])
async def test_any_mask_will_do(player: RawWebSocket, mask: bytes) -> None:
    await player.wire.send(client_frame('421["time"]', mask=mask))
    assert (await player.ack(1))["ok"]


TIME = '421["time"]'
BROKEN = {
    "without a mask": client_frame(TIME, mask=None),
    "a ping without a mask": client_frame("", Opcode.PING, mask=None),
    "with the bit of a compression that was not agreed on": client_frame(TIME, reserved=4),
    "with the second reserved bit": client_frame(TIME, reserved=2),
    "with the third reserved bit": client_frame(TIME, reserved=1),
    "of an unknown kind": client_frame(TIME, 3),
    "of an unknown control kind": client_frame("", 11),
    "a ping in fragments": client_frame("x", Opcode.PING, final=False),
    "a ping that is too long": client_frame("x" * 126, Opcode.PING),
    "a continuation of nothing": client_frame(TIME, Opcode.CONTINUATION),
    "a message within a message": client_frame("42", final=False) + client_frame(TIME),
    "a close of one byte": client_frame(b"\x03", Opcode.CLOSE),
    "a close with a code that is never sent": client_frame(struct.pack(">H", 1005), Opcode.CLOSE),
}


NOT_TEXT = (b"4\xff", b"4\xc3\x28", b"4\xed\xa0\x80", b"4\xf0\x9f\x98", b'421["time"]\xc0\x80')
LENGTHS = (LARGEST + 1, 10 * LARGEST, 2**62)


async def its_end(socket: RawWebSocket) -> int | str | None:
    """The code that a connection is closed with."""
    try:
        async with asyncio.timeout(ENDS_WITHIN_S):
            return await socket.end()
    except TimeoutError:
        return "it goes on"


async def codes_of(door: Door, session: Session, frames: Iterable[bytes]) -> list[int | str | None]:
    """The codes with which players are closed who send these; another who does no harm is served meanwhile."""
    frames = list(frames)
    players = await door.players([await session.seat("Bad")] * len(frames))
    good = await door.player(await session.seat("Good"))
    for player, frame in zip(players, frames, strict=True):
        await player.wire.send(frame)
    assert (await good.call("time"))["ok"]
    codes = await asyncio.gather(*(its_end(player) for player in players))
    assert (await good.call("time"))["ok"]
    return codes


async def test_a_frame_the_protocol_forbids_ends_the_connection(door: Door, session: Session) -> None:
    codes = await codes_of(door, session, BROKEN.values())
    assert dict(zip(BROKEN, codes, strict=True)) == dict.fromkeys(BROKEN, PROTOCOL_ERROR)


async def test_text_that_is_not_utf8_ends_the_connection(door: Door, session: Session) -> None:
    codes = await codes_of(door, session, map(client_frame, NOT_TEXT))
    assert dict(zip(NOT_TEXT, codes, strict=True)) == dict.fromkeys(NOT_TEXT, NOT_UTF8)


async def test_a_frame_that_says_it_is_too_large_ends_the_connection_before_it_comes(
    door: Door, session: Session
) -> None:
    codes = await codes_of(door, session, (client_frame("4" * 1000, length=length) for length in LENGTHS))
    assert dict(zip(LENGTHS, codes, strict=True)) == dict.fromkeys(LENGTHS, TOO_LARGE)


async def test_a_first_frame_without_a_mask_ends_the_connection(door: Door) -> None:
    for unmasked in (client_frame("3", mask=None), client_frame("", Opcode.PING, mask=None)):
        assert await its_end(await door.websocket(trailing=unmasked)) == PROTOCOL_ERROR
        socket = await (await door.websocket()).open()
        await socket.wire.send(unmasked)
        assert await its_end(socket) == PROTOCOL_ERROR


async def test_fragments_that_are_too_large_together_end_the_connection(
    victim: Victim, door: Door, session: Session, player: RawWebSocket
) -> None:
    resident = victim.resident_bytes()
    piece = client_frame("4" * 20_000, Opcode.CONTINUATION, final=False)
    await player.wire.send(client_frame("4", final=False))
    try:
        for _ in range(1_000):
            await player.wire.send(piece)
    except Ended:
        pass
    assert await its_end(player) in (TOO_LARGE, None)  # the code may be lost among what was under way
    assert victim.resident_bytes() - resident < 24 * 1024 * 1024


async def test_endless_empty_fragments_are_of_no_use(victim: Victim, player: RawWebSocket) -> None:
    resident = victim.resident_bytes()
    await player.wire.send(client_frame("4", final=False))
    empty = client_frame("", Opcode.CONTINUATION, final=False) * 1000
    try:
        for _ in range(50):
            await player.wire.send(empty)
        await player.wire.send(client_frame('21["time"]', Opcode.CONTINUATION))
        assert (await player.ack(1))["ok"]
    except Ended:
        pass
    assert victim.resident_bytes() - resident < 24 * 1024 * 1024


@pytest.mark.parametrize("reason", [b"", struct.pack(">H", 1000) + b"bye", struct.pack(">H", 4001)])
async def test_a_close_frame_is_answered_and_the_server_ends_the_connection(
    victim: Victim, door: Door, session: Session, player: RawWebSocket, reason: bytes
) -> None:
    descriptors = victim.descriptors()
    await player.wire.send(client_frame(reason, Opcode.CLOSE))
    answer = await player.frame()
    while answer.opcode is Opcode.TEXT:
        answer = await player.frame()
    assert answer.opcode is Opcode.CLOSE
    assert answer.close_code in ((1000, None) if not reason else (struct.unpack(">H", reason[:2])[0], 1000))
    with pytest.raises(Ended):
        await player.wire.some()

    async def forgotten() -> bool:
        return victim.descriptors() < descriptors

    await until(forgotten)


async def test_what_comes_after_a_close_frame_is_not_served(victim: Victim, player: RawWebSocket) -> None:
    served = await victim.total("quiz_calls_total", event="time")
    await player.wire.send(client_frame(struct.pack(">H", 1000), Opcode.CLOSE) + client_frame(TIME) * 5)
    await player.end()
    assert await victim.total("quiz_calls_total", event="time") == served


async def test_a_reset_in_the_middle_of_a_frame_leaves_nothing_behind(
    victim: Victim, door: Door, session: Session
) -> None:
    descriptors = victim.descriptors()
    token = await session.seat("Ann")
    for cut in (1, 2, 5, 8):
        player = await door.player(token)
        await player.wire.send(client_frame(TIME)[:cut])
        player.wire.reset()

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)
