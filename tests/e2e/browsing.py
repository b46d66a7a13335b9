"""Chromium, and the people who look at pages with it."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, async_playwright

PHONE: ViewportSize = {"width": 360, "height": 740}
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
PROJECTOR: ViewportSize = {"width": 1024, "height": 768}

PATIENCE_MS = 15_000
"""How long an action on a page may take."""

Visit = Callable[..., Awaitable[Page]]
"""`await visit(path, size, language)`: a page opened by somebody new, on a device of that size."""

_QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)


def find_chromium() -> str | None:
    """Where the browser is, if this machine has it."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@asynccontextmanager
async def running_chromium(program: str) -> AsyncIterator[Browser]:
    """A browser without a window, until the end of the block."""
    # Chromium's sandbox does not start as root.
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=[*_QUIET, *root])
        yield browser
        await browser.close()


@asynccontextmanager
async def visitors(browser: Browser, url: str) -> AsyncIterator[Visit]:
    """People who come to the service at `url`. No page may log an error of its own making."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def keep(message: ConsoleMessage) -> None:
        if message.type == "error" and not _expected(message.text):
            errors.append(message.text)

    def listen(page: Page) -> None:
        page.on("console", keep)
        page.on("pageerror", lambda error: errors.append(str(error)))

    async def visit(path: str, size: ViewportSize, language: str = "en-GB") -> Page:
        touch = size is PHONE
        context = await browser.new_context(
            base_url=url, viewport=size, locale=language, has_touch=touch, is_mobile=touch
        )
        contexts.append(context)
        context.on("page", listen)
        context.set_default_timeout(PATIENCE_MS)
        page = await context.new_page()
        await page.goto(path)
        return page

    try:
        yield visit
    finally:
        for context in contexts:
            await context.close()
    assert not errors


def _expected(text: str) -> bool:
    """What a browser says of itself when a server is away or says no, which some tests bring about."""
    return text.startswith(("Failed to load resource", "WebSocket connection to"))
