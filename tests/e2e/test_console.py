"""A host's console: run by keys and remotes, from two devices, with mistakes and a server that goes away."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.conftest import PHONE, Visit
from tests.e2e.evening import in_phase, join, open_lobby, press, sign_in
from tests.node.processes import Server

pytestmark = [pytest.mark.timeout(150), pytest.mark.asyncio(loop_scope="session")]


async def test_a_presenters_remote_runs_the_game_and_a_double_press_skips_nothing(visit: Visit) -> None:
    host = await sign_in(visit)
    await open_lobby(host)
    await ready(host, "Start")
    await host.keyboard.press("PageDown")
    await host.keyboard.press("PageDown")
    await in_phase("question", host)
    await ready(host, "Close question")
    await in_phase("question", host)
    await host.keyboard.press("ArrowRight")
    await in_phase("reveal", host)
    await ready(host, "Show standings")
    await host.keyboard.press("Space")
    await in_phase("standings", host)
    await ready(host, "Next question")
    await host.keyboard.press("Enter")
    await expect(host.get_by_role("heading", name="Question 2 of 6")).to_be_visible()


async def test_keys_that_somebody_types_or_that_a_dialog_wants_do_not_run_the_game(visit: Visit) -> None:
    host = await sign_in(visit)
    await open_lobby(host)
    await host.get_by_role("button", name="Manage players").click()
    await ready(host, "Start")
    await host.get_by_label("Find by name").fill("A")
    for key in ("Space", "Enter", "ArrowRight", "PageDown"):
        await host.keyboard.press(key)
    # The first one empties the field, the second one closes the dialog.
    for key in ("Escape", "Escape", "PageUp", "Control+Enter"):
        await host.keyboard.press(key)
    await expect(host.get_by_role("dialog")).not_to_be_visible()
    await in_phase("lobby", host)
    await expect(next_step(host)).to_have_text("Start")


async def test_the_console_shows_what_the_audience_sees_in_every_phase(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    phone = await join(visit, pin, "Ada", by_link=True)
    audience = host.locator("figure")
    await expect(audience.get_by_text("Ada")).to_be_visible()
    await press(host, "Start")
    await expect(audience.get_by_text("Which of these planets has the shortest day?")).to_be_visible()
    await phone.get_by_role("button", name="Jupiter").tap()
    await expect(audience.get_by_text("1 of 1 answered")).to_be_visible()
    await press(host, "Close question")
    await expect(audience.get_by_text("✓ Correct")).to_be_visible()
    await press(host, "Show standings")
    await expect(audience.get_by_text("Standings")).to_be_visible()
    await press(host, "End game")
    await press(host, "End now")
    await expect(audience.get_by_text("Final result")).to_be_visible()
    await press(host, "Back to your quizzes")
    await expect(host.get_by_role("heading", name="Your quizzes")).to_be_visible()


async def test_a_second_device_says_where_it_came_in_and_a_press_on_the_stale_one_does_nothing(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    await press(host, "Start")
    await in_phase("question", host)
    other = await sign_in(visit)
    await other.get_by_role("button", name=re.compile(f"Open game {pin[:3]} ?{pin[3:]}")).click()
    await expect(other.get_by_text("You are in the middle of your game")).to_be_visible()
    await expect(host.get_by_text("You are in the middle of your game")).not_to_be_visible()
    await hold_back_events(host)
    await press(other, "Close question")
    await in_phase("reveal", other)
    await expect(other.get_by_text("You are in the middle of your game")).not_to_be_visible()
    await press(host, "Close question")
    await expect(host.get_by_text("Nothing was done: the game had already moved on")).to_be_visible()
    await in_phase("reveal", host, other)


async def test_more_time_is_given_in_tens_and_thirties(visit: Visit) -> None:
    host = await sign_in(visit)
    await open_lobby(host)
    await press(host, "Start")
    await press(host, "+30 s more time")
    await press(host, "+10 s more time")
    await expect(host.get_by_role("timer")).to_have_text(re.compile("5[0-9]|60"))


async def test_voiding_an_earlier_question_changes_the_totals_on_phones(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    phone = await join(visit, pin, "Ada", by_link=True)
    await press(host, "Start")
    await phone.get_by_role("button", name="Jupiter").tap()
    await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()
    for name in ("Close question", "Show standings", "Next question"):
        await press(host, name)
    await in_phase("question", phone)
    await press(host, "Close question")
    await press(host, "Show standings")
    await in_phase("standings", phone)
    line = phone.get_by_role("row", name="Ada")
    await expect(line).to_have_text(re.compile("[1-9]"))
    await expect(line).not_to_have_text(re.compile(r"Ada\s*0$"))
    await host.get_by_role("button", name="Void an earlier question").click()
    dialog = host.get_by_role("dialog")
    await expect(dialog.get_by_text("Which of these planets has the shortest day?")).to_be_visible()
    await press_in(dialog, "Void question 1")
    await press_in(dialog, "Really void question 1?")
    await expect(dialog.get_by_role("button", name="Void question 1")).not_to_be_visible()
    await press_in(dialog, "Close")
    await expect(host.get_by_text("Question 1 is void")).to_be_visible()
    await expect(line).to_have_text(re.compile(r"Ada\s*0$"))


async def test_a_host_whose_server_is_away_is_told_what_that_means_and_cannot_press_into_the_void(
    visit: Visit, server: Server
) -> None:
    host = await sign_in(visit)
    await open_lobby(host)
    await press(host, "Start")
    await press(host, "+30 s more time")
    await server.kill()
    await expect(host.get_by_text("The question closes by itself when its time is up")).to_be_visible()
    await expect(next_step(host)).to_have_attribute("aria-disabled", "true")
    await server.start()
    await expect(host.get_by_text("The question closes by itself")).not_to_be_visible(timeout=30_000)
    await expect(next_step(host)).to_have_attribute("aria-disabled", "false")


async def test_on_a_phone_the_next_step_is_always_at_the_bottom_of_the_view(visit: Visit) -> None:
    host = await sign_in(visit)
    await open_lobby(host)
    await host.set_viewport_size(PHONE)
    for name in ("Start", "Close question", "Show standings", "Next question"):
        await ready(host, name)
        await host.evaluate("scrollTo(0, 0)")
        box = await next_step(host).bounding_box()
        assert box is not None
        assert PHONE["height"] - 60 < box["y"] + box["height"] <= PHONE["height"]
        assert await host.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        await press(host, name)


async def hold_back_events(page: Page) -> None:
    """The page hears acks and nothing else, as if its connection were slow, until it is told that it is stale."""
    await page.evaluate(
        """() => {
            let held = true;
            const deliver = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data").get;
            Object.defineProperty(MessageEvent.prototype, "data", {
                get() {
                    const data = deliver.call(this);
                    if (typeof data !== "string") return data;
                    if (data.startsWith("43") && data.includes('"stale"')) held = false;
                    return held && data.startsWith("42[") ? "6" : data;
                },
            });
        }"""
    )


def next_step(host: Page) -> Locator:
    return host.get_by_role("region", name="Next step").locator(".go")


async def ready(host: Page, name: str) -> None:
    """The next step can be taken."""
    await expect(next_step(host)).to_have_text(name)
    await expect(next_step(host)).to_have_attribute("aria-disabled", "false")


async def press_in(dialog: Locator, name: str) -> None:
    await dialog.get_by_role("button", name=name, exact=True).click()
