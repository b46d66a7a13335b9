"""The real nginx, with the configuration that compose and `quiz cluster` use."""

from __future__ import annotations

import io
import json
import shutil
import ssl
import subprocess
from pathlib import Path

import aiohttp
import pytest
from yarl import URL

from quiz.cli.local_cluster.nginx import configuration
from quiz.cli.local_cluster.ports import free_port
from tests.cluster.conftest import Front
from tests.cluster.echo_nodes import echo_nodes
from tests.cluster.names import name_server
from tests.waiting import until

MOST = 10 * 1024 * 1024
"""Bytes of the largest file that nodes take."""
MANY = 60
"""Enough to reach every one of three nodes by chance: to miss one has a chance of one in ten billions."""


async def test_the_players_of_one_pin_meet_on_one_node(front: Front) -> None:
    at = {
        pin: {(await front.shake_hands(pin))["node"] for _ in range(5)} for pin in map(str, range(1_000_000, 1_000_020))
    }
    assert all(len(nodes) == 1 for nodes in at.values())
    assert set.union(*at.values()) == {"echo1", "echo2", "echo3"}


async def test_websockets_go_where_polling_goes(front: Front) -> None:
    for pin in map(str, range(1_000_000, 1_000_010)):
        async with front.websocket(f"&affinity={pin}") as websocket:
            assert (await websocket.receive_json())["node"] == (await front.shake_hands(pin))["node"]


@pytest.mark.parametrize("affinity", [None, ""])
async def test_clients_without_affinity_are_spread(front: Front, affinity: str | None) -> None:
    assert {(await front.shake_hands(affinity))["node"] for _ in range(MANY)} == {"echo1", "echo2", "echo3"}


async def test_calls_are_spread(front: Front) -> None:
    assert {(await front.ask("/api/v1/quizzes"))["node"] for _ in range(MANY)} == {"echo1", "echo2", "echo3"}


async def test_long_polling_stays_where_it_shook_hands(front: Front) -> None:
    for _ in range(10):
        hello = await front.shake_hands()
        path = f"/socket.io/?EIO=4&transport=polling&sid={hello['sid']}"
        # Without the affinity it came with, and with another one.
        asked = [await front.ask(path), await front.ask(f"{path}&affinity=7"), (await front.call("POST", path))[1]]
        assert {answer["node"] for answer in asked} == {hello["node"]}


async def test_an_upgrade_stays_where_it_shook_hands(front: Front) -> None:
    for _ in range(10):
        hello = await front.shake_hands()
        async with front.websocket(f"&sid={hello['sid']}") as websocket:
            assert (await websocket.receive_json())["node"] == hello["node"]


async def test_websockets_are_not_compressed_even_if_both_ends_offer_it(front: Front) -> None:
    async with front.websocket(compress=15) as websocket:
        hello = await websocket.receive_json()
        assert "Sec-WebSocket-Extensions" not in hello["headers"]
        assert (hello["compressed"], websocket.compress) == (False, 0)


@pytest.mark.parametrize("path", ["/", "/api/v1/quizzes", "/socket.io/?EIO=4&transport=polling"])
async def test_what_a_client_claims_to_be_goes_no_further(front: Front, path: str) -> None:
    claims = {
        "X-Forwarded-For": "203.0.113.7",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "elsewhere.example",
        "X-Forwarded-Port": "443",
        "X-Real-IP": "203.0.113.7",
        "Forwarded": "for=203.0.113.7",
    }
    seen = (await front.ask(path, headers=claims))["headers"]
    host = front.url.removeprefix("http://")
    assert {name: seen.get(name) for name in (*claims, "Host")} == {
        "X-Forwarded-For": "127.0.0.1",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": host,
        "X-Forwarded-Port": host.rpartition(":")[2],
        "X-Real-IP": None,
        "Forwarded": None,
        "Host": host,
    }


async def test_the_sid_header_is_between_node_and_nginx(front: Front) -> None:
    async with front.http.get(f"{front.url}/socket.io/?EIO=4&transport=polling") as reply:
        assert "X-Engineio-Sid" not in reply.headers


@pytest.mark.parametrize("path", ["/metrics", "/metrics?x=1", "//metrics", "/%6detrics", "/x/../metrics", "/./metrics"])
async def test_metrics_are_not_for_the_outside(front: Front, path: str) -> None:
    async with front.http.get(URL(front.url + path, encoded=True)) as reply:
        assert reply.status == 404
        assert reply.headers["Server"] == "nginx"
    assert [node.asked for node in front.nodes] == [0, 0, 0]


async def test_a_node_that_is_gone_is_noticed_by_nobody(front: Front) -> None:
    await front.nodes[0].stop()
    for _ in range(MANY):
        assert (await front.ask("/api/v1/quizzes"))["node"] in {"echo2", "echo3"}
        # Nothing has been sent to a node that cannot be reached, so this is safe too.
        assert (await front.call("POST", "/api/v1/quizzes"))[0] == 200
        assert (await front.shake_hands())["node"] in {"echo2", "echo3"}


async def test_players_of_a_node_that_is_gone_meet_on_another(front: Front) -> None:
    gone = (await front.shake_hands("1234567"))["node"]
    await next(node for node in front.nodes if node.name == gone).stop()
    met = {(await front.shake_hands("1234567"))["node"] for _ in range(10)}
    assert len(met - {gone}) == len(met) == 1


async def test_what_a_dying_node_was_asked_is_asked_again_only_if_that_is_safe(front: Front) -> None:
    front.nodes[0].broken = True
    for _ in range(MANY):
        assert (await front.ask("/api/v1/quizzes"))["node"] in {"echo2", "echo3"}
    for node in front.nodes:
        node.broken, node.asked = True, 0
    status, _ = await front.call("POST", "/api/v1/sessions")
    assert (status, sum(node.asked for node in front.nodes)) == (503, 1)


async def test_a_file_that_one_node_does_not_have_yet_comes_from_another(front: Front) -> None:
    front.nodes[0].old = True
    assert {(await front.ask("/assets/index-B4d5.js"))["node"] for _ in range(MANY)} == {"echo2", "echo3"}
    for node in front.nodes:
        node.old, node.asked = True, 0
    async with front.http.get(f"{front.url}/assets/index-B4d5.js") as reply:
        assert (reply.status, sum(node.asked for node in front.nodes)) == (404, 2)
    async with front.http.get(f"{front.url}/nothing") as reply:
        assert (reply.status, sum(node.asked for node in front.nodes)) == (404, 3)


async def test_without_any_node_the_api_says_so_in_its_own_words(front: Front) -> None:
    for node in front.nodes:
        await node.stop()
    async with front.http.get(f"{front.url}/api/v1/quizzes") as reply:
        assert (reply.status, reply.content_type, reply.headers["Retry-After"]) == (503, "application/json", "2")
        assert (await reply.json())["error"]["code"] == "unavailable"


async def test_a_body_that_no_node_would_take_is_refused_in_the_words_of_the_api(front: Front) -> None:
    status, body = await front.call("POST", "/api/v1/quizzes/import", data=io.BytesIO(bytes(MOST)))
    assert (status, body["body"]) == (200, MOST)
    status, body = await front.call("POST", "/api/v1/quizzes/import", data=io.BytesIO(bytes(2 * MOST)))
    assert (status, body["error"]["code"]) == (413, "too_large")


async def test_a_client_that_runs_amok_is_told_to_wait_and_others_are_not(front: Front) -> None:
    _edit(front, ("127.0.0.0/8 1;", ""), ("rate=2000r/s", "rate=1r/s"), ("burst=10000", "burst=2"))
    await front.nginx.reload()
    replies = [await front.call("GET", "/api/v1/quizzes") for _ in range(6)]
    assert [status for status, _ in replies[:3]] == [200, 200, 200]
    assert {status for status, _ in replies[3:]} == {429}
    assert replies[-1][1]["error"]["code"] == "rate_limited"
    other = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
    async with aiohttp.ClientSession(connector=other) as http, http.get(f"{front.url}/api/v1/quizzes") as reply:
        assert reply.status == 200


async def test_a_reload_keeps_sockets_and_remembers_who_polls_where(front: Front) -> None:
    hellos = [await front.shake_hands() for _ in range(10)]
    async with front.websocket() as websocket:
        await websocket.receive_json()
        front.nginx.set_nodes(node.address for node in front.nodes)
        await front.nginx.reload()
        await websocket.send_str("still here")
        assert await websocket.receive_str() == "still here"
    for hello in hellos:
        assert (await front.ask(f"/socket.io/?transport=polling&sid={hello['sid']}"))["node"] == hello["node"]


async def test_a_reload_brings_nodes_in_and_takes_them_out(front: Front) -> None:
    front.nginx.set_nodes([front.nodes[2].address])
    await front.nginx.reload()
    assert {(await front.ask("/"))["node"] for _ in range(MANY)} == {"echo3"}
    front.nginx.set_nodes(node.address for node in front.nodes)
    await front.nginx.reload()
    assert {(await front.ask("/"))["node"] for _ in range(MANY)} == {"echo1", "echo2", "echo3"}


async def test_the_log_is_json_and_shows_no_query(front: Front) -> None:
    await front.ask("/api/v1/quizzes?token=secret")
    await front.ask("/socket.io/?EIO=4&transport=polling&affinity=secret")

    async def logged() -> list[str] | None:
        lines = front.nginx.log.read_text().splitlines()
        return lines if len(lines) == 2 else None

    lines = await until(logged)
    assert [json.loads(line)["path"] for line in lines] == ["/api/v1/quizzes", "/socket.io/"]
    assert not any("secret" in line for line in lines)


async def test_a_name_with_several_addresses_keeps_players_together_and_grows_without_a_reload(front: Front) -> None:
    port = free_port(set())
    async with (
        echo_nodes("127.0.0.2", "127.0.0.3", "127.0.0.4", port=port),
        name_server(["127.0.0.2", "127.0.0.3"]) as (names, name_port),
    ):
        folder = _folder(front)
        for name in ("nodes.conf", "socket_nodes.conf"):
            nodes = (configuration() / name).read_text()
            here = nodes.replace("127.0.0.11", f"127.0.0.1:{name_port}").replace("node:8000", f"node.example:{port}")
            assert here.count(str(name_port)) == here.count(f"node.example:{port}") == 1
            (folder / name).write_text(here)
        await front.nginx.take_over()

        hellos = [await front.shake_hands() for _ in range(MANY)]
        assert {hello["node"] for hello in hellos} == {"echo1", "echo2"}
        for pin in map(str, range(1_000_000, 1_000_010)):
            assert len({(await front.shake_hands(pin))["node"] for _ in range(5)}) == 1

        names.addresses.append("127.0.0.4")

        seen: set[str] = set()

        async def found() -> bool:
            seen.add((await front.ask("/"))["node"] + " by calls")
            seen.add((await front.shake_hands())["node"] + " by sockets")
            return {"echo3 by calls", "echo3 by sockets"} <= seen

        assert await until(found)
        for hello in hellos:
            assert (await front.ask(f"/socket.io/?transport=polling&sid={hello['sid']}"))["node"] == hello["node"]


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl to make a certificate")
async def test_with_a_certificate_it_speaks_tls_1_3_and_sends_others_there(front: Front) -> None:
    folder, ports = _folder(front), {free_port(set()), free_port(set())}
    plain, secure = ports
    certificate = _certificate(folder / "tls")
    listen = (configuration() / "tls.conf").read_text()
    (folder / "listen.conf").write_text(
        listen.replace("listen 8080", f"listen 127.0.0.1:{plain}").replace("listen 8443", f"listen 127.0.0.1:{secure}")
    )
    await front.nginx.take_over()
    context = ssl.create_default_context(cafile=certificate)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    async with front.http.get(f"https://localhost:{secure}/api/v1/quizzes", ssl=context) as reply:
        assert (await reply.json())["headers"]["X-Forwarded-Proto"] == "https"
        assert reply.headers["Strict-Transport-Security"] == "max-age=31536000"
    async with front.http.get(f"http://localhost:{plain}/host?x=1", allow_redirects=False) as reply:
        assert (reply.status, reply.headers["Location"]) == (308, "https://localhost/host?x=1")


def _certificate(folder: Path) -> Path:
    folder.mkdir()
    command = (
        *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"),
        *("-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"),
        *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
    )
    subprocess.run(command, check=True, capture_output=True)
    return folder / "fullchain.pem"


def _folder(front: Front) -> Path:
    return front.nginx.home.run / "nginx"


def _edit(front: Front, *changes: tuple[str, str]) -> None:
    """Change what nginx will read at the next reload."""
    file = _folder(front) / "nginx.conf"
    text = file.read_text()
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    file.write_text(text)
