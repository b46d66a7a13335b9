"""How the cluster room is set up: where Redis is, how long to wait for it, how much to keep."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from quiz.domain.ids import Millis


class RedisSettings(Struct, frozen=True, kw_only=True):
    """Everything that the use of Redis needs. All nodes of a cluster must agree on `prefix` and `sharded`.

    Args:
        url: see `address.read_address`.
        prefix: begins every key and every channel.
        sharded: whether channels use sharded pub/sub; `auto` does where the server has it, from version 7.0 on.
        connect_timeout_ms: how long making a connection may take, its handshake included.
        call_timeout_ms: how long a call may take, making a connection included.
        call_pause_ms: after a call that Redis did not answer, those that can do without it are not tried so long.
        calls_at_once: calls that may be under way; one beyond fails.
        publish_timeout_ms: how long writing a batch of messages may take.
        publish_pause_ms: after one that took longer, messages are dropped so long.
        publish_batch: most messages that are written together.
        publish_queue: messages that wait to be written at most.
        publish_queue_bytes: the same in bytes.
        subscribe_timeout_ms: how long `subscribe` waits to be sure.
        heartbeat_interval_ms: how often a node speaks to itself through the bus.
        deaf_after_ms: a node that has not heard itself for so long connects anew.
        reconnect_max_ms: the longest pause between two attempts to connect.
        topology_interval_ms: how often a Redis Cluster is asked which server has what.
        overflow_max: answers that wait in the overflow queue at most.
        standings_lifetime_ms: how long standings are kept after they were put.
        content_lifetimes_ms: how long content is kept, by kind.
        content_lifetime_ms: the same for kinds that are not named.
        content_bytes_max: larger contents are not kept.
    """

    url: str
    prefix: str = "quiz:"
    sharded: Literal["auto", "on", "off"] = "auto"
    connect_timeout_ms: Millis = Millis(1_000)
    call_timeout_ms: Millis = Millis(250)
    call_pause_ms: Millis = Millis(500)
    calls_at_once: int = 20_000
    publish_timeout_ms: Millis = Millis(250)
    publish_pause_ms: Millis = Millis(250)
    publish_batch: int = 500
    publish_queue: int = 10_000
    publish_queue_bytes: int = 64 * 1024 * 1024
    subscribe_timeout_ms: Millis = Millis(500)
    heartbeat_interval_ms: Millis = Millis(500)
    deaf_after_ms: Millis = Millis(3_000)
    reconnect_max_ms: Millis = Millis(1_000)
    topology_interval_ms: Millis = Millis(5_000)
    overflow_max: int = 1_000_000
    standings_lifetime_ms: Millis = Millis(6 * 3_600_000)
    content_lifetimes_ms: Mapping[str, Millis] = {}
    content_lifetime_ms: Millis = Millis(3_600_000)
    content_bytes_max: int = 8 * 1024 * 1024

    def __repr__(self) -> str:
        """Without the address, which may hold a password."""
        return f"RedisSettings({self.url.partition('://')[0]}://…)"


class ClockSettings(Struct, frozen=True, kw_only=True):
    """How the database's clock is followed.

    Args:
        samples: how often the database is asked for one measurement; the quickest answer counts.
        interval_ms: how often it is measured.
        timeout_ms: how long one answer may take.
        drift_ppm: how far this machine's clock may run from the database's, in millionths; quartz keeps well within.
        hold_ms: a measurement that sets the clock back by up to so much makes it stand still instead.
        uncertain_ms: a node that knows the database's clock less exactly than this is not ready.
    """

    samples: int = 5
    interval_ms: Millis = Millis(10_000)
    timeout_ms: Millis = Millis(1_000)
    drift_ppm: int = 200
    hold_ms: Millis = Millis(2_000)
    uncertain_ms: Millis = Millis(250)
