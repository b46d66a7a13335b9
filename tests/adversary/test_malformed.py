"""Whatever bytes a client sends, the node lives, serves the others, and has nothing to complain of in its log."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

import pytest

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.frames import Opcode, client_frame
from tests.adversary.raw_http import SOCKET_PATH, request_bytes
from tests.adversary.raw_polling import RawPolling
from tests.adversary.raw_websocket import HANDSHAKE, RawWebSocket, upgrade_request
from tests.adversary.victim import Victim
from tests.adversary.wire import Ended, Wire
from tests.waiting import until

ENVIRON = BRISK

SEEDS: Final = range(6)
CLIENTS: Final = 12
PACKETS: Final = 60

VALID: Final = (
    '421["time"]',
    '427["answer",{"question":1,"answer":[1],"id":"x"}]',
    '42/,9["answer",{"question":1,"answer":"é€😀","id":"x"}]',
    '42["lock",{"version":1}]',
    '40{"token":"abc.def.ghi"}',
    "40/admin,{}",
    "41",
    "41/admin,",
    '430[{"ok":true}]',
    '44{"message":"no"}',
    '451-["answer",{"_placeholder":true,"num":0}]',
    "2probe",
    "3",
    "5",
    "6",
    "1",
    "bAAEC",
)


def mutated(chance: random.Random, packet: str) -> str:
    """A packet with something wrong with it, most of the time."""
    text = list(packet)
    for _ in range(chance.randrange(4)):
        place = chance.randrange(len(text) + 1)
        match chance.randrange(5):
            case 0:
                text.insert(place, chr(chance.choice((0, 10, 0x1E, 0x22, 0x5B, 0x7B, 0xE9, 0x2028, 0x1F600))))
            case 1:
                del text[place : place + chance.randrange(1, 4)]
            case 2:
                text[place:place] = text[: chance.randrange(len(text) + 1)]
            case 3:
                text.insert(place, chance.choice('0123456789-,/[]{}"\\nuefatrsl:.'))
            case _:
                text[place:place] = list(chance.choice(("9" * 30, "[" * 2_000, "\\ud800", "1e999", "NaN", "null")))
    return "".join(text)


async def test_broken_packets_over_websockets_break_nothing(
    victim: Victim, door: Door, session: Session, bystander: RawWebSocket
) -> None:
    descriptors = victim.descriptors()
    token = await session.seat("Ann")
    for seed in SEEDS:
        chance = random.Random(seed)
        for _ in range(CLIENTS):
            socket = await door.player(token) if chance.random() < 0.7 else await (await door.websocket()).open()
            try:
                for _ in range(PACKETS):
                    await socket.send(mutated(chance, chance.choice(VALID)))
            except Ended:
                pass
            socket.wire.reset()
        assert (await bystander.call("time"))["ok"], seed

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)


async def test_broken_packets_over_polling_break_nothing(door: Door, session: Session, bystander: RawWebSocket) -> None:
    token = await session.seat("Ann")
    for seed in SEEDS:
        chance = random.Random(seed)
        polling = await joined(door, token)
        for _ in range(PACKETS):
            response = await polling.post(*(mutated(chance, chance.choice(VALID)) for _ in range(3)))
            assert response.status in (200, 400, 413), response
            if response.status != 200 or (await polling.post("3")).status != 200:
                polling = await joined(door, token)
        assert (await bystander.call("time"))["ok"], seed


async def joined(door: Door, token: str) -> RawPolling:
    polling = await door.polling()
    await polling.join(token)
    return polling


def noise(chance: random.Random) -> bytes:
    """Bytes without any sense."""
    return chance.randbytes(chance.randrange(1, 300))


def noisy_frames(chance: random.Random) -> bytes:
    """A websocket, and frames with anything in any field."""
    frames = b"".join(
        client_frame(
            noise(chance),
            chance.randrange(16),
            final=chance.random() < 0.8,
            reserved=chance.choice((0, 0, 0, chance.randrange(8))),
            mask=chance.choice((chance.randbytes(4), None)),
            length=chance.choice((None, chance.randrange(70_000))),
        )
        for _ in range(5)
    )
    return upgrade_request(HANDSHAKE, "AAAAAAAAAAAAAAAAAAAAAA==") + frames


def noisy_text(chance: random.Random) -> bytes:
    """A websocket, and well-made frames that hold noise."""
    frames = [client_frame(noise(chance), chance.choice((Opcode.TEXT, Opcode.BINARY))) for _ in range(5)]
    return upgrade_request(HANDSHAKE, "AAAAAAAAAAAAAAAAAAAAAA==") + b"".join(frames)


def scratched_request(chance: random.Random) -> bytes:
    """A request with some bytes replaced."""
    request = bytearray(
        chance.choice(
            (
                upgrade_request(HANDSHAKE, "AAAAAAAAAAAAAAAAAAAAAA=="),
                request_bytes("GET", f"{SOCKET_PATH}?EIO=4&transport=polling"),
                request_bytes("POST", f"{SOCKET_PATH}?EIO=4&transport=polling&sid=x", b'40{"token":"x"}'),
            )
        )
    )
    for _ in range(chance.randrange(1, 6)):
        request[chance.randrange(len(request))] = chance.randrange(256)
    return bytes(request)


@pytest.mark.parametrize("make", [noise, noisy_frames, noisy_text, scratched_request])
async def test_noise_breaks_nothing(
    victim: Victim, door: Door, bystander: RawWebSocket, make: Callable[[random.Random], bytes]
) -> None:
    descriptors = victim.descriptors()
    for seed in SEEDS:
        chance = random.Random(seed)
        for _ in range(2 * CLIENTS):
            wire = await door.wire()
            await shout(wire, make(chance))
            wire.reset()
        assert (await bystander.call("time"))["ok"], seed

    async def forgotten() -> bool:
        return victim.descriptors() <= descriptors

    await until(forgotten)


async def shout(wire: Wire, data: bytes) -> None:
    """Send it, and look for an answer where one may come at once."""
    try:
        await wire.send(data)
        await wire.send(b"\r\n\r\n")
    except Ended:
        pass


@pytest.mark.parametrize(
    "packet", ["4", "49", "4[1]", "42{}", "42[]", "42[5]", "42", '42["time"', "42/admin,[1]", "4" + "9" * 200]
)
async def test_three_malformed_packets_end_the_connection_and_fewer_do_not(
    victim: Victim, door: Door, session: Session, packet: str
) -> None:
    counted = await victim.total("quiz_bad_packets_total")
    ended = await victim.total("quiz_disconnects_total", reason="bad packets")
    player = await door.player(await session.seat("Ann"))
    await player.send(packet)
    await player.send(packet)
    assert (await player.call("time"))["ok"]
    await player.send(packet)
    await player.end()
    assert await victim.total("quiz_bad_packets_total") == counted + 3

    async def noted() -> bool:
        return await victim.total("quiz_disconnects_total", reason="bad packets") == ended + 1

    await until(noted)


async def test_many_malformed_packets_leave_few_lines_in_the_log(victim: Victim, door: Door, session: Session) -> None:
    token = await session.seat("Ann")
    seen = len(victim.log())
    for _ in range(50):
        player = await door.player(token)
        for _ in range(3):
            await player.send("42[")
        await player.end()
    fresh = victim.log()[seen:]
    assert "Traceback" not in fresh
    assert token not in fresh
    assert len(fresh) < 50 * 1_000
