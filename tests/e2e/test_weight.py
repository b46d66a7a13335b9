"""How much a phone has to load, as a real browser counts it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.backstage import Backstage
from tests.e2e.conftest import PHONE
from tests.e2e.evening import in_phase
from tests.node.processes import Server
from tests.node.quizzes import FIVE_TYPES

pytestmark = [pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="session")]

KB = 1024
FIRST_LOAD = 40 * KB
"""Up to a page on which a PIN can be typed."""
WHOLE_GAME = {"br": 64 * KB, "gzip": 72 * KB}
"""With all that a game takes besides, which is loaded while the PIN is typed."""

_LOADED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter((file) => file.entryType === "navigation" || /\\/assets\\//.test(file.name))
    .map((file) => ({ name: file.name, bytes: file.encodedBodySize, plain: file.decodedBodySize }))"""


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ar"])
async def test_a_phone_loads_little_before_a_pin_can_be_typed_and_not_much_for_a_whole_game(
    browser: Browser, server: Server, backstage: Backstage, language: str, encoding: str
) -> None:
    game = await backstage.game(FIVE_TYPES)
    context = await browser.new_context(
        base_url=server.url,
        viewport=PHONE,
        locale=language,
        extra_http_headers={"Accept-Encoding": encoding},
        service_workers="block",
    )
    page = await context.new_page()
    await page.goto("/", wait_until="networkidle")
    await expect(page.locator("#pin")).to_be_visible()
    assert await page.evaluate("document.documentElement.lang") == language
    first = await _bytes(page)
    await page.locator("#pin").fill(game.pin)
    await page.keyboard.press("Enter")
    await page.locator("#nickname").fill("Ada")
    await page.keyboard.press("Enter")
    await in_phase("lobby", page)
    await game.does("start")
    await in_phase("question", page)
    whole = await _bytes(page)
    await context.close()
    assert first <= FIRST_LOAD
    assert first < whole <= WHOLE_GAME[encoding]


async def _bytes(page: Page) -> int:
    """The page, scripts and style sheets as they travelled, without their headers."""
    files = await page.evaluate(_LOADED)
    for file in files:
        assert 0 < file["bytes"] <= file["plain"], file
    assert sum(file["plain"] for file in files) > 1.5 * sum(file["bytes"] for file in files), "nothing was packed"
    return sum(int(file["bytes"]) for file in files)
