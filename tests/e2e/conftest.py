"""A real browser before a real `quiz serve`. Without Chromium the tests are skipped, except where CI must have it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from tests.e2e.backstage import PASSWORD, Backstage
from tests.e2e.browsing import LAPTOP, PATIENCE_MS, PHONE, PROJECTOR, Visit, find_chromium, running_chromium, visitors
from tests.node.people import Api
from tests.node.processes import Server

__all__ = ["LAPTOP", "PASSWORD", "PHONE", "PROJECTOR", "Visit"]

# The machine may have other things to do.
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where the browser is."""
    found = find_chromium()
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
    async with running_chromium(chromium) as browser:
        yield browser


@pytest_asyncio.fixture(loop_scope="session")
async def visit(browser: Browser, server: Server) -> AsyncIterator[Visit]:
    """Open a page as somebody new, on a device of a given size. No page may log an error of its own making."""
    async with visitors(browser, server.url) as visit:
        yield visit


@pytest_asyncio.fixture(loop_scope="session")
async def backstage(server: Server) -> AsyncIterator[Backstage]:
    """Games without a host's page, for tests of other pages."""
    async with aiohttp.ClientSession() as http:
        api = await Api(http, server.url).sign_in(PASSWORD)
        async with Backstage(api).open() as backstage:
            yield backstage
