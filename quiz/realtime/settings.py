"""What an operator may turn about connections, and what this room relies on."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SEAMS: Final[dict[str, tuple[str, ...]]] = {
    "socketio.AsyncServer._engineio_server_class": ("self",),
    "socketio.AsyncServer._handle_connect": ("self", "eio_sid", "namespace", "data"),
    "socketio.AsyncServer._handle_eio_connect": ("self", "eio_sid", "environ"),
    "socketio.AsyncServer._handle_eio_message": ("self", "eio_sid", "data"),
    "socketio.AsyncServer._handle_eio_disconnect": ("self", "eio_sid", "reason"),
    "socketio.AsyncServer._send_packet": ("self", "eio_sid", "pkt"),
    "socketio.AsyncServer._send_eio_packet": ("self", "eio_sid", "eio_pkt"),
    "socketio.async_redis_manager.AsyncRedisManager._publish": ("self", "data"),
    "engineio.AsyncServer._handle_connect": ("self", "environ", "transport", "jsonp_index"),
    "engineio.AsyncServer.send_packet": ("self", "sid", "pkt"),
    "engineio.async_socket.AsyncSocket.close": ("self", "wait", "abort", "reason"),
    "engineio.async_drivers.aiohttp.translate_request": ("request",),
}
"""Names of python-socketio and python-engineio that are overridden or called here, with their parameters.

Beside them `engineio.AsyncServer._async`, the table of driver functions, of which `translate_request` and `websocket`
are replaced, and `engineio.async_socket.AsyncSocket.queue`, where `None` ends the writer. A test fails when one of them
changes.
"""


class RealtimeSettings(Struct, frozen=True, kw_only=True):
    """Limits of one node.

    `packet_bytes_max` is the longest packet that is read; one beyond `transport_bytes_max` ends its connection.
    `outbound_max` is how many packets may wait for one client; a client that lets more pile up is cut off and comes
    back to a snapshot. A node that stops sends its clients away over `drain_spread_s`, and tells each to come back
    within `reconnect_within_ms`. `connections_max` counts clients that have shown a token, `unjoined_max` the others.
    """

    ping_interval_s: float = 25
    ping_timeout_s: float = 20
    unjoined_timeout_s: float = 10
    part_timeout_s: float = 5
    drain_timeout_s: float = 5
    drain_spread_s: float = 10
    reconnect_within_ms: int = 1_000
    packet_bytes_max: int = 16 * 1024
    transport_bytes_max: int = 256 * 1024
    outbound_max: int = 500
    connections_max: int = 15_000
    unjoined_max: int = 3_000
