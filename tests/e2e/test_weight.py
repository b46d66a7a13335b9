"""How much a phone has to load, as a real browser counts it."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, Page, expect

from tests.e2e.conftest import PHONE
from tests.node.processes import Server

pytestmark = [pytest.mark.timeout(60), pytest.mark.asyncio(loop_scope="session")]

KB = 1024
FIRST_LOAD = 40 * KB
"""Up to a page on which a PIN can be typed."""
WHOLE_GAME = {"br": 60 * KB, "gzip": 70 * KB}
"""All that a game takes besides, which is loaded while the PIN is typed."""

_LOADED = """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
    .filter((file) => !/\\.(svg|png|webmanifest)$/.test(file.name))
    .map((file) => ({ name: file.name, bytes: file.encodedBodySize, plain: file.decodedBodySize }))"""


@pytest.mark.parametrize("encoding", ["br", "gzip"])
@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
async def test_a_phone_loads_little_before_a_pin_can_be_typed_and_not_much_for_a_whole_game(
    browser: Browser, server: Server, language: str, encoding: str
) -> None:
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
    async with page.expect_response(lambda response: "/assets/PlayPage-" in response.url):
        await page.locator("#pin").focus()
    await page.wait_for_load_state("networkidle")
    whole = await _bytes(page)
    await context.close()
    assert first <= FIRST_LOAD
    assert first < whole <= WHOLE_GAME[encoding]


async def _bytes(page: Page) -> int:
    """Pages, scripts and style sheets as they travelled, without their headers."""
    files = await page.evaluate(_LOADED)
    for file in files:
        assert 0 < file["bytes"] <= file["plain"], file
    assert sum(file["plain"] for file in files) > 1.5 * sum(file["bytes"] for file in files), "nothing was packed"
    return sum(int(file["bytes"]) for file in files)
