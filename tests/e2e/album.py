"""Pictures of pages in a folder, with an index."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from playwright.async_api import Page

from tests.e2e.palette import reduced

_HEADINGS: Final = {
    "player": "What players see",
    "screen": "What the audience sees",
    "host": "What the quiz master sees",
}
_WIDTHS: Final = {"phone": 180, "laptop": 420, "projector": 420}
_HEAD: Final = """# The pages in pictures

Made by `make screenshots`, which plays a game with fourteen players on real pages and photographs every page in every
phase, in the light and in the dark. The index is written by it too: do not edit it.
"""


class Album:
    """Takes pictures named `{page}-{phase}-{device}[-dark].png`; `finish` throws out those that were not taken again.

    Args:
        workshop: a page that has nothing to do.
    """

    def __init__(self, folder: Path, workshop: Page) -> None:
        self._folder = folder
        self._workshop = workshop
        self.taken: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def size(self) -> int:
        """Bytes of all pictures."""
        return sum((self._folder / f"{name}{dark}.png").stat().st_size for name in self.taken for dark in ("", "-dark"))

    async def take(self, page: Page, name: str) -> None:
        """Picture a page in both colour schemes, as large as its device."""
        if name in self.taken:
            return
        for scheme, dark in (("light", ""), ("dark", "-dark")):
            await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            picture = await page.screenshot(scale="css", animations="disabled", caret="hide")
            (self._folder / f"{name}{dark}.png").write_bytes(await reduced(picture, self._workshop))
        await page.emulate_media(color_scheme="light", reduced_motion="reduce")
        self.taken.append(name)

    def finish(self) -> None:
        """Remove what is not of this time, and write the index."""
        kept = {f"{name}{dark}.png" for name in self.taken for dark in ("", "-dark")}
        for old in self._folder.glob("*.png"):
            if old.name not in kept:
                old.unlink()
        (self._folder / "README.md").write_text(self._index(), encoding="utf-8")

    def _index(self) -> str:
        parts = [_HEAD]
        for page, heading in _HEADINGS.items():
            parts.append(f"\n## {heading}\n\n| phase | device | light | dark |\n|---|---|---|---|\n")
            for name in self.taken:
                if name.startswith(f"{page}-"):
                    phase, _, device = name.removeprefix(f"{page}-").rpartition("-")
                    light, dark = (_picture(name, device, scheme) for scheme in ("", "-dark"))
                    parts.append(f"| {phase.replace('-', ', ')} | {device} | {light} | {dark} |\n")
        return "".join(parts)


def _picture(name: str, device: str, dark: str) -> str:
    alt = name.replace("-", " ") + dark.replace("-", ", ")
    return f'<img src="{name}{dark}.png" width="{_WIDTHS[device]}" alt="{alt}">'
