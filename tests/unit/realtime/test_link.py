"""One client's session: what it may let pile up, what is left out for it, and in which order the rest comes."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.realtime.frames import Frame, Kind
from quiz.realtime.settings import RealtimeSettings
from tests.unit.realtime.sessions import (
    BUDGET,
    MOST,
    TIGHT,
    Witness,
    a_turn,
    engine,
    event,
    names,
    on_websocket,
    poll,
    polling,
    upgrading,
    waiting_poll,
)
from tests.unit.realtime.transports import HandTurned, Pipe, masked, packets

STALLED_S = TIGHT.stalled_timeout_s


def snapshot() -> Frame:
    return event("state", 3 * MOST, Kind.SNAPSHOT)


async def test_a_snapshot_larger_than_the_cap_costs_a_client_that_keeps_up_nothing() -> None:
    witness = Witness()
    link, pipe = on_websocket(engine(witness))
    link.put_snapshot(snapshot())
    link.put(event("next", 500))
    link.put(event("after", 500))
    pipe.client_reads()
    link.put(event("later"))
    pipe.client_reads()
    assert names(packets(pipe.taken)) == ["state", "next", "after", "later"]
    assert (witness.causes, link.over) == ([], False)


async def test_a_snapshot_that_waited_for_the_websocket_does_not_count_against_the_cap_either() -> None:
    witness = Witness()
    home = engine(witness)
    link = polling(home)
    websocket, pipe = upgrading(link, home)
    websocket.data_received(masked("2probe"))
    link.put_snapshot(snapshot())
    link.put(event("next", 500))
    websocket.data_received(masked("5"))
    link.put(event("after", 500))
    link.put(event("later"))
    pipe.client_reads()
    assert names(packets(pipe.taken)) == ["state", "next", "after", "later"]
    assert (witness.causes, link.over) == ([], False)


async def test_a_client_is_cut_off_when_more_than_the_cap_waits_for_it() -> None:
    witness = Witness()
    link, pipe = on_websocket(engine(witness))
    for number in range(MOST // 500):
        link.put(event(f"{number}", 490))
    assert pipe.get_write_buffer_size() < MOST
    assert witness.causes == []
    for number in range(3):
        link.put(event(f"more {number}", 490))
    assert (witness.causes, link.over) == (["slow"], True)
    assert pipe.aborted.is_set()


async def test_beside_a_snapshot_no_more_may_wait_than_without_one() -> None:
    witness = Witness()
    link, _ = on_websocket(engine(witness))
    link.put_snapshot(snapshot())
    for number in range(MOST // 500 + 3):
        link.put(event(f"{number}", 490))
    assert witness.causes == ["slow"]


async def test_a_snapshot_that_has_been_read_lends_its_room_to_nothing_else() -> None:
    witness = Witness()
    link, pipe = on_websocket(engine(witness))
    link.put_snapshot(snapshot())
    pipe.client_reads()
    for number in range(MOST // 500 + 3):
        link.put(event(f"{number}", 490))
    assert witness.causes == ["slow"]


def superseded(name: str) -> Frame:
    return event(name, kind=Kind.SUPERSEDED)


async def test_past_the_budget_superseded_events_are_left_out_and_one_miss_is_told_after() -> None:
    witness = Witness()
    link, pipe = on_websocket(engine(witness))
    link.put(superseded("on time"))
    for number in range(3):
        link.put(event(f"{number}", 600))
        link.put(superseded(f"late {number}"))
    assert witness.left_out == 2
    assert witness.told_missed == 0
    pipe.client_reads()
    assert names(packets(pipe.taken)) == ["on time", "0", "late 0", "1", "2"]
    assert witness.told_missed == 1
    link.put(superseded("again on time"))
    link.put(event("big", 2 * BUDGET))
    pipe.client_reads()
    assert names(packets(pipe.taken))[-2:] == ["again on time", "big"]
    assert (witness.left_out, witness.told_missed) == (2, 1)


async def test_a_client_that_polls_too_seldom_is_told_once_that_it_missed_something() -> None:
    witness = Witness()
    link = polling(engine(witness))
    for number in range(4):
        link.put(event(f"{number}", 600))
        link.put(superseded(f"late {number}"))
    assert witness.told_missed == 0
    assert names(await poll(link)) == ["0", "late 0", "1", "2", "3"]
    assert (witness.left_out, witness.told_missed) == (3, 1)
    link.put(event("now"))
    assert names(await poll(link)) == ["now"]
    assert witness.told_missed == 1


async def test_a_client_that_takes_in_next_to_nothing_is_cut_off_as_stalled() -> None:
    witness, wheel = Witness(), HandTurned()
    link, pipe = on_websocket(engine(witness, wheel=wheel))
    link.put(event("much", 3 * BUDGET))
    wheel.turn(STALLED_S / 2)
    pipe.client_reads(BUDGET // 4 - 1)
    assert witness.causes == []
    wheel.turn(STALLED_S / 2)
    assert (witness.causes, link.over) == (["stalled"], True)
    assert pipe.aborted.is_set()


async def test_a_slow_client_stays_as_long_as_it_takes_in_a_quarter_of_its_budget() -> None:
    witness, wheel = Witness(), HandTurned()
    link, pipe = on_websocket(engine(witness, wheel=wheel))
    link.put(event("much", 3 * BUDGET))
    for number in range(6):
        link.put(event(f"{number}", 200))
        pipe.client_reads(BUDGET // 4)
        wheel.turn(STALLED_S)
    assert (witness.causes, link.over) == ([], False)
    wheel.turn(STALLED_S)
    assert witness.causes == ["stalled"]


async def test_a_client_that_has_caught_up_is_not_cut_off_for_having_been_behind() -> None:
    witness, wheel = Witness(), HandTurned()
    link, pipe = on_websocket(engine(witness, wheel=wheel))
    link.put(event("much", 3 * BUDGET))
    wheel.turn(STALLED_S / 2)
    pipe.client_reads()
    wheel.turn(3 * STALLED_S)
    assert (witness.causes, link.over) == ([], False)


async def test_a_client_that_stops_polling_is_cut_off_as_stalled() -> None:
    witness, wheel = Witness(), HandTurned()
    link = polling(engine(witness, wheel=wheel))
    link.put(event("much", 2 * BUDGET))
    wheel.turn(STALLED_S / 2)
    assert names(await poll(link)) == ["much"]
    wheel.turn(3 * STALLED_S)
    assert witness.causes == []
    link.put(event("much again", 2 * BUDGET))
    wheel.turn(STALLED_S)
    assert witness.causes == ["stalled"]


class Client:
    """Polls, tries websockets and changes over, one step at a time, and keeps the names of the events it gets.

    It abides by the protocol: one poll at a time, and the word only when no poll is under way.
    """

    def __init__(self) -> None:
        self.witness = Witness()
        # Everything may wait, and the budget is so small that it is often exceeded.
        self.home = engine(self.witness, RealtimeSettings(outbound_budget_bytes=40, outbound_max_bytes=10**6))
        self.link = polling(self.home)
        self.sent: list[str] = []
        self.got: list[str] = []
        self.pipe: Pipe | None = None
        self.probed = self.changed_over = False
        self._poll: asyncio.Task[list[str]] | None = None

    async def step(self, name: str) -> None:
        await getattr(self, name)()

    async def put(self) -> None:
        self.sent.append(f"{len(self.sent)}")
        self.link.put(event(self.sent[-1]))

    async def put_snapshot(self) -> None:
        self.sent.append(f"state {len(self.sent)}")
        self.link.put_snapshot(event(self.sent[-1], 100, Kind.SNAPSHOT))

    async def poll(self) -> None:
        if self._poll is None and not self.changed_over:
            self._poll = waiting_poll(self.link)

    async def run(self) -> None:
        await a_turn()
        if self._poll is not None and self._poll.done():
            self.got += names(self._poll.result())
            self._poll = None

    async def open(self) -> None:
        if self.pipe is None:
            _, self.pipe = upgrading(self.link, self.home)

    async def probe(self) -> None:
        if self.pipe is not None and not self.probed:
            self.probed = True
            self.says("2probe")

    async def word(self) -> None:
        if self.probed and self._poll is None and not self.changed_over:
            self.changed_over = True
            self.says("5")

    async def lose(self) -> None:
        if self.pipe is not None and not self.changed_over:
            self.pipe.client_hangs_up()
            self.pipe, self.probed = None, False

    async def read(self) -> None:
        if self.pipe is not None:
            self.pipe.client_reads(30)

    def says(self, text: str) -> None:
        assert self.pipe is not None
        protocol = self.pipe.protocol
        assert protocol is not None
        protocol.data_received(masked(text))

    async def finish(self) -> None:
        """Take in everything that is still to come."""
        if not self.changed_over:
            await self.lose()
            await self.put()  # a poll may wait for it
            for _ in self.sent:
                await self.poll()
                await self.run()
        elif self.pipe is not None:
            for _ in self.sent:  # what has waited may be written only now
                self.pipe.client_reads()
            self.got += names(packets(self.pipe.taken))


STEPS = ("put", "put_snapshot", "poll", "run", "open", "probe", "word", "lose", "read")
HELD = ("put", "put_snapshot", "poll", "run", "read")


def steps(*names: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), max_size=15)


@given(before=steps(*STEPS), opened=steps(*HELD), probed=steps(*HELD), after=steps(*STEPS), works=st.booleans())
def test_events_keep_their_order_however_polls_and_upgrades_mix(
    before: list[str], opened: list[str], probed: list[str], after: list[str], works: bool
) -> None:
    async def play() -> None:
        client = Client()
        for step in (*before, "open", *opened, "probe", *probed, "run", "word" if works else "lose", *after):
            await client.step(step)
        await client.finish()
        assert client.got == client.sent
        assert not client.link.over

    asyncio.run(play())


@pytest.mark.parametrize("read", [True, False])
async def test_events_keep_their_order_through_a_whole_change_over(read: bool) -> None:
    client = Client()
    for step in ("put", "poll", "run", "poll", "open", "put", "run", "poll", "probe", "put", "run", "put_snapshot"):
        await client.step(step)
    for step in ("word", "put", *(["read"] * 9 if read else []), "put", "put"):
        await client.step(step)
    assert client.changed_over
    await client.finish()
    assert client.got == client.sent
