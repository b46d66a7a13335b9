"""What a bus does when Redis dies, hangs, drops it, or seems to be there and is not."""

from __future__ import annotations

import asyncio

from tests.contract.cluster.nodes import Node, patient, quick, until
from tests.servers.black_hole import BlackHole
from tests.servers.redis import Redis


async def meet(ann: Node, bob: Node, message: bytes) -> None:
    """Both hear each other. They say it until they do: on a busy machine the bus may be up and down in between."""

    def met() -> bool:
        ann.bus.publish("room:1", message)
        bob.bus.publish("room:1", message)
        return ann.has_heard(message) and bob.has_heard(message)

    await until(met)
    await until(lambda: ann.up and bob.up)


async def test_a_node_starts_without_redis_and_finds_it_when_it_comes(server: Redis) -> None:
    server.stop()
    async with Node.on(quick(server.url)) as ann, Node.on(quick(server.url)) as bob:
        await asyncio.gather(ann.bus.subscribe("room:1"), bob.bus.subscribe("room:1"))
        assert not ann.up
        ann.bus.publish("room:1", b"nobody hears this")
        await until(lambda: ann.tally.drops.total() > 0)
        server.start()
        await meet(ann, bob, b"here we are")
        assert ann.regained >= 1
        assert bob.regained >= 1
        assert not bob.has_heard(b"nobody hears this")


async def test_after_redis_was_killed_and_came_back_empty_all_channels_are_heard_again(server: Redis) -> None:
    async with Node.on(quick(server.url)) as ann, Node.on(quick(server.url)) as bob:
        await asyncio.gather(ann.bus.subscribe("room:1"), bob.bus.subscribe("room:1"))
        await meet(ann, bob, b"before")
        regained = ann.regained
        server.kill()
        await until(lambda: not ann.up and not bob.up)
        server.start()
        await meet(ann, bob, b"after")
        assert ann.regained > regained
        assert ann.tally.losses["closed"] >= 1


async def test_while_redis_is_away_messages_are_dropped_and_counted_and_nobody_waits(server: Redis) -> None:
    async with Node.on(quick(server.url, publish_pause_ms=60_000)) as ann:
        server.kill()
        await until(lambda: not ann.up)
        ann.bus.publish("room:1", b"finds out")
        await until(lambda: ann.tally.drops.total() > 0)
        before = ann.tally.drops["away"]
        for _ in range(50):
            ann.bus.publish("room:1", b"news")
        assert ann.tally.drops["away"] == before + 50


async def test_channels_joined_and_left_while_redis_is_away_are_right_when_it_is_back(server: Redis) -> None:
    async with Node.on(quick(server.url)) as ann, Node.on(quick(server.url)) as bob:
        await bob.bus.subscribe("room:old")
        server.kill()
        await until(lambda: not ann.up and not bob.up)
        bob.bus.unsubscribe("room:old")
        await bob.bus.subscribe("room:new")
        server.start()
        await until(lambda: ann.up and bob.up)
        ann.bus.publish("room:old", b"old")
        ann.bus.publish("room:new", b"new")
        await until(lambda: bob.has_heard(b"new"))
        assert not bob.has_heard(b"old")


async def test_a_redis_that_hangs_is_noticed_and_found_again(server: Redis) -> None:
    async with Node.on(quick(server.url)) as ann, Node.on(quick(server.url)) as bob:
        await asyncio.gather(ann.bus.subscribe("room:1"), bob.bus.subscribe("room:1"))
        await meet(ann, bob, b"before")
        server.pause()
        try:
            await until(lambda: not ann.up and not bob.up)
            await until(lambda: ann.tally.drops["timeout"] > 0)
        finally:
            server.resume()
        await meet(ann, bob, b"after")
        assert ann.tally.losses["deaf"] >= 1
        assert ann.regained >= 1


async def test_a_connection_that_stays_open_and_carries_nothing_is_noticed_and_made_anew(server: Redis) -> None:
    async with BlackHole(server.port) as hole:
        far, near = quick(f"redis://127.0.0.1:{hole.port}"), patient(server.url)
        async with Node.on(far) as ann, Node.on(near) as bob:
            await asyncio.gather(ann.bus.subscribe("room:1"), bob.bus.subscribe("room:1"))
            await meet(ann, bob, b"before")
            hole.swallow()
            await until(lambda: not ann.up)
            assert ann.tally.losses["deaf"] >= 1
            bob.bus.publish("room:1", b"ann cannot hear this")
            regained = ann.regained
            hole.pass_on()
            await meet(ann, bob, b"after")
            assert ann.regained > regained
            assert bob.tally.losses.total() == 0, "only the one who was cut off connects anew"


async def test_leaving_does_not_wait_for_a_connection_that_carries_nothing(server: Redis) -> None:
    async with BlackHole(server.port) as hole:
        settings = quick(f"redis://127.0.0.1:{hole.port}", deaf_after_ms=60_000, publish_timeout_ms=200)
        async with asyncio.timeout(15), Node.on(settings) as ann:
            hole.swallow()
            for _ in range(100):
                ann.bus.publish("room:1", b"-" * 100_000)


async def test_a_listener_that_redis_dropped_for_being_slow_comes_back_and_is_told(server: Redis) -> None:
    server.ask("CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 1mb 1")
    settings = patient(server.url)
    async with Node.on(settings) as ann, Node.on(settings) as bob:
        await asyncio.gather(ann.bus.subscribe("room:1"), bob.bus.subscribe("room:1"))
        await meet(ann, bob, b"before")
        verb = "PUBLISH" if b"room:1" in server.ask("PUBSUB", "CHANNELS") else "SPUBLISH"
        # No await in here: both nodes are held up, as by too much work, until Redis has had enough of them.
        while b"quiz:bus" in server.ask("CLIENT", "LIST", "TYPE", "pubsub"):
            server.ask(verb, "quiz:room:1", b"-" * 4_000_000)
        await until(lambda: not ann.up and not bob.up)
        await meet(ann, bob, b"after")
        assert ann.tally.losses["closed"] == bob.tally.losses["closed"] == 1
        assert (ann.regained, bob.regained) == (1, 1)


async def test_a_subscription_that_came_later_than_it_was_waited_for_is_told(server: Redis) -> None:
    settings = patient(server.url, deaf_after_ms=60_000, subscribe_timeout_ms=50)
    async with Node.on(settings) as ann:
        await until(lambda: ann.up)
        server.pause()
        try:
            await ann.bus.subscribe("room:1")
            assert ann.regained == 0
        finally:
            server.resume()
        await until(lambda: ann.regained == 1)


async def test_nobody_waits_for_a_subscription_while_there_is_no_connection(server: Redis) -> None:
    async with Node.on(quick(server.url, subscribe_timeout_ms=60_000)) as ann:
        server.kill()
        await until(lambda: not ann.up)
        async with asyncio.timeout(10):
            await ann.bus.subscribe("room:1")


async def test_who_waits_for_a_subscription_when_the_connection_is_lost_is_let_go(server: Redis) -> None:
    async with Node.on(patient(server.url, subscribe_timeout_ms=60_000, deaf_after_ms=60_000)) as ann:
        await until(lambda: ann.up)
        server.pause()
        waiting = asyncio.create_task(ann.bus.subscribe("room:1"))
        await asyncio.sleep(0)
        assert not waiting.done()
        server.kill()
        async with asyncio.timeout(10):
            await waiting


async def test_each_outage_is_told_once_each_way(server: Redis) -> None:
    async with Node.on(patient(server.url)) as ann:
        await until(lambda: ann.up)
        for _ in range(2):
            server.kill()
            await until(lambda: ann.tally.losses["unreachable"] >= 2)  # several attempts, one outage
            server.start()
            await until(lambda: ann.up)
            ann.tally.losses.clear()
        told = ann.tally.states[ann.tally.states.index(True) :]
        assert told == [True, False, True, False, True]
