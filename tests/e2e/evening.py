"""What people do on the pages, by what they can read there."""

from __future__ import annotations

import re

from playwright.async_api import Locator, Page, expect

from tests.e2e.backstage import PASSWORD
from tests.e2e.browsing import LAPTOP, PHONE, PROJECTOR, Visit


async def sign_in(visit: Visit) -> Page:
    """A host at a laptop, signed in."""
    page = await visit("/host", LAPTOP)
    await page.get_by_label("Username").fill("admin")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Your quizzes")).to_be_visible()
    return page


async def open_lobby(host: Page, title: str = "A first quiz") -> str:
    """Start a quiz; the session's PIN."""
    await host.get_by_role("button", name=f"Start {title}").click()
    await expect(main(host)).to_have_attribute("data-phase", "lobby")
    shown = await host.get_by_text(re.compile(r"^\d{3} ?\d{4}$|^\d{7}$")).first.text_content()
    return re.sub(r"\D", "", shown or "")


async def open_screen(host: Page) -> Page:
    """The big screen, on the projector."""
    async with host.context.expect_page() as opening:
        await host.get_by_role("link", name="Open big screen").click()
    screen = await opening.value
    await screen.set_viewport_size(PROJECTOR)
    await expect(main(screen)).to_have_attribute("data-phase", "lobby")
    return screen


async def join(visit: Visit, pin: str, nickname: str, *, by_link: bool) -> Page:
    """A phone that joins, by link or by typing the PIN."""
    page = await visit(f"/{pin}" if by_link else "/", PHONE)
    if not by_link:
        await page.get_by_label("Game PIN").fill(pin)
        await page.get_by_role("button", name="Next").tap()
    await page.get_by_label("Nickname").fill(nickname)
    await page.get_by_role("button", name="Join", exact=True).tap()
    await expect(main(page)).to_have_attribute("data-phase", "lobby")
    return page


async def press(host: Page, name: str) -> None:
    """The host's next step."""
    await host.get_by_role("button", name=name, exact=True).click()


def main(page: Page) -> Locator:
    """The page's main part; it says the phase."""
    return page.locator("main")


async def in_phase(phase: str, *pages: Page) -> None:
    """Wait until every page is there."""
    for page in pages:
        await expect(main(page)).to_have_attribute("data-phase", phase)
