"""What would keep somebody out of a page: found by axe-core, by narrowing the page, and by asking what still moves."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final, Literal

from playwright.async_api import Page

_Scheme = Literal["light", "dark"]
_Contrast = Literal["no-preference", "more"]

_AXE = Path(__file__).parents[2] / "quiz" / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_COLOURS: Final = ("color-contrast", "link-in-text-block")
"""The rules that can find something else in another light; the others look at names, roles and sizes."""
_EYES: Final[tuple[tuple[str, _Scheme, _Contrast, tuple[str, ...]], ...]] = (
    ("light", "light", "no-preference", _RULES),
    ("dark", "dark", "no-preference", _COLOURS),
    ("more contrast", "light", "more", _COLOURS),
    ("dark, more contrast", "dark", "more", _COLOURS),
)
NARROW: Final = 320
"""CSS pixels, as WCAG 1.4.10 has it."""

_RUN = "rules => axe.run({ runOnly: rules, resultTypes: ['violations'] }).then(found => found.violations)"
_FRAME = "() => new Promise(requestAnimationFrame)"
"""The page hears of another light, and dresses for it, with its next frame."""
_MOVING = "() => document.getAnimations().filter(each => each.playState === 'running').length"
_TOO_WIDE = """width => [document.documentElement, ...document.querySelectorAll("body *")]
  .filter((element, place) => place === 0
    ? element.scrollWidth > width
    : element.scrollWidth > element.clientWidth + 1 && /auto|scroll/.test(getComputedStyle(element).overflowX))
  .map((element) => `${element.tagName.toLowerCase()}.${element.className} is ${element.scrollWidth} px wide`)"""


@cache
def _axe() -> str:
    return _AXE.read_text(encoding="utf-8")


async def too_wide(page: Page) -> list[str]:
    """What has to be scrolled sideways to be read: the page itself, or a part of it."""
    size = page.viewport_size
    assert size is not None
    wide: list[str] = await page.evaluate(_TOO_WIDE, size["width"])
    return wide


class Barriers:
    """Collects findings over many looks, so that one evening tells them all."""

    def __init__(self) -> None:
        self.found: list[str] = []

    async def look(self, page: Page, where: str) -> None:
        """Look at a page as it is now, in every light and narrow."""
        if not await page.evaluate("() => 'axe' in globalThis"):
            # Devtools may run what the page's own policy forbids.
            await page.evaluate(_axe())
        for eyes, scheme, contrast, rules in _EYES:
            await page.emulate_media(reduced_motion="reduce", color_scheme=scheme, contrast=contrast)
            await page.evaluate(_FRAME)
            for finding in await page.evaluate(_RUN, rules):
                places = [" ".join(node["target"]) for node in finding["nodes"]]
                self._add(where, f"{eyes}: {finding['id']}: {'; '.join(places)}")
        if moving := await page.evaluate(_MOVING):
            self._add(where, f"{moving} animations in spite of reduced motion")
        await self._narrow(page, where)
        await page.emulate_media(color_scheme="light", contrast="no-preference")

    async def _narrow(self, page: Page, where: str) -> None:
        size = page.viewport_size
        assert size is not None
        await page.set_viewport_size({"width": NARROW, "height": size["height"]})
        for finding in await too_wide(page):
            self._add(where, f"at {NARROW} px: {finding}")
        await page.set_viewport_size(size)

    def _add(self, where: str, what: str) -> None:
        if (line := f"{where}: {what}") not in self.found:
            self.found.append(line)
