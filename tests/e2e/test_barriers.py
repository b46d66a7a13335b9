"""The looks at pages find what is there to be found."""

from __future__ import annotations

import pytest

from tests.e2e.barriers import Barriers
from tests.e2e.browsing import PHONE, Visit

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = """
<!doctype html><html lang="en"><title>A hostile page</title>
<style>
  .pale { color: #999; background: #fff }
  @media (prefers-color-scheme: dark) { .dark { color: #333; background: #222 } }
  @media (prefers-contrast: more) { .more { color: #777; background: #888 } }
  .wide { width: 330px }
  .moving { animation: 9s linear infinite turn }
  @keyframes turn { to { transform: rotate(1turn) } }
</style>
<main><h1>Title</h1><p class="pale">pale</p><p class="dark">dark</p><p class="more">more</p><div class="wide">wide</div>
<div class="moving">moving</div><img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="></main>
"""


async def test_a_hostile_page_is_found_out(visit: Visit) -> None:
    page = await visit("about:blank", PHONE)
    await page.set_content(HOSTILE)
    barriers = Barriers()
    await barriers.look(page, "here")
    found = "\n".join(barriers.found)
    assert "light: color-contrast: .pale" in found
    assert "dark: color-contrast: .pale; .dark" in found
    assert "more contrast: color-contrast: .pale; .more" in found
    assert "light: image-alt: img" in found
    assert "here: 1 animations in spite of reduced motion" in found
    assert "here: at 320 px: html" in found
