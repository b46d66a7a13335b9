"""From polling to a websocket, without losing, doubling or swapping anything on the way."""

from __future__ import annotations

import json

import pytest

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.frames import client_frame
from tests.adversary.raw_http import read_response, request_bytes
from tests.adversary.raw_polling import SEPARATOR, RawPolling
from tests.adversary.raw_websocket import HANDSHAKE, RawWebSocket
from tests.adversary.wire import Ended

ENVIRON = BRISK


async def beside(door: Door, polling: RawPolling) -> RawWebSocket:
    """A websocket for a session that polls."""
    return await door.websocket(f"{HANDSHAKE}&sid={polling.sid}")


async def probed(door: Door, polling: RawPolling) -> RawWebSocket:
    """A websocket that has been found to work."""
    socket = await beside(door, polling)
    await socket.send("2probe")
    assert await socket.packet() == "3probe"
    return socket


async def upgraded(door: Door, polling: RawPolling) -> RawWebSocket:
    """A websocket in place of polling."""
    socket = await probed(door, polling)
    while SEPARATOR.join(await polling.poll()) != "6":
        pass
    await socket.send("5")
    return socket


@pytest.fixture
async def polling(door: Door, session: Session) -> RawPolling:
    """A player who polls."""
    polling = await door.polling()
    await polling.join(await session.seat("Ann"))
    return polling


async def test_a_session_goes_on_over_the_websocket(door: Door, polling: RawPolling) -> None:
    socket = await upgraded(door, polling)
    assert (await socket.call("time"))["ok"]


async def test_a_poll_that_waits_is_ended_with_a_noop(door: Door, polling: RawPolling) -> None:
    wire = await door.wire()
    await wire.send(request_bytes("GET", polling.target))
    await (await door.barrier()).passed()
    socket = await probed(door, polling)
    answer = await read_response(wire)
    assert (answer.status, answer.text) == (200, "6")
    await socket.send("5")
    assert (await socket.call("time"))["ok"]


async def test_a_poll_that_begins_while_probing_is_ended_with_a_noop(door: Door, polling: RawPolling) -> None:
    socket = await probed(door, polling)
    answer = await polling.get()
    assert (answer.status, answer.text) == (200, "6")
    await socket.send("5")
    assert (await socket.call("time"))["ok"]


async def test_after_the_upgrade_polling_is_a_bad_request_and_the_websocket_lives(
    door: Door, polling: RawPolling
) -> None:
    socket = await upgraded(door, polling)
    assert (await socket.call("time"))["ok"]
    assert (await polling.get()).status == 400
    assert (await polling.post("3")).status == 400
    assert (await socket.call("time"))["ok"]


async def test_a_second_websocket_is_opened_and_closed_and_the_first_lives(door: Door, polling: RawPolling) -> None:
    first = await upgraded(door, polling)
    assert (await first.call("time"))["ok"]
    second = await beside(door, polling)
    await second.end()
    assert (await first.call("time"))["ok"]


async def test_a_session_that_began_as_a_websocket_takes_no_second_one(door: Door, session: Session) -> None:
    first = await (await door.websocket()).open()
    await first.join(await session.seat("Bob"))
    second = await door.websocket(f"{HANDSHAKE}&sid={first.opened['sid']}")
    await second.end()
    assert (await first.call("time"))["ok"]


async def test_a_second_probe_while_one_is_under_way_is_closed(door: Door, polling: RawPolling) -> None:
    first = await probed(door, polling)
    second = await beside(door, polling)
    await second.end()
    assert (await polling.get()).text == "6"
    await first.send("5")
    assert (await first.call("time"))["ok"]


@pytest.mark.parametrize("packet", ["5", '421["time"]', "2", "2other", "x", ""])
async def test_a_websocket_that_does_not_probe_is_closed_and_polling_goes_on(
    door: Door, polling: RawPolling, packet: str
) -> None:
    socket = await beside(door, polling)
    await socket.send(packet)
    await socket.end()
    assert (await polling.call("time"))["ok"]


@pytest.mark.parametrize("packet", ["2probe", '421["time"]', "x"])
async def test_a_websocket_that_probes_and_does_not_upgrade_is_closed_and_polling_goes_on(
    door: Door, polling: RawPolling, packet: str
) -> None:
    socket = await probed(door, polling)
    await socket.send(packet)
    await socket.end()
    assert (await polling.call("time"))["ok"]


@pytest.mark.parametrize("probes", [False, True])
async def test_a_websocket_that_goes_away_while_upgrading_leaves_polling_as_it_was(
    door: Door, polling: RawPolling, probes: bool
) -> None:
    socket = await (probed if probes else beside)(door, polling)
    socket.wire.reset()
    await (await door.barrier()).passed()
    assert (await polling.call("time"))["ok"]
    again = await upgraded(door, polling)
    assert (await again.call("time"))["ok"]


async def test_a_client_that_does_not_wait_for_the_answer_to_its_probe_is_served(
    door: Door, polling: RawPolling
) -> None:
    socket = await beside(door, polling)
    await socket.wire.send(client_frame("2probe") + client_frame("5") + client_frame('42900["time"]'))
    assert await socket.packet() == "3probe"
    assert (await socket.ack(900))["ok"]


async def test_what_was_sent_before_during_and_after_an_upgrade_comes_once_and_in_order(
    door: Door, session: Session
) -> None:
    polling = await door.polling()
    await polling.sends("40" + json.dumps({"token": await session.seat("Ann")}))
    await polling.until('42["state"')
    polling.received.clear()
    ids = iter(range(1000, 1100))
    asked: list[int] = []

    async def ask(number: int) -> None:
        """Calls by polling, whose acks wait for a poll or for the websocket."""
        fresh = [next(ids) for _ in range(number)]
        asked.extend(fresh)
        await polling.sends(*(f'42{ack_id}["time"]' for ack_id in fresh))

    await ask(5)
    socket = await beside(door, polling)
    await ask(5)
    await polling.poll()
    await socket.send("2probe")
    assert await socket.packet() == "3probe"
    await ask(8)
    assert (await polling.poll())[-1] == "6"
    await ask(8)
    await socket.send("5")
    after = [next(ids) for _ in range(10)]
    asked += after
    await socket.wire.send(b"".join(client_frame(f'42{ack_id}["time"]') for ack_id in after))
    received = [packet for packet in polling.received if packet.startswith("43")]
    while len(received) < len(asked):
        packet = await socket.packet()
        assert packet.startswith("43") or packet == "6", packet
        received += [packet] if packet.startswith("43") else []
    assert [int(packet[2 : packet.index("[")]) for packet in received] == asked
    assert (await socket.call("time"))["ok"], "and nothing comes twice"


async def test_broadcasts_during_an_upgrade_come_once_and_in_order(door: Door, session: Session) -> None:
    polling = await door.polling()
    state = await polling.join(session.host_token)
    polling.received.clear()
    version = int(state["version"])
    host = await door.player(session.host_token)

    async def step() -> None:
        nonlocal version
        ack = await host.call("lock" if version % 2 else "unlock", {"version": version})
        version = int(ack["version"] if ack["ok"] else ack["error"]["version"])

    for _ in range(3):
        await step()
    socket = await probed(door, polling)
    for _ in range(3):
        await step()
    await polling.poll()
    for _ in range(3):
        await step()
    await socket.send("5")
    for _ in range(3):
        await step()
    seen = versions(polling.received)
    try:
        while not seen or seen[-1] < version:
            seen += versions([await socket.packet()])
    except Ended:
        pytest.fail(f"the connection ended at {seen} of {version}")
    assert seen == sorted(set(seen)), "once, and in order"
    heard = versions([f'42["lobby",{json.dumps(payload)}]' for name, payload in host.events if name == "lobby"])
    assert seen[-len(heard) :] == heard[-len(seen) :], "the same as who was on a websocket all the time"


def versions(packets: list[str]) -> list[int]:
    """The versions of the `lobby` events among these."""
    events = [json.loads(packet[2:]) for packet in packets if packet.startswith('42["lobby"')]
    return [int(payload["version"]) for _, payload in events if payload["joined"] == payload["left"] == []]
