"""Phones without a network, with a lost ack, asleep, closed, and before a server that is away."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Locator, Page, WebSocket, expect

from tests.e2e.backstage import LONG_S, Backstage
from tests.e2e.browsing import PHONE, Visit
from tests.e2e.evening import in_phase, join, main
from tests.e2e.stored import stored_answers
from tests.e2e.wire import Wire, tap
from tests.node.processes import Server
from tests.node.quizzes import CHOICE, TEXT, quiz

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="session")]

BACK_MS = 40_000
"""How long a page may take to come back after a long outage, which makes it wait longer between its tries."""
TRIES = 5
"""So many times in vain make an outage of ten to twenty seconds."""
CHOICES = quiz({**CHOICE, "time_limit": LONG_S}, {**CHOICE, "text": "And which now?", "time_limit": LONG_S})
TYPED = quiz({**TEXT, "time_limit": LONG_S})


async def test_saved_is_said_only_after_the_ack_and_the_ack_comes_only_after_the_row(
    visit: Visit, backstage: Backstage, server: Server
) -> None:
    game = await backstage.game(CHOICES)
    phone, wire = await join_tapped(visit, game.pin)
    await game.does("start")
    wire.answers.close()
    wire.acks.close()
    await phone.get_by_role("button", name="Two").tap()
    await wire.answers.came.wait()
    await expect(note(phone)).to_contain_text("Sending…")
    assert not stored_answers(server, game.session)

    wire.answers.open()
    await wire.acks.came.wait()
    assert [row.answer for row in stored_answers(server, game.session)] == [[1]]
    await expect(note(phone)).to_contain_text("Sending…")
    await expect(note(phone)).not_to_contain_text("Saved")

    wire.acks.open()
    await expect(note(phone)).to_contain_text("Saved")


async def test_an_answer_that_was_lost_and_whose_ack_was_lost_goes_out_again_under_its_id_and_is_stored_once(
    visit: Visit, backstage: Backstage, server: Server
) -> None:
    game = await backstage.game(CHOICES)
    phone, wire = await join_tapped(visit, game.pin)
    await game.does("start")
    wire.answers.lose_next()
    wire.acks.lose_next()
    await phone.get_by_role("button", name="Two").tap()
    await wire.answers.came.wait()
    await wire.cut()
    await wire.acks.came.wait()
    await expect(note(phone)).to_contain_text("Still sending. We keep trying, leave this page open.")
    assert len(stored_answers(server, game.session)) == 1
    await expect(note(phone)).to_contain_text("Saved")
    assert len(wire.submissions) == 3
    assert {row.submission for row in stored_answers(server, game.session)} == set(wire.submissions)


async def test_an_answer_given_without_a_network_outlives_a_reload_without_one(
    visit: Visit, backstage: Backstage, server: Server
) -> None:
    game = await backstage.game(CHOICES)
    phone = await join(visit, game.pin, "Ada", by_link=True)
    await phone.wait_for_function("() => navigator.serviceWorker.controller !== null")
    await game.does("start")
    await answer_offline(phone)
    await phone.reload()
    await in_phase("connecting", phone)
    await expect(phone.get_by_text("No network")).to_be_visible()
    assert not stored_answers(server, game.session)
    await phone.context.set_offline(False)
    await expect(note(phone)).to_contain_text("Saved")
    assert [(row.player, row.answer) for row in stored_answers(server, game.session)] == [("Ada", [1])]


async def test_an_answer_given_without_a_network_outlives_the_tab(
    visit: Visit, backstage: Backstage, server: Server
) -> None:
    game = await backstage.game(CHOICES)
    phone = await join(visit, game.pin, "Ada", by_link=True)
    await game.does("start")
    await answer_offline(phone)
    await phone.close()
    await phone.context.set_offline(False)
    reopened = await phone.context.new_page()
    await reopened.goto("/")
    await expect(note(reopened)).to_contain_text("Saved")
    await expect(reopened.get_by_role("button", name="Two")).to_have_attribute("aria-pressed", "true")
    assert [(row.player, row.answer) for row in stored_answers(server, game.session)] == [("Ada", [1])]


async def test_a_phone_whose_network_comes_back_goes_on_by_itself(
    visit: Visit, backstage: Backstage, server: Server
) -> None:
    game = await backstage.game(CHOICES)
    phone = await join(visit, game.pin, "Ada", by_link=True)
    await game.does("start")
    await answer_offline(phone)
    assert not stored_answers(server, game.session)
    await phone.context.set_offline(False)
    await expect(note(phone)).to_contain_text("Saved")
    assert len(stored_answers(server, game.session)) == 1


async def test_a_phone_that_slept_through_a_restart_of_the_server_wakes_up_where_the_game_is(
    visit: Visit, backstage: Backstage, server: Server
) -> None:
    game = await backstage.game(CHOICES)
    phone = await join(visit, game.pin, "Ada", by_link=True)
    await game.does("start")
    await phone.get_by_role("button", name="Two").tap()
    await expect(note(phone)).to_contain_text("Saved")
    devtools = await phone.context.new_cdp_session(phone)
    await devtools.send("Page.setWebLifecycleState", {"state": "frozen"})
    await server.kill()
    await server.start()
    await game.open()
    await game.does("close", "next", "next")
    await devtools.send("Page.setWebLifecycleState", {"state": "active"})
    await expect(phone.get_by_text("And which now?")).to_be_visible(timeout=BACK_MS)
    await phone.get_by_role("button", name="Three").tap()
    await expect(note(phone)).to_contain_text("Saved")
    assert [row.answer for row in stored_answers(server, game.session)] == [[1], [2]]


async def test_a_long_outage_is_explained_and_nothing_typed_is_lost(
    visit: Visit, backstage: Backstage, server: Server
) -> None:
    game = await backstage.game(TYPED)
    sent = await join(visit, game.pin, "Ada", by_link=True)
    unsent = await join(visit, game.pin, "Bert", by_link=True)
    await game.does("start")
    for phone in (sent, unsent):
        await phone.get_by_label("Your answer").fill("Reykjavík")
    outage = lasting(sent, TRIES)
    await server.kill()
    await sent.get_by_role("button", name="Send answer").tap()
    for phone in (sent, unsent):
        await expect(phone.get_by_text("Reconnecting…")).to_be_visible()
    await expect(note(sent)).to_contain_text("Still sending. We keep trying, leave this page open.")
    await outage.wait()
    await expect(note(sent)).to_contain_text("Still sending. We keep trying, leave this page open.")
    await expect(sent.get_by_label("Your answer")).to_have_value("Reykjavík")
    await server.start()
    await expect(note(sent)).to_contain_text("Saved", timeout=BACK_MS)
    await expect(unsent.get_by_text("Connected")).to_be_visible(timeout=BACK_MS)
    await expect(unsent.get_by_label("Your answer")).to_have_value("Reykjavík")
    await unsent.reload()
    await expect(unsent.get_by_label("Your answer")).to_have_value("Reykjavík")
    await unsent.get_by_role("button", name="Send answer").tap()
    await expect(note(unsent)).to_contain_text("Saved")
    stored = [(row.player, row.answer) for row in stored_answers(server, game.session)]
    assert stored == [("Ada", "Reykjavík"), ("Bert", "Reykjavík")]


async def join_tapped(visit: Visit, pin: str) -> tuple[Page, Wire]:
    """A phone that joins, and its wire."""
    phone = await visit("/", PHONE)
    wire = await tap(phone)
    await phone.goto(f"/{pin}")
    await phone.get_by_label("Nickname").fill("Ada")
    await phone.get_by_role("button", name="Join", exact=True).tap()
    await in_phase("lobby", phone)
    return phone, wire


async def answer_offline(phone: Page) -> None:
    """Answer after the network has gone."""
    await in_phase("question", phone)
    await phone.context.set_offline(True)
    await expect(phone.get_by_text("No network")).to_be_visible()
    await phone.get_by_role("button", name="Two").tap()
    await expect(note(phone)).to_contain_text("Sending…")


def lasting(page: Page, tries: int) -> asyncio.Event:
    """Set once the page has tried in vain so many times from now on to come back."""
    over = asyncio.Event()
    failed = 0

    def count(_: object) -> None:
        nonlocal failed
        failed += 1
        if failed >= tries:
            over.set()

    def opened(socket: WebSocket) -> None:
        socket.on("close", count)

    page.on("websocket", opened)
    return over


def note(phone: Page) -> Locator:
    return main(phone).locator("[data-delivery]")
