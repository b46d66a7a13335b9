"""Whatever is sent, the sender gets the contract's error and nothing changes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import jwt
import msgspec
import pytest
import socketio
import structlog

from quiz.app import Node, running
from quiz.domain.ids import Millis, PlayerId, SessionId, UserId
from quiz.domain.roles import Role
from quiz.game.tokens import Seat, Tokens
from tests.node.conftest import PASSWORD, Throw
from tests.node.people import Api, Client, Party
from tests.node.quizzes import CHOICE, MULTIPLE, NUMERIC, ORDER, POLL, TEXT, quiz

QUIZ = quiz(CHOICE, MULTIPLE, NUMERIC, TEXT, ORDER, POLL)
HUGE = "x" * 100_000

BAD_ANSWERS: list[Any] = [
    None,
    [],
    "text",
    7,
    {"question": 1},
    {"question": 1, "answer": [1]},
    {"question": 1, "answer": [1], "id": "x", "extra": 1},
    {"question": "1", "answer": [1], "id": "x"},
    {"question": 0, "answer": [1], "id": "x"},
    {"question": 1.5, "answer": [1], "id": "x"},
    {"question": 1, "answer": [1], "id": 5},
    {"question": 1, "answer": [1], "id": ""},
    {"question": 1, "answer": [1], "id": "x" * 101},
    {"question": 1, "answer": None, "id": "x"},
    {"question": 1, "answer": {}, "id": "x"},
    {"question": 1, "answer": [3], "id": "x"},
    {"question": 1, "answer": [-1], "id": "x"},
    {"question": 1, "answer": [0, 1], "id": "x"},
    {"question": 1, "answer": [], "id": "x"},
    {"question": 1, "answer": [True], "id": "x"},
    {"question": 1, "answer": ["0"], "id": "x"},
    {"question": 1, "answer": "0", "id": "x"},
    {"question": 1, "answer": 0, "id": "x"},
    {"question": 1, "answer": [1], "id": "\x00"},
    {"question": 1, "answer": [1], "id": "\ud800"},
    {"question": 1, "answer": [1], "id": HUGE},
    {"question": 1, "answer": HUGE, "id": "x"},
    {"question": 1, "answer": [0] * 50_000, "id": "x"},
]


@pytest.mark.parametrize("payload", BAD_ANSWERS, ids=lambda payload: json.dumps(payload)[:60])
async def test_a_bad_answer_is_invalid_and_changes_nothing(throw: Throw, node: Node, payload: object) -> None:
    party = await throw(QUIZ)
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    ack = await player.call("answer", payload)
    assert ack["error"]["code"] == "invalid"
    assert ack["error"]["retry"] is False
    assert ack["error"]["message"]
    assert (await party.again(player)).last("state")["you"].get("answered") is None
    assert (await player.answer(1, [1]))["ok"], "the player can go on"


BAD_COMMANDS: list[tuple[str, Any]] = [
    ("start", None),
    ("start", {}),
    ("start", {"version": "1"}),
    ("start", {"version": 1, "force": True}),
    ("start", {"version": -1}),
    ("start", {"version": True}),
    ("extend", {"version": 1}),
    ("extend", {"version": 1, "seconds": 0}),
    ("extend", {"version": 1, "seconds": 1.5}),
    ("extend", {"version": 1, "seconds": 10**30}),
    ("kick", {}),
    ("kick", {"player_id": 7}),
    ("readmit", {}),
    ("readmit", {"player_id": "nobody", "version": 1}),
    ("void", {"version": 1, "question": "first"}),
    ("time", {"now": 1}),
    ("lock", {"version": 1, "padding": HUGE}),
]


@pytest.mark.parametrize(("event", "payload"), BAD_COMMANDS)
async def test_a_bad_command_is_invalid_and_changes_nothing(throw: Throw, event: str, payload: object) -> None:
    party = await throw(QUIZ)
    host = await party.host()
    ack = await host.call(event, payload)
    assert ack["error"]["code"] == "invalid"
    assert (await party.host()).last("state")["version"] == host.version


async def test_kicking_nobody_is_not_found(throw: Throw) -> None:
    party = await throw(QUIZ)
    host = await party.host()
    assert (await host.command("kick", player_id="nobody"))["error"]["code"] == "not_found"


async def test_tokens_that_are_not_ours_are_unauthorized(throw: Throw, node: Node) -> None:
    party = await throw(QUIZ)
    player = await party.player("Ann")
    good = player.token_text
    claims = jwt.decode(good, options={"verify_signature": False})
    hour = Millis(3_600_000)
    later = Millis(claims["exp"] * 1000)
    tokens = node.services.tokens
    other = Tokens("another secret that is long enough for HS256")
    seat = Seat(SessionId(party.made["id"]), Role.PLAYER, PlayerId(player.player_id))
    bad: dict[str, object] = {
        "none": None,
        "empty": "",
        "a number": 5,
        "a list": [good],
        "altered": good[:-3] + ("AAA" if not good.endswith("AAA") else "BBB"),
        "without its signature": good.rsplit(".", 1)[0] + ".",
        "unsigned": jwt.encode(claims, None, "none"),
        "signed by somebody else": other.for_seat(seat, later),
        "expired": tokens.for_seat(seat, hour),
        "a quiz master's": tokens.for_user(UserId("u"), later),
        "of a session that is not there": tokens.for_seat(Seat(SessionId("gone"), Role.HOST), later),
        "of a player who is not there": tokens.for_seat(
            Seat(SessionId(party.made["id"]), Role.PLAYER, PlayerId("gone")), later
        ),
        "not ASCII": "é" * 20,
        "huge": HUGE,
    }
    for name, token in bad.items():
        client = Client(node.url, token)
        refusals: list[Any] = []
        client.socket.on("connect_error", refusals.append)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await client.connect()
        assert refusals, name
        assert refusals[0]["data"]["code"] == "unauthorized", name
        await client.leave()


async def test_a_token_opens_its_own_session_only(throw: Throw) -> None:
    mine, other = await throw(QUIZ), await throw(QUIZ)
    host, ann = await mine.host(), await other.player("Ann")
    await host.does("start")
    assert ann.last("state")["phase"] == "lobby"
    assert (await ann.answer(1, [1]))["error"]["code"] == "not_open"


class Wire:
    """A bare Socket.IO connection, for packets that no client library would send."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def reply(self, ack_id: int) -> Any:
        """The ack with this id; None when the connection ends instead."""
        async for message in self.socket:
            if message.type is aiohttp.WSMsgType.TEXT and message.data.startswith(f"43{ack_id}["):
                return json.loads(message.data[message.data.index("[") :])[0]
        return None


@asynccontextmanager
async def wire(party: Party, token: str) -> AsyncIterator[Wire]:
    address = f"{party.api.url}/socket.io/?EIO=4&transport=websocket"
    async with party.api.http.ws_connect(address) as socket:
        await socket.send_str("40" + json.dumps({"token": token}))
        async for message in socket:
            if '["state"' in message.data:
                break
        yield Wire(socket)


@pytest.mark.parametrize(
    "packet",
    [
        '427["answer",{"question":1,]',
        '427["answer"',
        "427{}",
        "427[]",
        "427[5]",
        '427["answer",{"question":1,"answer":NaN,"id":"x"}]',
        '4517-7["answer",{"_placeholder":true,"num":0}]',
        '4519999999999-7["answer",{"_placeholder":true,"num":0}]',
        '427["answer",' + "[" * 5_000 + "]" * 5_000 + "]",
        '427["answer",{"question":1,"answer":"' + "x" * 100_000 + '","id":"x"}]',
    ],
    ids=lambda packet: packet[:40],
)
async def test_a_packet_that_cannot_be_read_gets_an_error_ack_and_the_connection_lives(
    throw: Throw, packet: str
) -> None:
    party = await throw(QUIZ)
    player = await party.player("Ann")
    async with wire(party, player.token_text) as bare:
        await bare.socket.send_str(packet)
        ack = await bare.reply(7)
        assert ack["error"]["code"] == "invalid"
        await bare.socket.send_str('428["time"]')
        assert (await bare.reply(8))["ok"]


@pytest.mark.parametrize(
    "packet",
    [
        b"\x00\x01",
        "4",
        "49",
        "4[1]",
        "4{}",
        "44{}",
        "40",
        "40/,",
        "40{",
        "40" + "[" * 9_000,
        "42/admin,[1]",
        "9",
        "x",
        "",
    ],
    ids=lambda packet: repr(packet[:12]),
)
async def test_three_packets_that_are_no_calls_at_all_end_the_connection(throw: Throw, packet: bytes | str) -> None:
    party = await throw(QUIZ)
    player, other = await party.player("Ann"), await party.player("Bob")
    async with wire(party, player.token_text) as bare:
        for _ in range(3):
            await (bare.socket.send_bytes(packet) if isinstance(packet, bytes) else bare.socket.send_str(packet))
        assert await bare.reply(1) is None
    assert (await other.call("time"))["ok"], "nobody else notices"


async def test_bad_packets_are_counted_and_logged_once_a_second_and_no_log_line_holds_a_secret(
    throw: Throw, node: Node
) -> None:
    party = await throw(QUIZ)
    player = await party.player("Ann")
    with structlog.testing.capture_logs() as lines:
        acks = [await player.call("answer", {"question": HUGE}) for _ in range(2)]
        acks += [await player.call("nonsense", {"token": player.token_text}) for _ in range(12)]
    assert {ack["error"]["code"] for ack in acks} == {"invalid", "unknown_event"}
    about_it = [line for line in lines if line["event"] in ("call refused", "packet refused")]
    assert 1 <= len(about_it) <= 2
    assert player.token_text not in repr(lines)
    metrics = node.metrics.render().decode()
    assert 'quiz_bad_packets_total{cause="too_large"} 2.0' in metrics
    assert 'quiz_calls_total{event="unknown",outcome="unknown_event"} 12.0' in metrics


async def test_binary_and_broken_packets_that_wait_for_an_ack_may_come_by_the_dozen(throw: Throw) -> None:
    party = await throw(QUIZ)
    player = await party.player("Ann")
    for _ in range(12):
        ack = await player.call("answer", {"question": 1, "answer": b"\x00\x01", "id": "x"})
        assert ack["error"]["code"] == "invalid"
    assert (await player.call("time"))["ok"]


async def test_an_unknown_namespace_is_refused_by_name(throw: Throw) -> None:
    party = await throw(QUIZ)
    player = await party.player("Ann")
    async with wire(party, player.token_text) as bare:
        await bare.socket.send_str("40/admin,")
        message = await bare.socket.receive_str(timeout=10)
        assert message == '44/admin,{"message":"Invalid namespace"}'


async def test_a_connection_that_shows_no_token_is_cut(settings: Any) -> None:
    realtime = msgspec.structs.replace(settings.realtime, unjoined_timeout_s=0.2)
    hasty = msgspec.structs.replace(settings, realtime=realtime)
    async with running(hasty, "127.0.0.1", 0) as node, aiohttp.ClientSession() as http:
        async with http.ws_connect(f"{node.url}/socket.io/?EIO=4&transport=websocket") as socket:
            assert (await socket.receive_str(timeout=10)).startswith("0")
            assert (await socket.receive(timeout=10)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert 'quiz_disconnects_total{reason="unjoined"} 1.0' in node.metrics.render().decode()


async def test_a_polling_body_in_two_pieces_is_one_body(throw: Throw) -> None:
    party = await throw(QUIZ)
    host, player = await party.host(), await party.player("Ann")
    await host.does("start")
    address = f"{party.api.url}/socket.io/?EIO=4&transport=polling"
    async with party.api.http.get(address) as opened:
        sid = json.loads((await opened.text())[1:])["sid"]

    async def pieces(text: str) -> AsyncIterator[bytes]:
        for start in range(0, len(text), 7):
            yield text[start : start + 7].encode()

    async def post(text: str) -> None:
        async with party.api.http.post(f"{address}&sid={sid}", data=pieces(text)) as reply:
            assert await reply.text() == "OK"

    await post("40" + json.dumps({"token": player.token}))
    await post('427["answer",{"question":1,"answer":[1],"id":"in pieces"}]')
    received = ""
    while "437" not in received:
        async with party.api.http.get(f"{address}&sid={sid}") as polled:
            received += await polled.text()
    assert '"status":"saved"' in received


async def test_a_handshake_without_a_transport_or_with_another_method_is_a_bad_request(node: Node) -> None:
    address = f"{node.url}/socket.io/?EIO=4"
    async with aiohttp.ClientSession() as http:
        async with http.get(address) as reply:
            assert reply.status == 400
        for method in ("PUT", "DELETE", "PATCH"):
            async with http.request(method, f"{address}&transport=polling") as reply:
                assert reply.status == 400


async def test_anonymous_handshakes_do_not_take_the_seats_of_players(settings: Any) -> None:
    tight = msgspec.structs.replace(settings.realtime, connections_max=2, unjoined_max=5)
    async with (
        running(msgspec.structs.replace(settings, realtime=tight), "127.0.0.1", 0) as node,
        aiohttp.ClientSession() as http,
    ):
        api = await Api(http, node.url).sign_in(PASSWORD)
        party = Party(api, await api.make_session(await api.add_quiz(QUIZ)), ("websocket",))
        statuses = []
        for _ in range(4):
            async with http.get(f"{node.url}/socket.io/?EIO=4&transport=polling") as reply:
                statuses.append(reply.status)
        assert statuses == [200] * 4
        players = [await party.player("Ann"), await party.player("Bob")]
        for _ in range(3):
            async with http.get(f"{node.url}/socket.io/?EIO=4&transport=polling") as reply:
                statuses.append(reply.status)
        assert statuses[-1] == 503
        await party.go_home()
        assert len(players) == 2


async def test_a_full_node_asks_to_try_again(settings: Any) -> None:
    tight = msgspec.structs.replace(settings.realtime, connections_max=1)
    async with (
        running(msgspec.structs.replace(settings, realtime=tight), "127.0.0.1", 0) as node,
        aiohttp.ClientSession() as http,
    ):
        api = await Api(http, node.url).sign_in(PASSWORD)
        party = Party(api, await api.make_session(await api.add_quiz(QUIZ)), ("websocket",))
        await party.player("Ann")
        late = Client(node.url, (await api.join(party.made["pin"], "Bob"))["token"])
        refusals: list[Any] = []
        late.socket.on("connect_error", refusals.append)
        with pytest.raises(socketio.exceptions.ConnectionError):
            await late.connect()
        assert refusals[0]["data"]["code"] == "try_again"
        await late.leave()
        await party.go_home()


async def test_a_client_that_does_not_read_is_cut_off_and_forgotten(throw: Throw, node: Node) -> None:
    party = await throw(QUIZ)
    greedy, other = await party.player("Greedy"), await party.player("Other")
    reader, writer = await asyncio.open_connection("127.0.0.1", int(node.url.rpartition(":")[2]))
    handshake = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    writer.write(handshake.encode() + masked("40" + json.dumps({"token": greedy.token})))
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    question = masked('421["nonsense"]')
    with contextlib.suppress(ConnectionError):
        while 'reason="slow"' not in node.metrics.render().decode():
            writer.write(question * 200)
            await writer.drain()
            assert (await other.call("time"))["ok"]
    writer.close()


def masked(text: str) -> bytes:
    """A websocket text frame as a client sends it, masked with zeros."""
    payload = text.encode()
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + length + b"\x00" * 4 + payload


async def test_a_browser_page_of_another_origin_may_not_connect(throw: Throw) -> None:
    party = await throw(QUIZ)
    address = f"{party.api.url}/socket.io/?EIO=4&transport=polling"
    async with party.api.http.get(address, headers={"Origin": "https://elsewhere.example"}) as refused:
        assert refused.status == 400
    async with party.api.http.get(address, headers={"Origin": party.api.url}) as welcome:
        assert welcome.status == 200
