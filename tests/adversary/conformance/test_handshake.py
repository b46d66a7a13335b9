"""How an Engine.IO session begins, and what does not begin one."""

from __future__ import annotations

import pytest

from tests.adversary.door import Door
from tests.adversary.environs import PLAIN
from tests.adversary.raw_http import SOCKET_PATH, fetch
from tests.adversary.raw_polling import HANDSHAKE as POLLING
from tests.adversary.raw_websocket import HANDSHAKE as WEBSOCKET
from tests.adversary.raw_websocket import NotUpgraded, upgrade_request
from tests.adversary.victim import Victim

ENVIRON = PLAIN

FIELDS = {"sid", "upgrades", "pingInterval", "pingTimeout", "maxPayload"}


async def test_a_polling_handshake_is_answered_with_an_open_packet(door: Door) -> None:
    polling = await door.polling()
    assert polling.opened.keys() == FIELDS
    assert isinstance(polling.sid, str)
    assert polling.sid
    assert polling.opened["upgrades"] == ["websocket"]
    assert (polling.opened["pingInterval"], polling.opened["pingTimeout"]) == (25_000, 20_000)
    assert isinstance(polling.opened["maxPayload"], int)


async def test_a_websocket_handshake_is_answered_with_an_open_packet_without_upgrades(door: Door) -> None:
    socket = await (await door.websocket()).open()
    assert socket.opened.keys() == FIELDS
    assert socket.opened["upgrades"] == []
    assert (socket.opened["pingInterval"], socket.opened["pingTimeout"]) == (25_000, 20_000)


async def test_every_session_has_an_id_of_its_own(door: Door) -> None:
    sids = [(await door.polling()).sid for _ in range(5)]
    sids += [(await (await door.websocket()).open()).opened["sid"] for _ in range(5)]
    assert len(set(sids)) == 10


async def test_a_handshake_names_the_session_in_a_header_too(door: Door) -> None:
    polling = await door.polling()
    assert polling.response.headers["x-engineio-sid"] == polling.sid
    socket = await (await door.websocket()).open()
    sid = socket.opened["sid"]
    assert socket.headers.get("x-engineio-sid", sid) == sid, "a websocket need not, there is no second request"


async def test_answers_to_polling_are_plain_text_in_utf8_and_are_not_cached(door: Door) -> None:
    polling = await door.polling()
    await polling.sends("40/admin,")
    for response in (polling.response, await polling.get()):
        kind = response.headers["content-type"].replace(" ", "").lower()
        assert kind == "text/plain;charset=utf-8"
        assert "content-encoding" not in response.headers


@pytest.mark.parametrize(
    "query",
    [
        "EIO=4",
        "EIO=4&transport=",
        "EIO=4&transport=abc",
        "EIO=4&transport=Polling",
        "transport=polling",
        "EIO=&transport=polling",
        "EIO=abc&transport=polling",
        "EIO=3&transport=polling",
        "EIO=5&transport=polling",
        "",
    ],
)
async def test_a_request_for_another_transport_or_version_is_a_bad_request(victim: Victim, query: str) -> None:
    assert (await fetch(victim.port, "GET", f"{SOCKET_PATH}?{query}")).status == 400


@pytest.mark.parametrize(
    "query", ["transport=websocket", "EIO=abc&transport=websocket", "EIO=4&transport=abc", "EIO=4"]
)
async def test_a_websocket_of_another_transport_or_version_is_refused(door: Door, query: str) -> None:
    with pytest.raises(NotUpgraded) as refused:
        await door.websocket(query)
    assert refused.value.response.status == 400


async def test_a_websocket_handshake_without_an_upgrade_is_a_bad_request(victim: Victim) -> None:
    assert (await fetch(victim.port, "GET", f"{SOCKET_PATH}?{WEBSOCKET}")).status == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_a_handshake_by_another_method_is_a_bad_request(victim: Victim, method: str) -> None:
    assert (await fetch(victim.port, method, f"{SOCKET_PATH}?{POLLING}", b"")).status == 400


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
async def test_a_session_knows_no_other_methods_and_survives_them(door: Door, method: str) -> None:
    polling = await door.polling()
    assert (await fetch(door.port, method, polling.target, b"3")).status == 400
    await polling.sends("40/admin,")
    assert await polling.until("44/admin,")


@pytest.mark.parametrize("sid", ["nobody", "", "../x", "x" * 2_000])
async def test_an_unknown_session_id_is_a_bad_request(victim: Victim, door: Door, sid: str) -> None:
    target = f"{SOCKET_PATH}?{POLLING}&sid={sid}"
    if sid:  # an empty one is none, and begins a session
        assert (await fetch(victim.port, "GET", target)).status == 400
    assert (await fetch(victim.port, "POST", target, b"3")).status == 400
    if sid:
        with pytest.raises(NotUpgraded) as refused:
            await door.websocket(f"{WEBSOCKET}&sid={sid}")
        assert refused.value.response.status == 400


@pytest.mark.parametrize("header", ["Sec-WebSocket-Key", "Sec-WebSocket-Version", "Connection"])
async def test_a_websocket_request_that_lacks_a_header_is_a_bad_request(door: Door, header: str) -> None:
    lines = upgrade_request(WEBSOCKET, "AAAAAAAAAAAAAAAAAAAAAA==").split(b"\r\n")
    wire = await door.wire()
    await wire.send(b"\r\n".join(line for line in lines if not line.startswith(header.encode())))
    assert (await wire.until(b"\r\n")).split()[1] in (b"400", b"426")


async def test_no_compression_is_agreed_on(door: Door) -> None:
    offer = {"Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits"}
    socket = await door.websocket(headers=offer)
    assert "sec-websocket-extensions" not in socket.headers
    assert (await socket.frame()).payload.startswith(b"0{")
