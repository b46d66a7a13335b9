"""What an operator may turn about connections, and what this room relies on."""

from __future__ import annotations

from typing import Final

from msgspec import Struct

SEAMS: Final[dict[str, tuple[str, ...]]] = {
    "socketio.AsyncServer._engineio_server_class": ("self",),
    "socketio.async_redis_manager.AsyncRedisManager._publish": ("self", "data"),
    "engineio.AsyncServer._handle_connect": ("self", "environ", "transport", "jsonp_index"),
    "engineio.AsyncServer._ok": ("self", "packets", "headers", "jsonp_index"),
    "engineio.AsyncServer._upgrades": ("self", "sid", "transport"),
    "engineio.AsyncServer.handle_request": ("self", "args", "kwargs"),
    "engineio.AsyncServer.send_packet": ("self", "sid", "pkt"),
    "engineio.async_socket.AsyncSocket.close": ("self", "wait", "abort", "reason"),
    "engineio.async_socket.AsyncSocket.send": ("self", "pkt"),
    "engineio.async_socket.AsyncSocket.handle_get_request": ("self", "environ"),
    "engineio.async_socket.AsyncSocket.handle_post_request": ("self", "environ"),
    "engineio.async_drivers.aiohttp.translate_request": ("request",),
    "aiohttp.web.WebSocketResponse._post_start": ("self", "request", "protocol", "writer"),
    "aiohttp.web_protocol.RequestHandler.connection_lost": ("self", "exc"),
    "aiohttp._websocket.reader.WebSocketReader.feed_data": ("self", "data"),
    "aiohttp._websocket.reader.WebSocketDataQueue.feed_data": ("self", "data", "size"),
}
"""Names of python-socketio, python-engineio and aiohttp that are overridden or called here, with their parameters.

Beside them `engineio.AsyncServer._async`, the table of driver functions, of which `translate_request` is replaced;
the attributes by which `handle_request` judges an `AsyncSocket` (`connected`, `upgrading`, `upgraded`, `closing` and
`closed`); `RequestHandler._message_tail`, what came behind a websocket's handshake; and that aiohttp's frame parser
asks its queue for `_size`, `_limit` and `_stalled_reader` only. A test fails when one of them changes.
"""


class RealtimeSettings(Struct, frozen=True, kw_only=True):
    """Limits of one node.

    `packet_bytes_max` is the longest packet that is read; one beyond `transport_bytes_max` ends its connection.

    Past `outbound_budget_bytes` that wait for a client, events that later ones supersede are left out for it; past
    `outbound_max_bytes`, or after `stalled_timeout_s` over the budget, it is cut off and comes back to a snapshot. The
    kernel holds up to twice `kernel_bytes` beside that. A client may send `events_burst` events at once and
    `events_per_s` in the long run, and have `calls_max` calls under way.

    A node that stops sends its clients away over `drain_spread_s`, and tells each to come back within
    `reconnect_within_ms`. `connections_max` counts clients that have shown a token, `unjoined_max` the others;
    of the same player `connections_of_player` may stay, the latest ones.
    """

    ping_interval_s: float = 25
    ping_timeout_s: float = 20
    body_timeout_s: float = 75
    unjoined_timeout_s: float = 10
    upgrade_timeout_s: float = 10
    stalled_timeout_s: float = 4
    part_timeout_s: float = 5
    drain_timeout_s: float = 5
    drain_spread_s: float = 10
    reconnect_within_ms: int = 1_000
    packet_bytes_max: int = 16 * 1024
    transport_bytes_max: int = 256 * 1024
    outbound_budget_bytes: int = 64 * 1024
    outbound_max_bytes: int = 256 * 1024
    kernel_bytes: int = 64 * 1024
    events_per_s: float = 10
    events_burst: int = 20
    calls_max: int = 4
    connections_of_player: int = 8
    connections_max: int = 15_000
    unjoined_max: int = 3_000
