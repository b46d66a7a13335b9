"""What a player's page keeps: what was typed, settings, and itself when there is no network."""

from __future__ import annotations

import pytest
from playwright.async_api import Route, expect

from tests.e2e.conftest import LAPTOP, PHONE, Visit
from tests.e2e.evening import in_phase, join, main, open_lobby, press, sign_in

pytestmark = [pytest.mark.timeout(90), pytest.mark.asyncio(loop_scope="session")]


async def test_settings_change_the_page_at_once_and_keep_what_was_typed_and_last(visit: Visit) -> None:
    page = await visit("/?lang=fr", PHONE)
    await page.get_by_label("PIN").fill("123")
    await page.get_by_role("button", name="Réglages").tap()
    await page.get_by_label("Langue").select_option("de")
    await page.get_by_label("Dunkel").check()
    await page.get_by_label("Stärker").check()
    await page.get_by_role("button", name="Schließen").tap()
    await expect(page.get_by_label("Spiel-PIN")).to_have_value("123")
    await page.reload()
    await expect(page.get_by_label("Spiel-PIN")).to_be_visible()
    root = page.locator("html")
    await expect(root).to_have_attribute("data-theme", "dark")
    await expect(root).to_have_attribute("data-contrast", "more")
    await expect(page.locator("body")).to_have_css("background-color", "rgb(0, 0, 0)")


async def test_a_suggested_nickname_can_be_taken_and_a_taken_one_is_answered_with_others(visit: Visit) -> None:
    pin = await open_lobby(await sign_in(visit))
    first = await visit(f"/{pin}", PHONE)
    await first.get_by_role("button", name="Suggest a name").tap()
    nickname = first.get_by_label("Nickname")
    await expect(nickname).not_to_have_value("")
    name = await nickname.input_value()
    await first.get_by_role("button", name="Join", exact=True).tap()
    await in_phase("lobby", first)
    twin = await visit(f"/{pin}", PHONE)
    await twin.get_by_label("Nickname").fill(name)
    await twin.get_by_role("button", name="Join", exact=True).tap()
    offers = twin.get_by_role("group", name="How about one of these?").get_by_role("button")
    await expect(offers).to_have_count(3)
    await offers.last.tap()
    await twin.get_by_role("button", name="Join", exact=True).tap()
    await in_phase("lobby", twin)


async def test_keys_answer_and_a_half_written_answer_outlives_a_reload(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    player = await visit(f"/{pin}", LAPTOP)
    await player.get_by_label("Nickname").fill("Ada")
    await player.keyboard.press("Enter")
    await in_phase("lobby", player)
    await press(host, "Start")
    await in_phase("question", player)
    await player.keyboard.press("2")
    await expect(player.get_by_text("Saved", exact=True)).to_be_visible()
    await press(host, "Close question")
    await press(host, "Show standings")
    await press(host, "Next question")
    await in_phase("question", player)
    await player.get_by_role("button", name="53").click()
    await player.reload()
    await expect(player.get_by_role("button", name="53")).to_have_attribute("aria-pressed", "true")
    await player.keyboard.press("4")
    await player.keyboard.press("Enter")
    await expect(player.get_by_text("Saved", exact=True)).to_be_visible()
    await press(host, "Close question")
    await expect(player.get_by_role("heading", name="Correct!")).to_be_visible()


async def test_an_answer_in_one_tab_is_seen_in_the_other_tab_of_that_player(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    one = await join(visit, pin, "Ada", by_link=True)
    other = await one.context.new_page()
    await other.goto("/")
    await press(host, "Start")
    await in_phase("question", one, other)
    await one.get_by_role("button", name="Jupiter").tap()
    await expect(one.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(other.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(other.get_by_role("button", name="Jupiter")).to_have_attribute("aria-pressed", "true")


async def test_a_typed_pin_is_still_known_after_a_reload(visit: Visit) -> None:
    pin = await open_lobby(await sign_in(visit))
    player = await visit("/", PHONE)
    await player.get_by_label("Game PIN").fill(pin)
    await player.get_by_role("button", name="Next").tap()
    await expect(player.get_by_label("Nickname")).to_be_visible()
    await player.reload()
    await expect(player.get_by_label("Nickname")).to_be_visible()


async def test_loaded_again_without_a_network_the_page_says_what_is_safe_and_comes_back_by_itself(visit: Visit) -> None:
    pin = await open_lobby(await sign_in(visit))
    phone = await join(visit, pin, "Ada", by_link=True)
    await phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await phone.context.set_offline(True)
    await phone.reload()
    await expect(phone.get_by_text("Your seat and your score are kept.")).to_be_visible()
    await phone.context.set_offline(False)
    await in_phase("lobby", phone)
    await expect(main(phone).get_by_text("Ada")).to_be_visible()


async def test_a_join_whose_reply_is_lost_can_be_repeated_under_the_same_name(visit: Visit) -> None:
    pin = await open_lobby(await sign_in(visit))
    phone = await visit(f"/{pin}", PHONE)

    async def lose_the_reply(route: Route) -> None:
        await route.fetch()
        await route.abort()

    await phone.route("**/players", lose_the_reply, times=1)
    await phone.get_by_label("Nickname").fill("Ada")
    await phone.get_by_role("button", name="Join", exact=True).tap()
    await expect(phone.get_by_text("The server does not answer.")).to_be_visible()
    await phone.reload()
    await phone.get_by_label("Nickname").fill("Ada")
    await phone.get_by_role("button", name="Join", exact=True).tap()
    await in_phase("lobby", phone)
