from __future__ import annotations

from ipaddress import ip_network
from unittest.mock import Mock

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from quiz.http.addresses import LOCAL, Addresses
from quiz.http.links import Links, qr_svg

PROXIES = Addresses((ip_network("10.0.0.0/8"), ip_network("fd00::/8")))
DIRECT = Addresses(())


def request(peer: object, headers: dict[str, str] | list[tuple[str, str]] | None = None) -> web.Request:
    transport = Mock()
    transport.get_extra_info = lambda name, default=None: {"peername": peer}.get(name, default)
    return make_mocked_request("GET", "/", headers=dict(headers or {}), transport=transport)


@pytest.mark.parametrize(
    ("peer", "origin"),
    [
        (("192.0.2.7", 5000), "192.0.2.7"),
        (("2001:db8:1:2:3:4:5:6", 5000, 0, 0), "2001:db8:1:2::/64"),
        (("::ffff:192.0.2.7", 5000, 0, 0), "192.0.2.7"),
        (("fe80::1%eth0", 5000, 0, 2), "fe80::/64"),
        ("", LOCAL),
        (None, LOCAL),
    ],
)
def test_a_client_without_a_proxy_counts_by_its_own_network(peer: object, origin: str) -> None:
    assert DIRECT.origin(request(peer)) == origin


def test_nobody_but_a_trusted_proxy_may_say_where_a_request_comes_from() -> None:
    forwarded = {"X-Forwarded-For": "198.51.100.1"}
    assert DIRECT.origin(request(("192.0.2.7", 1), forwarded)) == "192.0.2.7"
    assert PROXIES.origin(request(("192.0.2.7", 1), forwarded)) == "192.0.2.7"
    assert PROXIES.origin(request(("10.1.2.3", 1), forwarded)) == "198.51.100.1"
    assert PROXIES.origin(request(("fd00::1", 1), forwarded)) == "198.51.100.1"


@pytest.mark.parametrize(
    ("forwarded", "origin"),
    [
        ("203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (" 198.51.100.1 ", "198.51.100.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("rubbish", "10.1.2.3"),
        ("198.51.100.1, rubbish", "10.1.2.3"),
        ("", "10.1.2.3"),
    ],
)
def test_only_the_last_hop_is_believed_and_only_if_it_is_an_address(forwarded: str, origin: str) -> None:
    assert PROXIES.origin(request(("10.1.2.3", 1), {"X-Forwarded-For": forwarded})) == origin


def test_a_proxy_on_a_unix_socket_is_believed() -> None:
    assert DIRECT.origin(request("", {"X-Forwarded-For": "198.51.100.1"})) == "198.51.100.1"


@pytest.mark.parametrize(
    ("peer", "forwarded", "base"),
    [
        ("10.1.2.3", "https", "https://quiz.example"),
        ("10.1.2.3", "http, HTTPS", "https://quiz.example"),
        ("10.1.2.3", "gopher", "http://quiz.example"),
        ("192.0.2.7", "https", "http://quiz.example"),
    ],
)
def test_links_say_https_when_a_trusted_proxy_does(peer: str, forwarded: str, base: str) -> None:
    headers = {"Host": "quiz.example", "X-Forwarded-Proto": forwarded}
    assert Links(None, PROXIES).base(request((peer, 1), headers)) == base


@pytest.mark.parametrize("host", ["quiz.example", "localhost:8000", "192.0.2.7:80", "[2001:db8::1]:8000", "my_host"])
def test_links_begin_with_the_host_that_was_asked(host: str) -> None:
    assert Links(None, DIRECT).base(request(("192.0.2.7", 1), {"Host": host})) == f"http://{host}"


def test_a_qr_code_is_drawn_once_for_each_link() -> None:
    assert qr_svg("http://quiz.example/1234567") is qr_svg("http://quiz.example/1234567")
    assert qr_svg("http://quiz.example/1234567") != qr_svg("http://quiz.example/7654321")
