"""A real browser before a real `quiz serve`. Without Chromium the tests are skipped, except where CI must have it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, async_playwright

from tests.node.processes import Server

PASSWORD = "correct horse"
PHONE: ViewportSize = {"width": 360, "height": 740}
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PROJECTOR: ViewportSize = {"width": 1024, "height": 768}

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)

Visit = Callable[..., Awaitable[Page]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("CI has to have Chromium")
        pytest.skip("there is no Chromium on this machine: apt install chromium")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One server for all evenings: each is a session of its own."""
    async with Server(tmp_path_factory.mktemp("e2e"), PASSWORD) as server:
        yield server


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    # Chromium's sandbox does not start as root.
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=[*_QUIET, *root])
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, server: Server) -> AsyncIterator[Visit]:
    """Open a page as somebody new, on a device of a given size. No page may log an error of its own making."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type == "error" and not _expected(message.text):
            errors.append(message.text)

    def listen(page: Page) -> None:
        page.on("console", keep)
        page.on("pageerror", lambda error: errors.append(str(error)))

    async def visit_(path: str, size: ViewportSize, language: str = "en-GB") -> Page:
        touch = size is PHONE
        context = await browser.new_context(
            base_url=server.url, viewport=size, locale=language, has_touch=touch, is_mobile=touch
        )
        contexts.append(context)
        context.on("page", listen)
        context.set_default_timeout(15_000)
        page = await context.new_page()
        await page.goto(path)
        return page

    yield visit_
    for context in contexts:
        await context.close()
    assert not errors


def _expected(text: str) -> bool:
    """What a browser says of itself when a server is away or says no, which some tests bring about."""
    return text.startswith(("Failed to load resource", "WebSocket connection to"))
