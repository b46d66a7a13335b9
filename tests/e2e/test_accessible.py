"""No page keeps anybody out: WCAG 2.2 AA by axe-core in every light, 320 px wide, without motion, and by ear."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.answering import ALL_TYPES, TYPES, button, touch_right
from tests.e2e.backstage import LONG_S, Backstage
from tests.e2e.barriers import Barriers
from tests.e2e.browsing import LAPTOP, PHONE, PROJECTOR, Visit
from tests.e2e.evening import in_phase, join, main, press, sign_in
from tests.node.quizzes import CHOICE, NUMERIC, ORDER, quiz

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

SOME_TYPES = quiz(*({**question, "time_limit": LONG_S} for question in (CHOICE, NUMERIC, ORDER)))
"""For pages that do not answer: choices with a chart, one right value, and a list."""
LISTEN = """
  const regions = "[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]";
  const last = new WeakMap();
  globalThis.heard = [];
  new MutationObserver(() => {
    for (const region of document.querySelectorAll(regions)) {
      const text = region.textContent.replace(/\\s+/g, " ").trim();
      if (text !== (last.get(region) ?? "")) heard.push(text);
      last.set(region, text);
    }
  }).observe(document, { subtree: true, childList: true, characterData: true });
"""
"""Keeps what a screen reader is given to say: every new text of a live region."""


async def test_joining_being_removed_and_a_seat_that_is_gone(visit: Visit, backstage: Backstage) -> None:
    barriers = Barriers()
    game = await backstage.game(ALL_TYPES)
    phone = await visit("/", PHONE)
    await barriers.look(phone, "PIN form")
    await phone.get_by_role("button", name="Settings").tap()
    await expect(phone.get_by_role("dialog")).to_be_visible()
    await barriers.look(phone, "settings")
    await phone.get_by_role("radio", name="Dark").tap()
    await phone.get_by_role("radio", name="Stronger").tap()
    await barriers.look(phone, "settings, dark and stronger by choice")
    await phone.get_by_role("radio", name="As on this device").tap()
    await phone.get_by_role("radio", name="Normal").tap()
    await phone.keyboard.press("Escape")
    await expect(phone.get_by_role("dialog")).not_to_be_visible()
    await phone.get_by_label("Game PIN").fill("12")
    await phone.get_by_role("button", name="Next").tap()
    await expect(phone.get_by_role("alert").filter(has_text="A PIN has seven digits.")).to_be_visible()
    await barriers.look(phone, "PIN form with a problem")
    await phone.get_by_label("Game PIN").fill(game.pin)
    await phone.get_by_role("button", name="Next").tap()
    await expect(main(phone).get_by_role("heading", level=1)).to_be_focused()
    await barriers.look(phone, "nickname form")
    await phone.get_by_role("button", name="Join", exact=True).tap()
    await expect(phone.get_by_role("alert").filter(has_text="Please choose a nickname.")).to_be_visible()
    await barriers.look(phone, "nickname form with a problem")
    await phone.get_by_label("Nickname").fill("Rude")
    await phone.get_by_role("button", name="Join", exact=True).tap()
    await in_phase("lobby", phone)
    (seated,) = await game.standings()
    await game.leader.does("kick", player_id=seated["player_id"])
    await in_phase("kicked", phone)
    await barriers.look(phone, "removed")
    gone = await join(visit, game.pin, "Ada", by_link=True)
    await gone.evaluate(f"""() => {{
      const key = "quiz.seat.{game.pin}";
      localStorage.setItem(key, JSON.stringify({{ ...JSON.parse(localStorage.getItem(key)), token: "x" }}));
    }}""")
    await gone.reload()
    await in_phase("gone", gone)
    await barriers.look(gone, "seat gone")
    assert not barriers.found


async def test_playing_each_type_to_each_verdict(visit: Visit, backstage: Backstage) -> None:
    barriers = Barriers()
    game = await backstage.game(ALL_TYPES)
    right = await join(visit, game.pin, "Ada", by_link=True)
    other = await join(visit, game.pin, "Bert", by_link=True)
    await barriers.look(right, "lobby")
    await game.does("start")
    for number, kind in enumerate(TYPES, start=1):
        await in_phase("question", right, other)
        await expect(heading(right)).to_be_focused()
        await barriers.look(right, f"question, {kind}")
        await touch_right(right, kind)
        await answer_otherwise(other, kind)
        await expect(main(right).locator("[data-delivery]")).to_contain_text("Saved")
        await barriers.look(right, f"answered, {kind}")
        await game.does("close")
        for phone in (right, other):
            await in_phase("reveal", phone)
            await expect(heading(phone)).to_be_focused()
            await barriers.look(phone, f"reveal, {await verdict(phone)}, {kind}")
        if kind == "numeric":
            await game.leader.does("void", question=number)
            await expect(heading(right)).to_have_text("This question does not count")
            await barriers.look(right, "reveal, voided")
        await game.does("next")
        await in_phase("standings", right)
        await expect(heading(right)).to_be_focused()
        if number == 1:
            await barriers.look(right, "standings")
        await game.does("next")
    await in_phase("finished", right, other)
    for phone in (right, other):
        await expect(heading(phone)).to_be_focused()
        await barriers.look(phone, "finished")
    assert not barriers.found


async def test_the_big_screen(visit: Visit, backstage: Backstage) -> None:
    barriers = Barriers()
    game = await backstage.game(SOME_TYPES)
    await barriers.look(await visit("/screen", PROJECTOR), "screen without a pass")
    screen = await visit(game.screen_path, PROJECTOR)
    ada, *_ = await game.seat("Ada", "Bert", "Cleo", "Dora")
    await expect(screen.get_by_text("Dora")).to_be_visible()
    await barriers.look(screen, "screen, lobby")
    await game.does("start")
    for number, kind in enumerate(("choice", "numeric", "order"), start=1):
        await in_phase("question", screen)
        await barriers.look(screen, f"screen, question, {kind}")
        if number == 1:
            await ada.answer(1, [1])
        await game.does("close")
        await in_phase("reveal", screen)
        await barriers.look(screen, f"screen, reveal, {kind}")
        await game.does("next")
        await in_phase("standings", screen)
        if number == 1:
            await barriers.look(screen, "screen, standings")
        await game.does("next")
    await in_phase("finished", screen)
    await barriers.look(screen, "screen, finished")
    assert not barriers.found


async def test_hosting(visit: Visit, backstage: Backstage) -> None:
    barriers = Barriers()
    game = await backstage.game(SOME_TYPES)
    await barriers.look(await visit("/host", LAPTOP), "sign-in")
    host = await sign_in(visit)
    await barriers.look(host, "desk")
    await host.goto(f"/host/game/{game.session}")
    await in_phase("lobby", host)
    ada, *_ = await game.seat("Ada", "Bert", "Cleo", "Dora")
    await expect(main(host).get_by_text("Dora").first).to_be_visible()
    await barriers.look(host, "console, lobby")
    await press(host, "Manage players")
    await expect(host.get_by_role("dialog").get_by_text("Dora")).to_be_visible()
    await barriers.look(host, "console, players")
    await host.keyboard.press("Escape")
    await press(host, "Start")
    for number, kind in enumerate(("choice", "numeric", "order"), start=1):
        await in_phase("question", host)
        await barriers.look(host, f"console, question, {kind}")
        if number == 1:
            await ada.answer(1, [1])
        await press(host, "Close question")
        await in_phase("reveal", host)
        await barriers.look(host, f"console, reveal, {kind}")
        if number == 1:
            for name in ("Void question 1", "End game"):
                await press(host, name)
                await expect(host.get_by_role("dialog")).to_be_visible()
                await barriers.look(host, f"console, dialog, {name}")
                await host.keyboard.press("Escape")
                await expect(host.get_by_role("dialog")).not_to_be_visible()
        await press(host, "Show standings")
        await in_phase("standings", host)
        if number == 1:
            await barriers.look(host, "console, standings")
        await press(host, "Finish" if kind == "order" else "Next question")
    await in_phase("finished", host)
    await barriers.look(host, "console, finished")
    await host.goto(f"/host/report/{game.session}")
    await expect(main(host).get_by_text("Which is even?").first).to_be_visible()
    await barriers.look(host, "report")
    assert not barriers.found


async def test_countdown_saved_and_results_are_told_by_live_regions(visit: Visit, backstage: Backstage) -> None:
    game = await backstage.game(quiz({**CHOICE, "time_limit": 5}, CHOICE))
    phone = await visit("/", PHONE)
    await phone.add_init_script(LISTEN)
    await phone.goto(f"/{game.pin}")
    await phone.get_by_label("Nickname").fill("Ada")
    await phone.get_by_role("button", name="Join", exact=True).tap()
    await in_phase("lobby", phone)
    await game.does("start")
    await in_phase("reveal", phone)
    await hears(phone, "^5 seconds left$")
    await hears(phone, "^No answer.* 0 points")
    await game.does("next", "next")
    await button(phone, "Two").tap()
    await hears(phone, "^Saved")
    await game.does("close")
    await hears(phone, r"^Correct!.* 1,?000 points.* 1 of 1")


async def answer_otherwise(phone: Page, kind: str) -> None:
    """Not all right, or not at all."""
    match kind:
        case "choice":
            await button(phone, "One").tap()
        case "multiple":
            await button(phone, "a").tap()
            await button(phone, "Send answer").tap()
        case "text":
            await phone.get_by_label("Your answer").fill("Oslo")
            await button(phone, "Send answer").tap()
        case _:
            return
    await expect(main(phone).locator("[data-delivery]")).to_contain_text("Saved")


async def hears(page: Page, words: str) -> None:
    """Wait until a live region has said so."""
    await page.wait_for_function(
        "words => heard.some(said => new RegExp(words).test(said))", arg=re.compile(words).pattern
    )


async def verdict(phone: Page) -> str:
    shown = phone.locator("[data-verdict]")
    await expect(shown).not_to_have_attribute("data-verdict", "waiting")
    return await shown.get_attribute("data-verdict") or ""


def heading(page: Page) -> Locator:
    return main(page).get_by_role("heading", level=1)
