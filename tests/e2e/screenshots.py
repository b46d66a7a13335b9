"""Photographs every page in every phase: `python -m tests.e2e.screenshots`, or `make screenshots`."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Final

import aiohttp
from playwright.async_api import Browser, Page, expect

from tests.e2e.album import Album
from tests.e2e.backstage import PASSWORD, Game
from tests.e2e.browsing import LAPTOP, PHONE, PROJECTOR, find_chromium, running_chromium
from tests.e2e.demo_game import ADDRESS, KINDS, NAMES, PIN, QUIZ, all_answer, serve_picture, set_pin
from tests.e2e.evening import in_phase, main
from tests.node.people import Api
from tests.node.processes import Server

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screenshots"
RIGHT: Final = {"choice": "Neil Armstrong", "multiple": ("Europa", "Io"), "poll": "With a return ticket"}
DEVICES: Final = {"phone": PHONE, "laptop": LAPTOP, "projector": PROJECTOR}


class Studio:
    """Pages of a demo game, each on a device of its own, and the album they go into."""

    def __init__(self, browser: Browser, server: Server, album: Album) -> None:
        self._browser = browser
        self._server = server
        self._album = album

    async def open(self, path: str, device: str, storage: str = "") -> Page:
        context = await self._browser.new_context(
            base_url=self._server.url,
            viewport=DEVICES[device],
            has_touch=device == "phone",
            is_mobile=device == "phone",
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
        )
        await serve_picture(context)
        if storage:
            await context.add_init_script(storage)
        page = await context.new_page()
        await page.goto(path)
        return page

    async def take(self, page: Page, who: str, phase: str, device: str) -> None:
        """The page as it is, in the light and in the dark."""
        await self._album.take(page, f"{who}-{phase}-{device}")


async def photograph(browser: Browser, folder: Path, album: Album) -> None:
    settings = {"QUIZ_PUBLIC_URL": ADDRESS, "QUIZ_NODE_NAME": "demo"}
    async with Server(folder, PASSWORD, settings) as server, aiohttp.ClientSession() as http:
        api = await Api(http, server.url).sign_in(PASSWORD)
        quiz_id = await api.add_quiz(QUIZ)
        made = await api.make_session(quiz_id, scoring="accuracy")
        set_pin(server, made["id"])
        game = Game(api, {**made, "pin": PIN, "join_url": f"{ADDRESS}/{PIN}"}, ("websocket",))
        studio = Studio(browser, server, album)
        await game.open()
        await doors(studio)
        host = {device: await console(studio, game, device) for device in ("laptop", "phone")}
        await editor(studio, host["laptop"], quiz_id, game)
        await play(studio, game, host)
        await report(studio, host["laptop"], game)
        await game.go_home()


async def doors(studio: Studio) -> None:
    """What nobody needs a seat for."""
    for device in ("phone", "laptop"):
        page = await studio.open("/", device)
        await expect(page.get_by_label("Game PIN")).to_be_visible()
        await studio.take(page, "player", "pin", device)
        page = await studio.open("/host", device)
        await expect(page.get_by_label("Username")).to_be_visible()
        await studio.take(page, "host", "signin", device)


async def console(studio: Studio, game: Game, device: str) -> Page:
    """A host's console; the desk on the way there."""
    page = await studio.open("/host", device)
    await page.get_by_label("Username").fill("admin")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("heading", name="Your quizzes")).to_be_visible()
    await expect(page.get_by_text(QUIZ["title"]).first).to_be_visible()
    await studio.take(page, "host", "desk", device)
    await page.goto(f"/host/game/{game.session}")
    await in_phase("lobby", page)
    return page


async def editor(studio: Studio, host: Page, quiz_id: str, game: Game) -> None:
    """The quiz as its author sees it."""
    await host.goto(f"/host/quiz/{quiz_id}")
    await expect(main(host)).to_contain_text("Who took the first step on the Moon?")
    await studio.take(host, "host", "editor", "laptop")
    await host.goto(f"/host/game/{game.session}")
    await in_phase("lobby", host)


async def play(studio: Studio, game: Game, host: dict[str, Page]) -> None:
    """The whole game on all pages."""
    screen = await studio.open(game.screen_path, "projector")
    players = {device: await studio.open(f"/{PIN}", device) for device in ("phone", "laptop")}
    others = await game.seat(*NAMES)
    for (device, page), name in zip(players.items(), ("Chloé", "Hana"), strict=True):
        await page.get_by_label("Nickname").fill(name)
        await studio.take(page, "player", "nickname", device)
        await page.get_by_role("button", name="Join", exact=True).click()
    pages = [("screen", "projector", screen)]
    pages += [("player", device, page) for device, page in players.items()]
    pages += [("host", device, page) for device, page in host.items()]

    async def everywhere(phase: str, shown: str) -> None:
        for who, device, page in pages:
            await in_phase(phase, page)
            if who == "host":
                await expect(main(page).locator("button[aria-disabled=true]")).to_have_count(0)
            await studio.take(page, who, shown, device)

    await expect(main(screen).get_by_text("Hana")).to_be_visible()
    await everywhere("lobby", "lobby")
    await game.does("start")
    for number, kind in enumerate(KINDS, start=1):
        for _, _, page in pages:
            await in_phase("question", page)
        await expect(players["phone"].get_by_text("Get ready…")).not_to_be_visible()
        if kind == "order":
            await put_in_order(players["phone"])
        await everywhere("question", f"question-{kind}")
        await all_answer(game, others, number)
        await answer(players["phone"], kind)
        if kind == "choice":
            await expect(main(players["phone"]).locator("[data-delivery=saved]")).to_be_visible()
            await studio.take(players["phone"], "player", "answered", "phone")
            await main(players["laptop"]).get_by_role("button", name="Buzz Aldrin").click()
        await expect(main(players["phone"]).locator("[data-delivery=saved]")).to_be_visible()
        await game.does("close")
        await everywhere("reveal", f"reveal-{kind}")
        await game.does("next")
        if kind == "text":  # by then the table has something to tell
            await everywhere("standings", "standings")
        await game.does("next")
    await everywhere("finished", "finished")


async def put_in_order(phone: Page) -> None:
    """Move every item up to its place."""
    for place, item in enumerate(("The Moon", "Mars", "Saturn", "Proxima Centauri")):
        for _ in range(4):
            shown = await main(phone).locator("li").all_inner_texts()
            if next(at for at, text in enumerate(shown) if item in text) <= place:
                break
            await phone.get_by_role("button", name=f"Move up: {item}").click()


async def answer(phone: Page, kind: str) -> None:
    """Chloé knows a lot."""
    match kind:
        case "choice" | "poll":
            await main(phone).get_by_role("button", name=str(RIGHT[kind])).click()
            return
        case "multiple":
            for text in RIGHT[kind]:
                await main(phone).get_by_role("button", name=text).click()
        case "numeric":
            await phone.get_by_label("Your number").fill("8")
        case "text":
            await phone.get_by_label("Your answer").fill("Neptune")
    await phone.get_by_role("button", name="Send answer").click()


async def report(studio: Studio, host: Page, game: Game) -> None:
    """What is left of the evening."""
    await host.goto(f"/host/report/{game.session}")
    await expect(main(host)).to_contain_text("Who took the first step on the Moon?")
    await studio.take(host, "host", "report", "laptop")


async def make() -> int:
    program = find_chromium()
    if program is None:
        sys.stderr.write("There is no Chromium on this machine: apt install chromium\n")
        return 1
    with tempfile.TemporaryDirectory(prefix="quiz-screenshots-") as folder:
        async with running_chromium(program) as browser:
            album = Album(FOLDER, await browser.new_page())
            await photograph(browser, Path(folder), album)
    album.finish()
    sys.stderr.write(f"{len(album.taken)} pictures, {album.size / 1e6:.1f} MB, in {FOLDER}\n")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(make()))
