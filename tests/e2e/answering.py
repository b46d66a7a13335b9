"""Answering each type of question on a page, with fingers or with the keyboard alone."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.backstage import LONG_S
from tests.e2e.evening import main
from tests.node.quizzes import CHOICE, MULTIPLE, NUMERIC, ORDER, POLL, TEXT, quiz

ALL_TYPES = quiz(*({**question, "time_limit": LONG_S} for question in (CHOICE, MULTIPLE, NUMERIC, TEXT, ORDER, POLL)))
"""One question of each type, in the order of the answers below; there is time to look at each."""
TYPES = ("choice", "multiple", "numeric", "text", "order", "poll")
DRAG_STEPS = 8
FURTHEST = 60
"""So many presses of Tab go once around any page."""


async def touch_right(phone: Page, kind: str) -> None:
    """Answer a question of `ALL_TYPES` right, by touch."""
    match kind:
        case "choice":
            await button(phone, "Two").tap()
        case "multiple":
            await button(phone, "a").tap()
            await button(phone, "e").tap()
            await button(phone, "Send answer").tap()
        case "numeric":
            await phone.get_by_label("Your number").tap()
            await phone.keyboard.type("27")
            await button(phone, "Send answer").tap()
        case "text":
            await phone.get_by_label("Your answer").tap()
            await phone.keyboard.type("reykjavik")
            await button(phone, "Send answer").tap()
        case "order":
            for place, item in enumerate(ORDER["items"]):
                await drag(phone, await place_of(phone, item), place)
                await expect(main(phone).locator("li").nth(place)).to_contain_text(item)
            await button(phone, "Send answer").tap()
        case "poll":
            await button(phone, "Gladly").tap()


async def type_right(laptop: Page, kind: str) -> None:
    """Answer a question of `ALL_TYPES` right, by keyboard."""
    match kind:
        case "choice":
            await press_on(button(laptop, "Two"), "Enter")
        case "multiple":
            await press_on(button(laptop, "a"), "Space")
            await press_on(button(laptop, "e"), "Space")
            await press_on(button(laptop, "Send answer"), "Enter")
        case "numeric":
            await type_into(laptop.get_by_label("Your number"), "27")
        case "text":
            await type_into(laptop.get_by_label("Your answer"), "Reykjavík")
        case "order":
            for place, item in enumerate(ORDER["items"]):
                while await place_of(laptop, item) > place:
                    await press_on(button(laptop, f"Move up: {item}"), "Enter")
            await press_on(button(laptop, "Send answer"), "Enter")
        case "poll":
            await press_on(button(laptop, "Gladly"), "Space")


async def press_on(target: Locator, key: str) -> None:
    """Go to something with Tab, and press a key there."""
    await reach(target)
    await target.page.keyboard.press(key)


async def type_into(field: Locator, text: str) -> None:
    """Go to a field with Tab, fill it, and send its form."""
    await reach(field)
    await field.page.keyboard.type(text)
    await field.page.keyboard.press("Enter")


async def reach(target: Locator) -> None:
    """Press Tab until the focus is there."""
    await target.wait_for()
    for _ in range(FURTHEST):
        if await target.evaluate("element => element === document.activeElement"):
            return
        await target.page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not lead to {target}")


async def drag(phone: Page, start: int, end: int) -> None:
    """Take an item by its grip, with a finger, and put it down at another place."""
    lines = main(phone).locator("li")
    await lines.nth(start).scroll_into_view_if_needed()
    grip, goal = await lines.nth(start).locator(".grip").bounding_box(), await lines.nth(end).bounding_box()
    assert grip is not None
    assert goal is not None
    x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
    below = goal["y"] + goal["height"] / 2
    finger = await phone.context.new_cdp_session(phone)
    await finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, DRAG_STEPS + 1):
        point = {"x": x, "y": y + (below - y) * step / DRAG_STEPS}
        await finger.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    await finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    await finger.detach()


async def place_of(page: Page, item: str) -> int:
    """Where an item to be ordered stands now, from 0."""
    shown = await main(page).locator("li").all_inner_texts()
    return next(place for place, text in enumerate(shown) if item in text.split())


def button(page: Page, name: str) -> Locator:
    """A button whose name ends so: choices have their mark before their text."""
    return main(page).get_by_role("button", name=re.compile(rf"(^|\W){re.escape(name)}$"))
