"""What a quiz master does in the editor, by what can be read there."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.evening import main, press

FURTHEST = 150
"""So many presses of Tab go once around the editor."""


async def write_new(host: Page, title: str) -> None:
    """From the desk to a new quiz under that title, saved."""
    await press(host, "+ New quiz")
    await expect(main(host)).to_have_attribute("data-phase", "editor")
    await host.get_by_label("Title").fill(title)
    await saved(host)


async def open_editor(host: Page, title: str) -> None:
    """From the desk to the quiz of that title."""
    await press(host, f"Edit {title}")
    await expect(main(host)).to_have_attribute("data-phase", "editor")


def state(host: Page) -> Locator:
    """How far the quiz is saved."""
    return host.locator("[data-save]")


async def saved(host: Page) -> None:
    """Wait until the service has all of it."""
    await expect(state(host)).to_have_text("Saved")


def question(host: Page) -> Locator:
    """The text of the question."""
    return host.get_by_label("Question", exact=True)


def outline(host: Page) -> Locator:
    """The lines of the outline, rounds and questions."""
    return host.get_by_role("list", name="Rounds and questions").get_by_role("button")


async def outlined(host: Page, *texts: str) -> None:
    """Wait until the outline has these lines and no others, numbers aside."""
    await expect(outline(host)).to_have_text([re.compile(rf"^\d*\s*{re.escape(text)}") for text in texts])


async def tab_to(host: Page, wanted: Locator) -> None:
    """Go on to something with the Tab key alone."""
    for _ in range(FURTHEST):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await host.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {wanted}")


async def tab_and_press(host: Page, name: str) -> None:
    """Press a button by keyboard."""
    await tab_to(host, host.get_by_role("button", name=name, exact=True))
    await host.keyboard.press("Enter")


async def type_lines(host: Page, first: str, *lines: str) -> None:
    """Write lines one after another, going on with Enter."""
    await tab_to(host, host.get_by_label(first, exact=True))
    for number, line in enumerate(lines):
        if number:
            await host.keyboard.press("Enter")
        await host.keyboard.insert_text(line)
