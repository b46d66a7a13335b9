"""A quiz night on real pages: a host at a laptop, a projector, phones."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import LAPTOP, Visit
from tests.e2e.evening import in_phase, join, main, open_lobby, open_screen, press, sign_in
from tests.node.processes import Server

pytestmark = [pytest.mark.timeout(150), pytest.mark.asyncio(loop_scope="session")]


async def test_one_phone_answers_right_and_one_wrong_and_everyone_sees_reveal_standings_and_podium(
    visit: Visit,
) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    screen = await open_screen(host)
    right = await join(visit, pin, "Ada", by_link=True)
    wrong = await join(visit, pin, "Bert", by_link=False)
    for name in ("Ada", "Bert"):
        await expect(screen.get_by_text(name)).to_be_visible()
    await press(host, "Start")
    await in_phase("question", host, screen, right, wrong)
    for page in (right, wrong, screen):
        await expect(page.get_by_text("Which of these planets has the shortest day?")).to_be_visible()
    await right.get_by_role("button", name="Jupiter").tap()
    await wrong.get_by_role("button", name="Mars").tap()
    for phone in (right, wrong):
        await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()
    await expect(host.get_by_text("Everyone has answered")).to_be_visible()
    await expect(screen.get_by_text("2 of 2 answered")).to_be_visible()
    await press(host, "Close question")
    await in_phase("reveal", host, screen, right, wrong)
    await expect(right.get_by_role("heading", name="Correct!")).to_be_visible()
    await expect(wrong.get_by_role("heading", name="Not this time")).to_be_visible()
    for page in (right, wrong):
        await expect(page.get_by_text("Jupiter turns once in a little under ten hours.")).to_be_visible()
    await press(host, "Show standings")
    await in_phase("standings", host, screen, right, wrong)
    await expect(right.get_by_text("You are 1 of 2")).to_be_visible()
    await expect(wrong.get_by_text("You are 2 of 2")).to_be_visible()
    await press(host, "End game")
    await host.get_by_role("button", name="End now").click()
    await in_phase("finished", host, screen, right, wrong)
    await expect(screen.get_by_text("Ada").first).to_be_visible()
    await expect(right.get_by_text("You won!")).to_be_visible()
    await expect(wrong.get_by_text("Your place: 2 of 2")).to_be_visible()


async def test_all_types_of_question_are_played_on_a_phone_to_the_end(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    phone = await join(visit, pin, "Ada", by_link=True)
    await press(host, "Start")
    for number in range(1, 7):
        await in_phase("question", phone, host)
        await answer(phone, number)
        await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()
        await press(host, "Close question")
        await in_phase("reveal", phone)
        verdict = "Thanks for your vote" if number == 3 else "Correct!"
        await expect(phone.get_by_role("heading", name=verdict)).to_be_visible()
        await press(host, "Show standings")
        await in_phase("standings", phone)
        await press(host, "Finish" if number == 6 else "Next question")
    await in_phase("finished", phone, host)
    await expect(phone.get_by_text("You won!")).to_be_visible()
    for name in ("XLSX", "CSV", "JSON"):
        async with host.expect_download() as saving:
            await host.get_by_role("button", name=f"Download {name}").click()
        assert (await (await saving.value).path()).stat().st_size > 100


async def answer(phone: Page, number: int) -> None:
    """The right answer to a question of the quiz that every first start brings."""
    match number:
        case 1:
            await phone.get_by_role("button", name="Jupiter").tap()
        case 2:
            await phone.get_by_role("button", name="53").tap()
            await phone.get_by_role("button", name="59").tap()
            await phone.get_by_role("button", name="Send answer").tap()
        case 3:
            await phone.get_by_role("button", name="Water").tap()
        case 4:
            await phone.get_by_label("Your number").fill("1970")
            await phone.get_by_role("button", name="Send answer").tap()
        case 5:
            await phone.get_by_label("Your answer").fill("  REYKJAVIK ")
            await phone.get_by_role("button", name="Send answer").tap()
        case _:
            await put_in_order(phone, ["Hydrogen atom", "Red blood cell", "Grain of rice", "Tennis ball", "Bicycle"])
            await phone.get_by_role("button", name="Send answer").tap()


async def put_in_order(phone: Page, items: list[str]) -> None:
    """Move every item up to its place with the buttons."""
    for place, item in enumerate(items):
        while True:
            shown = [text.strip() for text in await phone.locator("main li").all_inner_texts()]
            at = next(index for index, text in enumerate(shown) if item in text)
            if at <= place:
                break
            await phone.get_by_role("button", name=f"Move up: {item}").tap()


async def test_a_reload_brings_player_host_and_screen_back_without_a_question_asked(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    screen = await open_screen(host)
    phone = await join(visit, pin, "Ada", by_link=True)
    for page in (phone, host, screen):
        await page.reload()
    await in_phase("lobby", phone, host, screen)
    await press(host, "Start")
    await phone.get_by_role("button", name="Jupiter").tap()
    await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()
    for page in (phone, host, screen):
        await page.reload()
    await in_phase("question", phone, host, screen)
    await expect(phone.get_by_role("button", name="Jupiter")).to_have_attribute("aria-pressed", "true")
    await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()
    await press(host, "Close question")
    await in_phase("reveal", phone, host, screen)
    for page in (phone, host, screen):
        await page.reload()
    await in_phase("reveal", phone, host, screen)
    await expect(phone.get_by_role("heading", name="Correct!")).to_be_visible()


async def test_an_answer_given_while_the_server_is_away_is_saved_when_it_is_back(visit: Visit, server: Server) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    phone = await join(visit, pin, "Ada", by_link=True)
    await press(host, "Start")
    await in_phase("question", phone, host)
    for _ in range(3):
        await press(host, "+10 s more time")
    await expect(host.get_by_role("timer")).to_have_text(re.compile("4[0-9]|50"))
    await server.kill()
    await phone.get_by_role("button", name="Jupiter").tap()
    await expect(phone.get_by_text("Sending", exact=False).first).to_be_visible()
    await expect(phone.get_by_text("Saved", exact=True)).not_to_be_visible()
    await server.start()
    await expect(phone.get_by_text("Saved", exact=True)).to_be_visible(timeout=30_000)
    await expect(host.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
    await press(host, "Close question")
    await expect(phone.get_by_role("heading", name="Correct!")).to_be_visible()


async def test_a_wrong_pin_a_taken_name_and_a_locked_door_are_explained(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    lost = await visit("/1000000", LAPTOP)
    await expect(lost.get_by_text("There is no game with this PIN.")).to_be_visible()
    await join(visit, pin, "Ada", by_link=True)
    twin = await visit(f"/{pin}", LAPTOP)
    await twin.get_by_label("Nickname").fill("ADA")
    await twin.get_by_role("button", name="Join", exact=True).click()
    await expect(twin.get_by_text("already has this name")).to_be_visible()
    await host.get_by_role("button", name="Lock game").click()
    await expect(host.get_by_role("button", name="Unlock game")).to_be_visible()
    await twin.get_by_label("Nickname").fill("Bert")
    await twin.get_by_role("button", name="Join", exact=True).click()
    await expect(twin.get_by_text("The host has locked this game. Nobody can join right now.")).to_be_visible()
    await expect(main(twin)).to_have_attribute("data-phase", "join")


async def test_a_removed_player_is_told_and_leaves_the_screen(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    screen = await open_screen(host)
    rude = await join(visit, pin, "Rude", by_link=True)
    await expect(screen.get_by_text("Rude")).to_be_visible()
    await host.get_by_role("button", name="Manage players").click()
    await host.get_by_role("button", name="Remove Rude").click()
    await host.get_by_role("button", name="Really remove Rude?").click()
    await expect(rude.get_by_role("heading", name="You were removed")).to_be_visible()
    await expect(screen.get_by_text("Rude")).not_to_be_visible()


async def test_a_host_takes_the_game_over_on_another_device_between_two_questions(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    phone = await join(visit, pin, "Ada", by_link=True)
    await press(host, "Start")
    await phone.get_by_role("button", name="Jupiter").tap()
    await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()
    await press(host, "Close question")
    await press(host, "Show standings")
    other = await sign_in(visit)
    await other.get_by_role("button", name=re.compile(f"Open game {pin[:3]} ?{pin[3:]}")).click()
    await in_phase("standings", other)
    await expect(other.get_by_role("button", name="Void question 1")).to_be_visible()
    await press(other, "Next question")
    await in_phase("question", phone, host, other)
