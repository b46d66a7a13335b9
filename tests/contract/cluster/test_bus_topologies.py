"""The bus on Redis Sentinel and on a Redis Cluster."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis.crc import key_slot

from tests.contract.cluster.nodes import Node, patient, until
from tests.servers.redis import SERVICE, Redis, cluster, redis, sentinel


@pytest.fixture(scope="module")
def servers(sharded_program: Path) -> Iterator[list[Redis]]:
    """A cluster of three masters, which takes its time to come together. Who breaks it repairs it."""
    with cluster(3, sharded_program) as servers:
        yield servers


def address(servers: list[Redis]) -> str:
    return "redis+cluster://" + ",".join(f"127.0.0.1:{server.port}" for server in servers)


def owner(servers: list[Redis], channel: str) -> int:
    """The number of the server that has the channel."""
    return key_slot(f"quiz:{channel}".encode()) * len(servers) // 16_384


async def test_when_the_master_dies_the_bus_goes_on_with_the_one_that_sentinel_names(program: Path) -> None:
    with redis("--repl-diskless-sync-delay", "0", program=program) as master, redis(program=program) as replica:
        replica.ask("REPLICAOF", "127.0.0.1", master.port)
        await until(lambda: b"master_link_status:up" in replica.ask("INFO", "replication"))
        with sentinel(master) as guard:
            await until(lambda: b"slave0:" in master.ask("INFO", "replication"))
            await until(lambda: str(replica.port).encode() in guard.ask("SENTINEL", "REPLICAS", SERVICE))
            settings = patient(f"redis+sentinel://127.0.0.1:{guard.port},127.0.0.1:1/{SERVICE}")
            async with Node.on(settings) as ann, Node.on(settings) as bob:
                await bob.bus.subscribe("room:1")
                await until(lambda: ann.up and bob.up)
                master.kill()
                await until(lambda: not ann.up and not bob.up)
                await until(lambda: ann.up and bob.up)
                ann.bus.publish("room:1", b"on the new master")
                await until(lambda: bob.has_heard(b"on the new master"))
                assert bob.regained >= 1
                assert b"quiz:bus" in replica.ask("CLIENT", "LIST")


async def test_on_a_cluster_every_channel_is_heard_wherever_it_is(servers: list[Redis]) -> None:
    settings = patient(address(servers[:1]))
    channels = [f"room:{number}" for number in range(30)]
    assert {owner(servers, channel) for channel in channels} == {0, 1, 2}
    async with Node.on(settings) as ann, Node.on(settings) as bob:
        await until(lambda: ann.up and bob.up)
        await asyncio.gather(*map(bob.bus.subscribe, channels))
        for channel in channels:
            ann.bus.publish(channel, channel.encode())
        await until(lambda: len(bob.heard) == len(channels))
        assert sorted(bob.heard) == sorted((channel, channel.encode()) for channel in channels)


async def test_on_a_cluster_channels_with_one_hash_tag_keep_their_order(servers: list[Redis]) -> None:
    settings = patient(address(servers))
    channels = ["all:{s1}", "staff:{s1}"]
    async with Node.on(settings) as ann, Node.on(settings) as bob:
        await until(lambda: ann.up and bob.up)
        await asyncio.gather(*map(bob.bus.subscribe, channels))
        for number in range(300):
            ann.bus.publish(channels[number % 2], b"%d" % number)
        await until(lambda: len(bob.heard) == 300)
        assert [said for _, said in bob.heard] == [b"%d" % number for number in range(300)]


async def test_on_a_cluster_a_message_costs_one_server(servers: list[Redis]) -> None:
    async with Node.on(patient(address(servers))) as ann:
        await ann.bus.subscribe("room:1")
        await until(lambda: ann.up)
        having = [b"room:1" in server.ask("PUBSUB", "SHARDCHANNELS") for server in servers]
        assert having == [number == owner(servers, "room:1") for number in range(3)]


async def test_a_server_of_a_cluster_that_dies_takes_the_bus_down_until_it_is_back(servers: list[Redis]) -> None:
    settings = patient(address(servers))
    channels = [f"room:{number}" for number in range(30)]
    async with Node.on(settings) as ann, Node.on(settings) as bob:
        await until(lambda: ann.up and bob.up)
        await asyncio.gather(*map(bob.bus.subscribe, channels))
        servers[1].kill()
        await until(lambda: not ann.up and not bob.up)
        alive = [channel for channel in channels if owner(servers, channel) != 1]
        for channel in alive:
            ann.bus.publish(channel, b"on the others")
        await until(lambda: {channel for channel, _ in bob.heard} == set(alive))
        servers[1].start()
        await until(lambda: ann.up and bob.up)
        for channel in channels:
            ann.bus.publish(channel, b"on all")
        await until(lambda: {channel for channel, said in bob.heard if said == b"on all"} == set(channels))
        assert bob.regained == 1


def give(servers: list[Redis], channel: str, to: Redis) -> None:
    """Move a channel's slot, which has no keys, to another server."""
    name = to.ask("CLUSTER", "MYID").split(b"\r\n")[1].decode()
    for server in [to, *servers]:
        server.ask("CLUSTER", "SETSLOT", key_slot(f"quiz:{channel}".encode()), "NODE", name)


async def test_a_channel_that_moves_to_another_server_is_found_there(servers: list[Redis]) -> None:
    settings = patient(address(servers))
    before, after = servers[owner(servers, "room:1")], servers[owner(servers, "room:1") - 1]
    async with Node.on(settings) as ann, Node.on(settings) as bob:
        await until(lambda: ann.up and bob.up)
        await bob.bus.subscribe("room:1")
        ann.bus.publish("room:1", b"before")
        await until(lambda: bob.has_heard(b"before"))
        try:
            give(servers, "room:1", to=after)
            await until(lambda: b"room:1" in after.ask("PUBSUB", "SHARDCHANNELS"))
            await until(lambda: bob.up and bob.regained > 0)

            def found() -> bool:
                # What ann says may be lost until she too has learned where the channel is.
                ann.bus.publish("room:1", b"after")
                return bob.has_heard(b"after")

            await until(found)
        finally:
            give(servers, "room:1", to=before)
