"""The comparison of bare servers: its servers speak one application, and wrong figures do not get into the table."""

from __future__ import annotations

import math
import os
import shutil
import sys
from pathlib import Path

import pytest

from loadtests.bench.contenders import Contender, LeftOut, floor, ours, stock
from loadtests.bench.machine import machine
from loadtests.bench.measures import FULL, MEASURES, QUICK, Sizes
from loadtests.bench.process import Server, ServerFailed
from loadtests.bench.rounds import Tally, visit_until_usable, visits_of_round
from loadtests.bench.servers.application import tick
from loadtests.bench.table import Comparison, notes, ratio, shown, table
from loadtests.bench.visit import Cores, visit_deflate, visit_plain, visit_stopped
from loadtests.bench.visitor import Incorrect, Visit

SMALL = Sizes(
    small=120, large=0, rounds=1, blast_cpu_s=0.005, most=10, echoers=20, echoes=2, listeners=100, stopped_for_s=0.5
)
compiled = pytest.mark.skipif(shutil.which("cc") is None, reason="there is no C compiler here")

# Takes every client in, and sends each only the events with an even number.
FORGETFUL = """
import json, sys
from aiohttp import web

async def talk(request):
    socket = web.WebSocketResponse()
    await socket.prepare(request)
    await socket.send_str('0{"sid":"e","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000}')
    async for message in socket:
        if message.data.startswith("40"):
            await socket.send_str('40{"sid":"s"}')
            request.app["sockets"].append(socket)
            continue
        name, data = json.loads(message.data[message.data.index("["):])
        if name == "echo":
            await socket.send_str("43" + message.data[2:message.data.index("[")] + '[{"ok":true}]')
            continue
        for seq in range(0, 2 * data["count"], 2):
            for other in request.app["sockets"]:
                await other.send_str('42["tick",{"seq":%d,"at":0}]' % seq)
    return socket

app = web.Application()
app["sockets"] = []
app.router.add_get("/socket.io/", talk)
web.run_app(app, host="127.0.0.1", port=int(sys.argv[2]), print=lambda _: print("ready", flush=True))
"""


@pytest.fixture
def cores() -> Cores:
    usable = sorted(os.sched_getaffinity(0))
    return Cores(server=usable[0], swarm=usable[-1])


@compiled
@pytest.mark.parametrize("make", [floor, stock, ours])
async def test_every_server_delivers_and_acks_all_in_order(make: object, cores: Cores) -> None:
    assert callable(make)
    try:
        contender = make()
    except LeftOut as reason:
        pytest.skip(str(reason))
    plain = await visit_plain(contender, SMALL, cores)
    deflate = await visit_deflate(contender, SMALL, cores)
    assert plain.values.keys() >= {"delivery_1000", "ack", "ack_p99"}
    assert all(plain.values[key] > 0 for key in ("delivery_1000", "ack", "ack_p99"))
    assert deflate.values["delivery_1000_deflate"] > 0


@compiled
async def test_those_that_stopped_reading_are_watched_while_the_others_get_everything(cores: Cores) -> None:
    visit = await visit_stopped(floor(), SMALL, cores)
    assert visit.values.keys() == {"others_p99", "others_p99_stopped", "stopped_held", "stopped_kernel", "stopped_gone"}
    assert math.isinf(visit.values["stopped_gone"])  # the floor has nobody cut who is not a megabyte behind


@compiled
async def test_a_server_that_loses_events_has_no_figures(cores: Cores, tmp_path: Path) -> None:
    script = tmp_path / "forgetful.py"
    script.write_text(FORGETFUL)
    contender = Contender("forgetful", (sys.executable, str(script)), {})
    with pytest.raises(Incorrect, match="skipped"):
        await visit_plain(contender, SMALL, cores)


async def test_a_server_that_does_not_start_is_told_with_its_own_words() -> None:
    words = (sys.executable, "-c", "raise SystemExit('no such planet')")
    with pytest.raises(ServerFailed, match="no such planet"):
        async with Server.running(words, min(os.sched_getaffinity(0)), {}):
            pass


async def test_a_visit_in_which_the_generator_was_the_bottleneck_is_repeated_and_not_counted() -> None:
    busy = iter([0.95, 0.99, 0.5])

    async def visiting(_contender: Contender, _sizes: Sizes, _cores: Cores) -> Visit:
        return Visit({"ack": 1.0}, next(busy), 0.0)

    tally = Tally()
    await visit_until_usable(Contender("any", (), {}), visiting, SMALL, Cores(), tally)
    assert (tally.values, tally.thrown_away, tally.failures) == ({"ack": [1.0]}, 2, [])


def test_some_stop_reading_in_the_first_third_and_fifth_round() -> None:
    kinds = [[kind for kind, _ in visits_of_round(round_, FULL)] for round_ in range(1, 6)]
    assert [len(of_round) for of_round in kinds] == [3, 2, 3, 2, 3]
    assert not [kind for kind, _ in visits_of_round(1, QUICK) if kind == "stopped"]


async def test_a_generator_that_is_always_the_bottleneck_ends_the_repeating() -> None:
    async def visiting(_contender: Contender, _sizes: Sizes, _cores: Cores) -> Visit:
        return Visit({"ack": 1.0}, 1.0, 0.0)

    tally = Tally()
    await visit_until_usable(Contender("any", (), {}), visiting, SMALL, Cores(), tally)
    assert tally.values == {}
    assert len(tally.failures) == 1


@pytest.mark.parametrize("seq", [0, 9, 10, 123456])
def test_a_broadcast_has_the_length_that_was_asked_for(seq: int) -> None:
    payload = tick(seq, 176)
    text = '42["tick",{{"seq":{seq},"at":{at},"pad":"{pad}"}}]'.format(**payload)
    assert len(text) == 176


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), (math.inf, "never"), (2.912, "2.91"), (46.02, "46.0"), (4170.4, "4,170")]
)
def test_figures_are_shown_with_three_digits_that_count(value: float | None, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("value", "other", "text"), [(4.0, 2.0, "2.00"), (None, 2.0, "—"), (4.0, None, "—"), (4.0, 0.0, "—")]
)
def test_a_ratio_wants_both_figures(value: float | None, other: float | None, text: str) -> None:
    assert ratio(value, other) == text


def test_the_table_has_medians_and_ratios_and_the_notes_tell_who_is_missing() -> None:
    tallies = {
        "floor": Tally(values={"ack": [2.0, 9.0, 3.0]}),
        "ours": Tally(values={"ack": [6.0]}, held_up=[0.5], thrown_away=1),
        "stock": Tally(failures=["it fell over"]),
    }
    found = Comparison(
        machine=machine(),
        sizes=QUICK,
        versions={},
        left_out={"node": "there is no node"},
        tallies=tallies,
        medians={name: tally.medians() for name, tally in tallies.items()},
        took_s=1.0,
    )
    title = next(f"{measure.title}, {measure.unit}" for measure in MEASURES if measure.key == "ack")
    assert table(found).splitlines() == [
        "|  | floor | ours | stock | ours / floor | ours / stock |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
        f"| {title} | 3.00 | 6.00 | — | 2.00 | — |",
    ]
    told = "\n".join(notes(found))
    assert "node: there is no node" in told
    assert "stock: it fell over" in told
    assert "ours: 1 visits thrown away" in told
    assert "50% of the time" in told
