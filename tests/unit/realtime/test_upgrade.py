"""A session that polls changes over to a websocket, or does not."""

from __future__ import annotations

from tests.unit.realtime.sessions import (
    Witness,
    a_turn,
    engine,
    event,
    names,
    poll,
    polling,
    upgrading,
    waiting_poll,
)
from tests.unit.realtime.transports import HandTurned, masked, packets


async def test_a_poll_that_waits_gets_its_event_when_the_upgrade_fails() -> None:
    home = engine(Witness())
    link = polling(home)
    waiting = waiting_poll(link)
    await a_turn()
    _, pipe = upgrading(link, home)
    link.put(event("meanwhile"))
    pipe.client_hangs_up()
    await a_turn()
    assert waiting.done()
    assert names(await waiting) == ["meanwhile"]


async def test_what_was_held_for_a_websocket_goes_to_the_next_poll_when_that_fails() -> None:
    home = engine(Witness())
    link = polling(home)
    websocket, pipe = upgrading(link, home)
    websocket.data_received(masked("2probe"))
    link.put(event("held"))
    assert await poll(link) == ["6"]
    pipe.client_hangs_up()
    assert names(await poll(link)) == ["held"]


async def test_a_websocket_that_brings_no_word_in_time_is_given_up_and_polls_go_on() -> None:
    wheel = HandTurned()
    home = engine(Witness(), wheel=wheel)
    link = polling(home)
    websocket, pipe = upgrading(link, home)
    websocket.data_received(masked("2probe"))
    link.put(event("held"))
    wheel.turn(home.limits.upgrade_timeout_s)
    await pipe.aborted.wait()
    await a_turn()
    assert names(await poll(link)) == ["held"]


async def test_events_are_held_from_polls_only_when_the_probe_has_come() -> None:
    home = engine(Witness())
    link = polling(home)
    websocket, pipe = upgrading(link, home)
    link.put(event("before"))
    assert names(await poll(link)) == ["before"]
    waiting = waiting_poll(link)
    await a_turn()
    link.put(event("still before"))
    await a_turn()
    assert names(await waiting) == ["still before"]
    waiting = waiting_poll(link)
    await a_turn()
    websocket.data_received(masked("2probe"))
    assert await waiting == ["6"], "the client is to say the word"
    link.put(event("after"))
    assert await poll(link) == ["6"]
    websocket.data_received(masked("5"))
    pipe.client_reads()
    assert packets(pipe.taken) == ["3probe", "42after"]


async def test_of_two_upgrades_at_a_time_only_the_first_may_change_over() -> None:
    home = engine(Witness())
    link = polling(home)
    first, first_pipe = upgrading(link, home)
    second, second_pipe = upgrading(link, home)
    for text in ("2probe", "5"):
        second.data_received(masked(text))
    assert link.transport_name == "polling"
    second_pipe.client_reads()
    assert packets(second_pipe.taken) == []
    for text in ("2probe", "5"):
        first.data_received(masked(text))
    assert link.transport_name == "websocket"
    link.put(event("hello"))
    first_pipe.client_reads()
    assert packets(first_pipe.taken) == ["3probe", "42hello"]


async def test_the_end_of_a_second_upgrade_lets_no_polls_go() -> None:
    home = engine(Witness())
    link = polling(home)
    first, first_pipe = upgrading(link, home)
    _, second_pipe = upgrading(link, home)
    first.data_received(masked("2probe"))
    link.put(event("held"))
    second_pipe.client_hangs_up()
    assert await poll(link) == ["6"]
    _, third_pipe = upgrading(link, home)
    assert third_pipe.get_write_buffer_size(), "it was said goodbye, for the first is still there"
    first.data_received(masked("5"))
    first_pipe.client_reads()
    assert packets(first_pipe.taken) == ["3probe", "42held"]
