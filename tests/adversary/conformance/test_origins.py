"""Browsers send the origin of a page along; which may connect is a setting."""

from __future__ import annotations

import pytest

from tests.adversary.door import Door
from tests.adversary.environs import BRISK
from tests.adversary.raw_http import SOCKET_PATH, fetch
from tests.adversary.raw_polling import HANDSHAKE as POLLING
from tests.adversary.raw_websocket import NotUpgraded
from tests.adversary.victim import Victim

ENVIRON = BRISK

FRIEND = {"Origin": "https://school.example"}
STRANGER = {"Origin": "https://evil.example"}


async def test_an_allowed_origin_may_poll_and_its_pages_may_read_the_answers(victim: Victim, door: Door) -> None:
    polling = await door.polling(headers=FRIEND)
    assert polling.response.headers["access-control-allow-origin"] == FRIEND["Origin"]
    posted = await fetch(victim.port, "POST", polling.target, b"40/admin,", FRIEND)
    polled = await fetch(victim.port, "GET", polling.target, headers=FRIEND)
    for response in (posted, polled):
        assert response.status == 200
        assert response.headers["access-control-allow-origin"] == FRIEND["Origin"]
        assert "access-control-allow-credentials" not in response.headers


async def test_a_preflight_of_an_allowed_origin_is_answered(victim: Victim) -> None:
    headers = {
        **FRIEND,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = await fetch(victim.port, "OPTIONS", f"{SOCKET_PATH}?{POLLING}", headers=headers)
    assert answer.status in (200, 204)
    assert answer.headers["access-control-allow-origin"] == FRIEND["Origin"]
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"].lower() == "content-type"


async def test_an_allowed_origin_may_open_a_websocket(door: Door) -> None:
    assert (await (await door.websocket(headers=FRIEND)).open()).opened["sid"]


@pytest.mark.parametrize("headers", [STRANGER, {"Origin": "null"}, {"Origin": "https://school.example.evil.example"}])
async def test_another_origin_is_a_bad_request(victim: Victim, door: Door, headers: dict[str, str]) -> None:
    refused = await fetch(victim.port, "GET", f"{SOCKET_PATH}?{POLLING}", headers=headers)
    assert refused.status == 400
    assert refused.headers.get("access-control-allow-origin") != headers["Origin"]
    with pytest.raises(NotUpgraded) as no_socket:
        await door.websocket(headers=headers)
    assert no_socket.value.response.status == 400


async def test_who_sends_no_origin_is_no_browser_and_may_connect(door: Door) -> None:
    polling = await door.polling()
    assert "access-control-allow-origin" not in polling.response.headers
    assert (await (await door.websocket()).open()).opened["sid"]
