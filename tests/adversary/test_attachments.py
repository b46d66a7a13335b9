"""Binary is not taken: neither attachments, announced or not, nor binary frames, nor base64 in polling bodies."""

from __future__ import annotations

import pytest

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.frames import Opcode, client_frame
from tests.adversary.raw_websocket import RawWebSocket
from tests.adversary.victim import Victim
from tests.adversary.wire import Ended
from tests.waiting import until

ENVIRON = BRISK

SLACK = 24 * 1024 * 1024
MANY = 200


async def send_until_it_ends(socket: RawWebSocket, data: bytes, times: int) -> None:
    """Send the same again and again; the connection has to end over it."""
    try:
        for _ in range(times):
            await socket.wire.send(data)
    except Ended:
        return
    await socket.end()


@pytest.mark.parametrize(
    "announcement",
    [
        '451-["answer",{"_placeholder":true,"num":0}]',
        '4516-["answer",{"_placeholder":true,"num":0}]',
        '459999999999-["answer",{"_placeholder":true,"num":0}]',
        "45" + "9" * 4_000 + '-["answer",{"_placeholder":true,"num":0}]',
        '463-1["answer",{"_placeholder":true,"num":0}]',
        "459999999999-",
    ],
    ids=lambda text: text[:16],
)
async def test_announced_attachments_are_refused_and_nothing_is_kept_for_them(
    victim: Victim, door: Door, session: Session, bystander: RawWebSocket, announcement: str
) -> None:
    descriptors, resident = victim.descriptors(), victim.resident_bytes()
    refused = await victim.total("quiz_bad_packets_total", cause="binary")
    attachment = client_frame(b"\x04" * 100_000, Opcode.BINARY)
    for bomber in await door.players(await session.seats("Bomber", 3)):
        await bomber.send(announcement)
        await send_until_it_ends(bomber, attachment, MANY)
        bomber.wire.close()
    assert await victim.total("quiz_bad_packets_total", cause="binary") > refused
    assert victim.resident_bytes() - resident <= SLACK
    assert (await bystander.call("time"))["ok"]

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)


async def test_three_announcements_end_a_connection_though_no_attachment_ever_follows(
    door: Door, session: Session
) -> None:
    bomber = await door.player(await session.seat("Bomber"))
    for _ in range(3):
        await bomber.send('459999999999-["answer",{"_placeholder":true,"num":0}]')
    await bomber.end()


async def test_who_waits_for_an_ack_of_an_event_with_attachments_is_told_and_may_go_on(
    door: Door, session: Session
) -> None:
    player = await door.player(await session.seat("Ann"))
    for ack_id in range(100, 112):
        await player.send(f'459999999999-{ack_id}["answer",{{"_placeholder":true,"num":0}}]')
        ack = await player.ack(ack_id)
        assert (ack["error"]["code"], ack["error"]["retry"]) == ("invalid", False)
    assert (await player.call("time"))["ok"]


async def test_binary_frames_end_the_connection(door: Door, session: Session, victim: Victim) -> None:
    refused = await victim.total("quiz_bad_packets_total", cause="binary")
    player = await door.player(await session.seat("Ann"))
    await send_until_it_ends(player, client_frame(b'\x042["time"]', Opcode.BINARY), MANY)
    assert await victim.total("quiz_bad_packets_total", cause="binary") == refused + 3


async def test_base64_in_polling_bodies_ends_the_session(door: Door, session: Session, victim: Victim) -> None:
    resident = victim.resident_bytes()
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    statuses = [(await polling.post("b" + "AAEC" * 10_000)).status for _ in range(4)]
    assert statuses[-1] == 400
    assert (await polling.get()).status == 400
    assert victim.resident_bytes() - resident <= SLACK
