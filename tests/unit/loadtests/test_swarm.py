"""The swarm as a Socket.IO client, against python-socketio's own server and against one that misbehaves."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import socketio
from aiohttp import web

from loadtests.swarm.reports import Report
from loadtests.swarm.swarm import Client, Options, Swarm, SwarmFailed, several
from tests.waiting import until

pytestmark = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")

HANDSHAKE = '0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'


class Game:
    """python-socketio with a room for all, which asks questions and acks answers."""

    def __init__(self) -> None:
        self.sio = socketio.AsyncServer(async_mode="aiohttp", ping_interval=1)
        self.auths: list[object] = []
        self.affinities: list[str | None] = []
        self.addresses: set[str] = set()
        self.answers: list[dict[str, Any]] = []
        self.ack: dict[str, object] = {"ok": True, "status": "saved"}
        self.target = ""
        self.sio.on("connect", self._connect)
        self.sio.on("answer", self._answer)

    async def _connect(self, sid: str, environ: dict[str, Any], auth: object = None) -> None:
        if auth == {"token": "wrong"}:
            raise socketio.exceptions.ConnectionRefusedError("who are you?", {"code": "unauthorized"})
        self.auths.append(auth)
        request = environ["aiohttp.request"]
        self.affinities.append(request.query.get("affinity"))
        self.addresses.add(request.remote)
        await self.sio.enter_room(sid, "all")

    async def _answer(self, _sid: str, data: dict[str, Any]) -> dict[str, object]:
        self.answers.append(data)
        return self.ack

    async def say(self, event: str, payload: dict[str, object]) -> None:
        await self.sio.emit(event, payload, room="all")


@pytest.fixture
async def game() -> AsyncIterator[Game]:
    game = Game()
    app = web.Application()
    game.sio.attach(app)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    game.target = f"127.0.0.1:{runner.addresses[0][1]}"
    yield game
    await game.sio.shutdown()
    await runner.cleanup()


async def test_clients_join_with_their_token_and_affinity_from_their_own_addresses(game: Game) -> None:
    clients = (Client("one", "1234"), Client("two", "5678"), Client())
    async with Swarm.running(Options((game.target,), clients, sources=3)) as swarm:
        connected = await swarm.connect()
    assert (connected.joined, connected.failed) == (3, 0)
    assert sorted(game.auths, key=str) == [None, {"token": "one"}, {"token": "two"}]
    assert set(game.affinities) == {"1234", "5678", None}
    assert len(game.addresses) == 3


async def test_several_swarms_share_the_clients_and_have_addresses_of_their_own(game: Game) -> None:
    clients = tuple(Client(str(i)) for i in range(5))
    async with several(Options((game.target,), clients, sources=1), 2) as swarms:
        connected = [await swarm.connect() for swarm in swarms]
    assert [one.joined for one in connected] == [2, 3]
    assert sorted(game.auths, key=str) == [{"token": str(i)} for i in range(5)]
    assert len(game.addresses) == 2


async def test_a_refused_token_is_counted_by_its_code(game: Game) -> None:
    async with Swarm.running(Options((game.target,), (Client("wrong"), Client("right")))) as swarm:
        connected = await swarm.connect()
    assert (connected.joined, connected.failures) == (1, {"refused_unauthorized": 1})


async def test_nobody_listening_is_a_failure_and_not_a_hang(unused_tcp_port: int) -> None:
    async with Swarm.running(Options((f"127.0.0.1:{unused_tcp_port}",), count=2)) as swarm:
        assert (await swarm.connect()).failures == {"Connection refused": 2}


@pytest.mark.parametrize("deflate", [False, True])
async def test_every_event_is_counted_and_in_order(game: Game, deflate: bool) -> None:
    async with Swarm.running(Options((game.target,), count=3, deflate=deflate, at_key="at")) as swarm:
        await swarm.connect()
        await swarm.reset()
        for seq in range(5):
            # Longer than a frame with a short length, and than one with a long one.
            pad = "x" * (10 if seq < 3 else 70_000)
            await game.say("tick", {"seq": seq, "at": time.monotonic_ns() // 1000, "pad": pad})
        await swarm.expect("tick", 15)
        report = await swarm.report()
        spreads = await swarm.broadcasts()
    assert report.complete(5)
    assert report.events["tick"].count == report.delivery_us.count == 15
    assert report.compressed == (15 if deflate else 0)
    assert sorted((one.seq, one.count) for one in spreads.items) == [(seq, 3) for seq in range(5)]
    assert all(one.first_ns <= one.last_ns for one in spreads.items)


async def test_what_is_missing_repeated_or_out_of_order_is_seen(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=1, seq_key="version", order_event="tick")) as swarm:
        await swarm.connect()
        await swarm.reset()
        for version in (1, 2, 4, 4, 3):
            await game.say("tick", {"version": version})
        await game.say("other", {"version": 1})
        await swarm.expect("other", 1)
        report = await swarm.report()
    order = report.order
    assert (order.skipped, order.repeated, order.backward, order.least, order.most) == (1, 1, 1, 5, 5)
    assert not report.complete(5)


async def test_players_answer_the_question_they_are_asked(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=20)) as swarm:
        await swarm.connect()
        template = '["answer",{"question":{question},"answer":[{random:3}],"id":"{client}-{question}"}]'
        await swarm.answer_on("question", 50, template)
        await game.say("question", {"question": {"number": 7}})
        await swarm.expect("#ack", 20)
        report = await swarm.report()
    assert report.acks == {"saved": 20}
    assert (report.ack_us.count, report.answers.sent) == (20, 20)
    assert {answer["id"] for answer in game.answers} == {f"{client}-7" for client in range(20)}
    assert {answer["answer"][0] for answer in game.answers} <= {0, 1, 2}


@pytest.mark.parametrize(("rate", "burst"), [(0.0, 1), (500.0, 1), (500.0, 10)])
async def test_events_are_emitted_as_often_as_asked_and_acked(game: Game, rate: float, burst: int) -> None:
    game.ack = {"ok": False, "error": {"code": "closed", "message": "", "retry": False}}
    async with Swarm.running(Options((game.target,), count=10)) as swarm:
        await swarm.connect()
        emitted = await swarm.emit("5-10", 3, rate, '["answer",{"n":{seq},"by":{client}}]', burst=burst)
        report = await swarm.report()
    assert (emitted.sent, emitted.skipped, emitted.unacked, emitted.timed_out) == (15, 0, 0, False)
    assert report.acks == {"closed": 15}
    assert sorted((answer["by"], answer["n"]) for answer in game.answers) == [
        (client, seq) for client in range(5, 10) for seq in range(3)
    ]


async def test_pings_are_answered(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=1)) as swarm:
        await swarm.connect()
        (engine,) = game.sio.eio.sockets.values()
        pinged = asyncio.Event()
        receive = engine.receive

        async def watched(packet: Any) -> None:
            await receive(packet)
            if packet.packet_type == 3:
                pinged.set()

        engine.receive = watched
        async with asyncio.timeout(10):
            await pinged.wait()


async def test_a_client_that_the_server_ends_is_counted_as_gone(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=2)) as swarm:
        await swarm.connect()
        (sid, *_) = game.sio.manager.rooms["/"]["all"]
        await game.sio.disconnect(sid)

        async def ended() -> Report | None:
            report = await swarm.report()
            return report if report.gone else None

        report = await until(ended)
    assert (report.joined, sum(report.ends.values())) == (1, 1)


async def test_closed_clients_may_connect_again(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=4)) as swarm:
        await swarm.connect()
        await swarm.close("1-3")
        assert (await swarm.report()).joined == 2
        assert (await swarm.connect()).joined == 4


async def test_those_that_stop_reading_are_left_out_of_the_order_and_the_others_go_on(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=4, stop_reading=0.25, rcvbuf=4096)) as swarm:
        await swarm.connect()
        await swarm.stop_reading()
        await swarm.reset()
        await game.say("tick", {"seq": 0})
        await swarm.expect("tick", 3)
        report = await swarm.report()
    assert report.complete(1)
    assert (report.order.receivers, report.stopped, report.joined) == (3, 1, 4)


async def test_an_unknown_command_is_refused(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=1)) as swarm:
        with pytest.raises(SwarmFailed, match="cannot do: emit"):
            await swarm.emit("nobody", 1, 0, '["x",{}]', timeout_s=5)


async def test_a_killed_swarm_is_an_error_and_not_a_hang(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=1)) as swarm:
        waiting = asyncio.create_task(swarm.expect("never", 1))
        await asyncio.sleep(0)
        swarm.kill()
        with pytest.raises(SwarmFailed, match="ended"):
            await waiting


async def answered_with(messages: list[bytes | str]) -> AsyncIterator[str]:
    """A server that sends these after the handshake, and then takes whatever comes."""

    async def talk(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for message in messages:
            await (socket.send_bytes(message) if isinstance(message, bytes) else socket.send_str(message))
        async for received in socket:
            assert received.type is aiohttp.WSMsgType.TEXT
        return socket

    app = web.Application()
    app.router.add_get("/socket.io/", talk)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


@pytest.mark.parametrize(
    ("messages", "cause"),
    [
        ([b"binary"], "binary_frame"),
        ([HANDSHAKE, '44{"message":"no"}'], "connect_error"),
        ([HANDSHAKE, "1"], "close_packet"),
        ([HANDSHAKE, "41"], "disconnect_packet"),
    ],
)
async def test_a_server_that_breaks_the_protocol_is_told_by_cause(messages: list[bytes | str], cause: str) -> None:
    async for target in answered_with(messages):
        async with Swarm.running(Options((target,), count=1)) as swarm:
            assert (await swarm.connect()).failures == {cause: 1}


async def test_a_path_that_is_not_there_is_told_by_its_status(game: Game) -> None:
    async with Swarm.running(Options((game.target,), count=1, path="/nowhere/")) as swarm:
        assert (await swarm.connect()).failures == {"http_404": 1}
