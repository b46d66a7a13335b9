"""Who is calling: the address behind a connection, and the network that rate limits count by."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from quiz.http.settings import Network

Address = IPv4Address | IPv6Address

LOCAL = "local"
"""The origin of a client without an address: one on a Unix socket."""


class Addresses:
    """Tells clients apart, also behind reverse proxies.

    Args:
        trusted: networks of proxies. What comes over a Unix socket is trusted too: only this machine can send it.
    """

    def __init__(self, trusted: tuple[Network, ...]) -> None:
        self._trusted = trusted

    def origin(self, request: web.Request) -> str:
        """The network a request comes from: an IPv4 address, or the 64 bits that one IPv6 customer gets."""
        address = self._client(request)
        if isinstance(address, IPv6Address):
            return str(IPv6Network((address, 64), strict=False))
        return LOCAL if address is None else str(address)

    def scheme(self, request: web.Request) -> str:
        """`https` when the client speaks TLS to us or to a proxy of ours."""
        forwarded = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
        if forwarded in {"http", "https"} and self._is_proxy(_peer(request)):
            return forwarded
        return request.url.scheme

    def _client(self, request: web.Request) -> Address | None:
        peer = _peer(request)
        if not self._is_proxy(peer):
            return peer
        # Only the last hop was written by the proxy; what stands before it is whatever the client likes.
        last_hop = ",".join(request.headers.getall("X-Forwarded-For", [])).rpartition(",")[2]
        return _parse(last_hop.strip()) or peer

    def _is_proxy(self, peer: Address | None) -> bool:
        return peer is None or any(peer in network for network in self._trusted if network.version == peer.version)


def _peer(request: web.Request) -> Address | None:
    name = request.get_extra_info("peername")
    return _parse(str(name[0])) if isinstance(name, tuple | list) and name else None


def _parse(text: str) -> Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
