"""The pages of players, hosts and screens, as the build left them in the package."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

_ASSET: Final = re.compile(r"(?!\.)[A-Za-z0-9._-]+(?:/(?!\.)[A-Za-z0-9._-]+)*", re.ASCII)
_FOR_EVER: Final = "public, max-age=31536000, immutable"
"""For files whose name changes with what is in them."""
_ASK_AGAIN: Final = "no-cache"
_A_DAY: Final = "public, max-age=86400"
_CHANGING: Final = (".html", ".js", ".webmanifest")
"""Endings of top-level files that belong to one version: pages, their service worker, their manifest."""

_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>The pages are not built</title></head>
<body><h1>The pages are not built</h1>
<p>The server runs, but this checkout has no built pages yet. Build them with <code>make web</code> and load this page
again. An installed wheel brings them along.</p></body></html>
"""

_TYPED_PIN: Final = r"(?=[^/]*\d)[\d\s.\-‐-―]{1,20}"
"""A PIN as somebody may type it, with too few digits or those of any script; the page says what is wrong with it."""
_PLAYER: Final = "index.html"
_HOST: Final = "host.html"
_SCREEN: Final = "screen.html"
_PAGES: Final = {
    "/": _PLAYER,
    f"/{{pin:{_TYPED_PIN}/?}}": _PLAYER,
    "/host": _HOST,
    "/host/{rest:.*}": _HOST,
    "/screen": _SCREEN,
    "/screen/{rest:.*}": _SCREEN,
}


class Pages:
    """Serves the built pages; browsers that can get the compressed copies that lie beside the files.

    Args:
        folder: what the build made: HTML files, `assets/`, and a few files for the top level.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add_to(self, app: web.Application) -> None:
        """Register the pages, what they load, and the files of the top level such as the icon."""
        for path, name in _PAGES.items():
            app.router.add_get(path, self._page(name))
        app.router.add_get("/assets/{name:.+}", self._asset)
        app.router.add_get(r"/{name:[A-Za-z0-9_-]+\.[A-Za-z0-9.]+}", self._top_level)

    def _page(self, name: str) -> Handler:
        async def serve(_request: web.Request) -> web.StreamResponse:
            path = self._folder / name
            if not path.is_file():
                return web.Response(text=_NOT_BUILT, status=503, content_type="text/html")
            return web.FileResponse(path, headers={"Cache-Control": _ASK_AGAIN})

        return serve

    async def _asset(self, request: web.Request) -> web.StreamResponse:
        return self._file(f"assets/{request.match_info['name']}", _FOR_EVER)

    async def _top_level(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        return self._file(name, _ASK_AGAIN if name.endswith(_CHANGING) else _A_DAY)

    def _file(self, name: str, caching: str) -> web.StreamResponse:
        path = self._folder / name
        if not _ASSET.fullmatch(name) or not path.is_file():
            raise web.HTTPNotFound
        return web.FileResponse(path, headers={"Cache-Control": caching})
