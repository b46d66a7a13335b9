from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from quiz.http.headers import SECURITY_HEADERS
from quiz.http.settings import HttpSettings
from tests.unit.http.world import World, a_world

SCRIPT = b"console.log('a script that is worth packing');" * 50
BY_GZIP = gzip.compress(SCRIPT)
BY_BROTLI = b"what brotli made of it"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """What a build leaves behind."""
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    for name in ("index", "host", "screen"):
        (folder / f"{name}.html").write_text(f"<!doctype html><title>{name}</title>")
    (folder / "favicon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (folder / "sw.js").write_text("self.addEventListener('fetch', () => {});")
    (folder / "manifest.webmanifest").write_text('{"name": "Quiz"}')
    script = folder / "assets" / "index-B4d5.js"
    script.write_bytes(SCRIPT)
    script.with_suffix(".js.gz").write_bytes(BY_GZIP)
    script.with_suffix(".js.br").write_bytes(BY_BROTLI)
    (tmp_path / "secret.txt").write_text("not for the public")
    (folder / ".env").write_text("not for the public")
    return folder


@pytest.fixture
async def site(tmp_path: Path, built: Path) -> AsyncIterator[World]:
    async with a_world(tmp_path, HttpSettings(pages=built)) as world:
        yield world


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/", "index"),
        ("/1234567", "index"),
        ("/1234567/", "index"),
        ("/host", "host"),
        ("/host/", "host"),
        ("/host/quizzes/abc", "host"),
        ("/screen", "screen"),
        ("/screen/1234567", "screen"),
    ],
)
async def test_each_path_gets_its_page(site: World, path: str, page: str) -> None:
    got = await site.get(path)
    assert got.status == 200
    assert got.headers["Content-Type"] == "text/html"
    assert f"<title>{page}</title>".encode() in got.body
    assert got.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path",
    [
        "/123456",
        "/12345678",
        "/1234567.",
        "/123.4567",
        "/123%204567",
        "/123-4567/",
        "/123%E2%80%934567",
        "/１２３４５６７",
        "/١٢٣٤٥٦٧",
        "/" + "1" * 20,
    ],
)
async def test_a_mistyped_pin_gets_the_page_that_can_say_so(site: World, path: str) -> None:
    got = await site.get(path)
    assert got.status == 200
    assert b"<title>index</title>" in got.body


async def test_a_page_that_did_not_change_is_not_sent_again(site: World) -> None:
    first = await site.get("/")
    again = await site.get("/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.body) == (304, b"")


async def test_assets_may_be_kept_for_ever(site: World) -> None:
    got = await site.get("/assets/index-B4d5.js", headers={"Accept-Encoding": "identity"})
    assert (got.status, got.body) == (200, SCRIPT)
    assert got.headers["Content-Type"].endswith("/javascript")
    assert got.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None), ("zstd", None)]
)
async def test_assets_come_packed_as_the_browser_can_unpack_them(
    site: World, accepted: str, encoding: str | None
) -> None:
    got = await site.get("/assets/index-B4d5.js", headers={"Accept-Encoding": accepted})
    assert got.headers.get("Content-Encoding") == encoding
    assert got.body == {"br": BY_BROTLI, "gzip": BY_GZIP, None: SCRIPT}[encoding]
    if encoding is not None:
        assert "Accept-Encoding" in got.headers["Vary"]


async def test_files_of_the_top_level_are_served(site: World) -> None:
    got = await site.get("/favicon.svg")
    assert (got.status, got.headers["Content-Type"]) == (200, "image/svg+xml")
    assert got.headers["Cache-Control"] == "public, max-age=86400"


async def test_the_service_worker_is_asked_for_anew_and_may_look_after_all_pages(site: World) -> None:
    got = await site.get("/sw.js")
    assert (got.status, got.headers["Cache-Control"]) == (200, "no-cache")
    assert got.headers["Content-Type"].endswith("/javascript")
    assert "worker-src 'self'" in got.headers["Content-Security-Policy"]


async def test_the_manifest_says_what_it_is_and_is_asked_for_anew(site: World) -> None:
    got = await site.get("/manifest.webmanifest")
    assert (got.status, got.headers["Content-Type"]) == (200, "application/manifest+json")
    assert got.headers["Cache-Control"] == "no-cache"


async def test_nothing_else_is(site: World) -> None:
    for path in (
        "/assets/../../secret.txt",
        "/assets/%2e%2e/%2e%2e/secret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/assets/../.env",
        "/..%2fsecret.txt",
        "/.env",
        "/assets/",
        "/assets/nothing.js",
        "/assets/%00",
        "/nothing.txt",
        "/123456a",
        "/123%204567%2f..",
        "/123/4567",
        "/" + "1" * 21,
        "/...",
        "/-",
        "/hosts",
    ):
        async with site.http.session.get(str(site.http.make_url("/")).rstrip("/") + path) as response:
            assert response.status == 404, path
            assert b"public" not in await response.read(), path


async def test_a_checkout_that_is_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    async with a_world(tmp_path, HttpSettings(pages=tmp_path / "nowhere")) as world:
        for path in ("/", "/1234567", "/host", "/screen"):
            got = await world.get(path)
            assert got.status == 503
            assert b"make web" in got.body
        assert (await world.get("/assets/index.js")).status == 404
        assert (await world.get("/healthz")).status == 200


async def test_every_answer_carries_the_security_headers(site: World) -> None:
    for path in (
        "/",
        "/host",
        "/assets/index-B4d5.js",
        "/favicon.svg",
        "/nothing",
        "/healthz",
        "/readyz",
        "/metrics",
        "/api/v1/openapi.json",
        "/api/v1/quizzes",
        "/api/v1/nothing",
    ):
        got = await site.get(path)
        assert {name: got.headers.get(name) for name in SECURITY_HEADERS} == SECURITY_HEADERS, path
        assert got.headers["Server"] == "quiz"


def test_no_page_may_run_or_style_what_it_holds_itself_or_be_framed() -> None:
    policy = dict(part.split(" ", 1) for part in SECURITY_HEADERS["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert not any("unsafe" in sources or "*" in sources.split() for sources in policy.values())


async def test_answers_of_the_api_are_not_kept_by_anybody(site: World) -> None:
    for path in ("/api/v1/openapi.json", "/api/v1/quizzes", "/api/v1/nothing"):
        assert (await site.get(path)).headers["Cache-Control"] == "no-store"
