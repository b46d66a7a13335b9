"""What a bus does while Redis is well. `test_bus_outages.py` has what it does when not."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from quiz.cluster.bus import LocalBus
from quiz.realtime.bus import Bus
from tests.contract.cluster.conftest import is_sharded
from tests.contract.cluster.nodes import Node, patient, until
from tests.servers.redis import Redis, free_port, redis


async def test_what_one_node_says_every_other_hears_that_listens(server: Redis) -> None:
    async with (
        Node.on(patient(server.url)) as ann,
        Node.on(patient(server.url)) as bob,
        Node.on(patient(server.url)) as cem,
    ):
        await asyncio.gather(bob.bus.subscribe("room:1"), cem.bus.subscribe("room:1"))
        ann.bus.publish("room:1", b"\x00\xff any bytes \r\n")
        await until(lambda: bool(bob.heard and cem.heard))
        assert bob.heard == cem.heard == [("room:1", b"\x00\xff any bytes \r\n")]


async def test_nothing_comes_back_to_its_sender(server: Redis) -> None:
    async with Node.on(patient(server.url)) as ann, Node.on(patient(server.url)) as bob:
        await asyncio.gather(ann.bus.subscribe("room:1"), bob.bus.subscribe("room:1"))
        ann.bus.publish("room:1", b"from ann")
        await until(lambda: bob.has_heard(b"from ann"))
        bob.bus.publish("room:1", b"from bob")
        await until(lambda: ann.has_heard(b"from bob"))
        assert [said for _, said in ann.heard] == [b"from bob"]


async def test_what_one_node_says_arrives_in_its_order_whatever_the_channel(server: Redis) -> None:
    async with Node.on(patient(server.url, publish_batch=7)) as ann, Node.on(patient(server.url)) as bob:
        channels = ["room:1", "room:2", "room:3"]
        await asyncio.gather(*map(bob.bus.subscribe, channels))
        for number in range(1000):
            ann.bus.publish(channels[number % 3], b"%d" % number)
            if number % 100 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(bob.heard) == 1000)
        assert bob.heard == [(channels[number % 3], b"%d" % number) for number in range(1000)]


async def test_only_channels_that_were_asked_for_are_heard(server: Redis) -> None:
    async with Node.on(patient(server.url)) as ann, Node.on(patient(server.url)) as bob:
        await bob.bus.subscribe("room:1")
        await bob.bus.subscribe("room:2")
        bob.bus.unsubscribe("room:1")
        await bob.bus.subscribe("room:3")  # a server does what it is told in order: now it has done that too
        for channel in ("room:1", "room:4", "room:2"):
            ann.bus.publish(channel, channel.encode())
        await until(lambda: bob.has_heard(b"room:2"))
        assert bob.heard == [("room:2", b"room:2")]


async def test_once_subscribing_returns_not_a_message_is_missed(server: Redis) -> None:
    async with Node.on(patient(server.url)) as ann, Node.on(patient(server.url)) as bob:
        for number in range(50):
            await bob.bus.subscribe(f"room:{number}")
            ann.bus.publish(f"room:{number}", b"%d" % number)
        await until(lambda: len(bob.heard) == 50)


async def test_a_channel_left_and_joined_at_once_is_heard(server: Redis) -> None:
    async with Node.on(patient(server.url)) as ann, Node.on(patient(server.url)) as bob:
        await bob.bus.subscribe("room:1")
        for number in range(20):
            bob.bus.unsubscribe("room:1")
            await bob.bus.subscribe("room:1")
            ann.bus.publish("room:1", b"%d" % number)
        await until(lambda: len(bob.heard) == 20)


async def test_subscribing_twice_hears_once(server: Redis) -> None:
    async with Node.on(patient(server.url)) as ann, Node.on(patient(server.url)) as bob:
        await asyncio.gather(*(bob.bus.subscribe("room:1") for _ in range(3)))
        ann.bus.publish("room:1", b"one")
        ann.bus.publish("room:1", b"two")
        await until(lambda: bob.has_heard(b"two"))
        assert [said for _, said in bob.heard] == [b"one", b"two"]


async def test_pub_sub_is_sharded_where_the_server_has_it(server: Redis, program: Path) -> None:
    async with Node.on(patient(server.url)) as node:
        await node.bus.subscribe("room:1")
        kind = "SHARDCHANNELS" if is_sharded(program) else "CHANNELS"
        assert b"room:1" in server.ask("PUBSUB", kind)


async def test_sharding_can_be_switched_off(sharded_program: Path) -> None:
    with redis(program=sharded_program) as server:
        settings = patient(server.url, sharded="off")
        async with Node.on(settings) as ann, Node.on(settings) as bob:
            await bob.bus.subscribe("room:1")
            assert b"room:1" in server.ask("PUBSUB", "CHANNELS")
            ann.bus.publish("room:1", b"classic")
            await until(lambda: bob.has_heard(b"classic"))


async def test_two_clusters_on_one_redis_do_not_hear_each_other(server: Redis) -> None:
    blue, green = patient(server.url, prefix="blue:"), patient(server.url, prefix="green:")
    async with Node.on(blue) as ann, Node.on(green) as bob, Node.on(blue) as cem:
        await asyncio.gather(bob.bus.subscribe("room:1"), cem.bus.subscribe("room:1"))
        ann.bus.publish("room:1", b"blue")
        await until(lambda: cem.has_heard(b"blue"))
        assert bob.heard == []


@pytest.mark.parametrize(("bound", "most"), [({"publish_queue": 10}, 10), ({"publish_queue_bytes": 3000}, 2)])
async def test_what_does_not_fit_into_the_line_is_dropped_and_counted(
    server: Redis, bound: dict[str, int], most: int
) -> None:
    async with Node.on(patient(server.url, heartbeat_interval_ms=10_000, **bound)) as ann:
        await until(lambda: ann.tally.written > 0)  # the heartbeat has gone out, and the line is empty
        for _ in range(100):
            ann.bus.publish("room:1", b"-" * 1000)
        assert ann.tally.drops == {"full": 100 - most}


async def test_a_message_that_cannot_be_dealt_with_does_not_make_a_node_deaf(server: Redis) -> None:
    async with Node.on(patient(server.url)) as ann, Node.on(patient(server.url)) as bob:
        heard: list[bytes] = []

        def stumble(channel: str, message: bytes) -> None:
            heard.append(message)
            if message == b"bad":
                raise ValueError(message)

        bob.bus.serve(stumble, lambda: None)
        await bob.bus.subscribe("room:1")
        ann.bus.publish("room:1", b"bad")
        ann.bus.publish("room:1", b"good")
        await until(lambda: heard == [b"bad", b"good"])
        assert bob.up


async def test_the_first_connection_is_nothing_regained(server: Redis) -> None:
    async with Node.on(patient(server.url)) as node:
        assert node.up
        assert node.regained == 0
        assert node.tally.states == [False, True]


async def test_a_heartbeat_tells_how_long_messages_take(server: Redis) -> None:
    async with Node.on(patient(server.url)) as node:
        await until(lambda: len(node.tally.delays) >= 3)
        assert all(delay > 0 for delay in node.tally.delays)


async def test_what_was_said_last_before_leaving_still_goes_out(server: Redis) -> None:
    async with Node.on(patient(server.url)) as bob:
        await bob.bus.subscribe("room:1")
        async with Node.on(patient(server.url)) as ann:
            for number in range(300):
                ann.bus.publish("room:1", b"%d" % number)
        await until(lambda: len(bob.heard) == 300)


async def test_leaving_leaves_no_task_and_no_connection(server: Redis) -> None:
    before = asyncio.all_tasks()
    async with Node.on(patient(server.url)) as node:
        await node.bus.subscribe("room:1")
    assert asyncio.all_tasks() == before
    await until(lambda: b"quiz:" not in server.ask("CLIENT", "LIST"))


@pytest.fixture(params=["a password", "a user", "a socket"])
def guarded(request: pytest.FixtureRequest, program: Path) -> Iterator[str]:
    """The address of a server that cannot be reached just so."""
    if request.param == "a password":
        with redis("--requirepass", "s3cret/+@", program=program) as server:
            yield server.url.replace("//", "//:s3cret%2F%2B%40@")
    elif request.param == "a user":
        with redis(program=program) as server:
            server.ask("ACL", "SETUSER", "quiz", "on", ">s3cret", "~*", "&*", "+@all")
            server.ask("ACL", "SETUSER", "default", "off")
            yield server.url.replace("//", "//quiz:s3cret@")
    else:
        with redis("--unixsocket", "./socket", program=program) as server:
            yield f"unix://{server.home}/socket"


async def test_servers_behind_a_login_or_a_socket_can_be_used(guarded: str) -> None:
    async with Node.on(patient(guarded)) as ann, Node.on(patient(guarded)) as bob:
        await bob.bus.subscribe("room:1")
        ann.bus.publish("room:1", b"hello")
        await until(lambda: bob.has_heard(b"hello"))


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for this machine that nobody but itself vouches for, and its key."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    subprocess.run([*make.split(), *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


async def test_tls_is_used_and_the_servers_name_is_checked(
    sharded_program: Path, certificate: tuple[Path, Path]
) -> None:
    public, key = map(str, certificate)
    port = free_port()
    options = ["--tls-port", str(port), "--tls-cert-file", public, "--tls-key-file", key, "--tls-auth-clients", "no"]
    with redis(*options, program=sharded_program):
        trusting = patient(f"rediss://localhost:{port}?ssl_ca_certs={public}")
        doubting = patient(f"rediss://localhost:{port}", connect_timeout_ms=500)
        async with Node.on(trusting) as ann, Node.on(trusting) as bob, Node.on(doubting) as cem:
            await until(lambda: ann.up and bob.up)
            await bob.bus.subscribe("room:1")
            ann.bus.publish("room:1", b"hello")
            await until(lambda: bob.has_heard(b"hello"))
            await until(lambda: cem.tally.losses["unreachable"] > 0)
            assert not cem.up


async def test_a_node_that_is_alone_has_nobody_to_tell() -> None:
    bus = LocalBus()
    port: Bus = bus
    port.serve(lambda *_: pytest.fail("nobody spoke"), lambda: pytest.fail("nothing was lost"))
    await port.subscribe("room:1")
    port.publish("room:1", b"hello")
    port.unsubscribe("room:1")
    assert bus.state == "up"
