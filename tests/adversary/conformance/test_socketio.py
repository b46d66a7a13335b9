"""Socket.IO packets, the same over either transport."""

from __future__ import annotations

import json
from typing import Protocol

import pytest

from tests.adversary.conftest import Session
from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.raw_polling import SEPARATOR, RawPolling
from tests.adversary.raw_websocket import RawWebSocket
from tests.adversary.wire import Ended

ENVIRON = BRISK


class Line(Protocol):
    """A connection that sends packets and receives them."""

    async def send(self, packet: str) -> None: ...

    async def packet(self) -> str: ...

    async def end(self) -> int | None: ...


class PollingLine:
    """A polling session, packet by packet."""

    def __init__(self, polling: RawPolling) -> None:
        self.polling = polling
        self._waiting: list[str] = []

    async def send(self, packet: str) -> None:
        await self.polling.post(packet)

    async def packet(self) -> str:
        while not self._waiting:
            response = await self.polling.get()
            if response.status != 200:
                raise Ended
            packets = response.text.split(SEPARATOR)
            if "2" in packets:
                await self.send("3")
            self._waiting = [packet for packet in packets if packet != "2"]
        return self._waiting.pop(0)

    async def end(self) -> int | None:
        try:
            while True:
                await self.packet()
        except Ended:
            return None


@pytest.fixture(params=["websocket", "polling"])
async def line(request: pytest.FixtureRequest, door: Door) -> Line:
    """A connection that has not joined."""
    return await (await door.websocket()).open() if request.param == "websocket" else PollingLine(await door.polling())


@pytest.fixture
async def joined(line: Line, session: Session) -> Line:
    """A connection of a player."""
    await line.send("40" + json.dumps({"token": await session.seat("Ann")}))
    assert (await line.packet()).startswith('40{"sid":"')
    assert (await line.packet()).startswith('42["state",')
    return line


async def works(line: Line, ack_id: int = 999) -> None:
    """Check that calls are served, and that nothing else was sent before this ack."""
    await line.send(f'42{ack_id}["time"]')
    packet = await line.packet()
    assert packet.startswith(f'43{ack_id}[{{"ok":true'), packet


async def test_a_connect_is_answered_with_an_id_that_is_not_the_one_of_the_transport(
    door: Door, session: Session
) -> None:
    socket = await (await door.websocket()).open()
    await socket.send("40" + json.dumps({"token": await session.seat("Ann")}))
    packet = await socket.packet()
    answer = json.loads(packet[2:])
    assert packet.startswith("40{")
    assert answer.keys() == {"sid"}
    assert answer["sid"]
    assert answer["sid"] != socket.opened["sid"]


async def test_the_main_namespace_may_be_named(line: Line, session: Session) -> None:
    await line.send("40/," + json.dumps({"token": await session.seat("Ann")}))
    assert (await line.packet()).startswith('40{"sid":"')
    assert (await line.packet()).startswith('42["state",')
    await line.send('42/,5["time"]')
    assert (await line.packet()).startswith('435[{"ok":true')


async def test_what_follows_the_namespace_after_a_question_mark_is_passed_over(line: Line, session: Session) -> None:
    await line.send("40/?token=abc," + json.dumps({"token": await session.seat("Ann")}))
    assert (await line.packet()).startswith('40{"sid":"')


@pytest.mark.parametrize("packet", ["40/x,", "40/x", '40/x,{"token":"abc"}', "40/x?a=b,"])
async def test_an_unknown_namespace_is_invalid(line: Line, packet: str) -> None:
    await line.send(packet)
    assert await line.packet() == '44/x,{"message":"Invalid namespace"}'


async def test_an_unknown_namespace_leaves_the_connection_to_the_main_one(line: Line, session: Session) -> None:
    await line.send("40/x,")
    assert (await line.packet()).startswith("44/x,")
    await line.send("40" + json.dumps({"token": await session.seat("Ann")}))
    assert (await line.packet()).startswith('40{"sid":"')
    assert (await line.packet()).startswith('42["state",')
    await line.send("40/x,")
    assert (await line.packet()).startswith("44/x,")
    await works(line)


@pytest.mark.parametrize("packet", ["40", "40{}", "40null", "40[]", '40{"token":5}', '40"x"', '40{"token":"abc"}'])
async def test_a_connect_without_a_good_token_is_refused_with_a_code(line: Line, packet: str) -> None:
    await line.send(packet)
    answer = await line.packet()
    assert answer.startswith("44{")
    refusal = json.loads(answer[2:])
    assert isinstance(refusal["message"], str)
    assert refusal["data"]["code"] == "unauthorized"


async def test_who_was_refused_may_try_again(line: Line, session: Session) -> None:
    await line.send('40{"token":"abc"}')
    assert (await line.packet()).startswith("44{")
    await line.send("40" + json.dumps({"token": await session.seat("Ann")}))
    assert (await line.packet()).startswith('40{"sid":"')


async def test_a_second_connect_is_no_second_seat(joined: Line) -> None:
    await joined.send('40{"token":"abc"}')
    await works(joined)


async def test_an_event_before_the_connect_is_not_served(line: Line, session: Session) -> None:
    await line.send('421["time"]')
    await line.send("40" + json.dumps({"token": await session.seat("Ann")}))
    assert (await line.packet()).startswith('40{"sid":"'), "and not an ack"


@pytest.mark.parametrize("ack_id", [0, 1, 7, 10, 123456789, 999999999999999])
async def test_an_ack_carries_the_id_of_its_event(joined: Line, ack_id: int) -> None:
    await works(joined, ack_id)


async def test_an_event_without_an_id_is_not_acked(joined: Line) -> None:
    await joined.send('42["time"]')
    await works(joined)


async def test_the_same_id_may_be_used_again(joined: Line) -> None:
    await works(joined, 5)
    await works(joined, 5)


async def test_an_ack_for_nothing_is_passed_over(joined: Line) -> None:
    await joined.send('435[{"ok":true}]')
    await works(joined)


async def test_leaving_the_namespace_ends_the_connection(joined: Line) -> None:
    await joined.send("41")
    await joined.end()


async def test_leaving_another_namespace_changes_nothing(joined: Line) -> None:
    await joined.send("41/x,")
    await works(joined)


@pytest.mark.parametrize(
    "packet", ["4abc", "42{}", '42abc["time"]', "4", "47", '42["time"', "44{}", "42[7]", '42/x,["time"]']
)
async def test_packets_of_no_format_end_the_connection_at_the_third(line: Line, packet: str) -> None:
    for _ in range(3):
        await line.send(packet)
    await line.end()


async def test_a_close_packet_ends_a_websocket(door: Door, session: Session) -> None:
    player = await door.player(await session.seat("Ann"))
    await player.send("1")
    await player.end()


@pytest.mark.parametrize("packet", ["abc", "x", "7", "9", ""])
async def test_a_frame_that_is_no_packet_of_the_transport_ends_a_websocket(
    door: Door, session: Session, packet: str
) -> None:
    player = await door.player(await session.seat("Ann"))
    await player.send(packet)
    await player.end()


@pytest.mark.parametrize("packet", ["6", "3", "5", "5x", "6x"])
async def test_packets_of_the_transport_that_mean_nothing_now_are_passed_over(
    door: Door, session: Session, packet: str
) -> None:
    player: RawWebSocket = await door.player(await session.seat("Ann"))
    await player.send(packet)
    assert (await player.call("time"))["ok"]


async def test_text_beyond_ascii_goes_through_as_it_is(line: Line, door: Door, session: Session) -> None:
    await line.send("40" + json.dumps({"token": await session.seat("Zoë 😀")}))
    assert (await line.packet()).startswith('40{"sid":"')
    state = json.loads((await line.packet())[2:])[1]
    assert state["you"]["nickname"] == "Zoë 😀"
