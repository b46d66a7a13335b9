"""The big screen: everything on it can be seen whatever the quiz holds, and standings move to where they belong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Page, ViewportSize, expect

from tests.e2e.conftest import PASSWORD, PROJECTOR, Visit
from tests.e2e.evening import in_phase
from tests.node.people import Api, Party
from tests.node.processes import Server
from tests.node.quizzes import CHOICE, quiz

pytestmark = [pytest.mark.timeout(150), pytest.mark.asyncio(loop_scope="session")]

FULL_HD: ViewportSize = {"width": 1920, "height": 1080}
UHD: ViewportSize = {"width": 3840, "height": 2160}
WORDS = "All of these words have to be read from the very last row of a very long hall "
EXTREME: dict[str, Any] = {
    "type": "choice",
    "text": (WORDS * 7)[:499] + "?",
    "choices": [{"text": f"{number} {WORDS * 2}"[:120].strip(), "correct": number == 3} for number in range(8)],
    "time_limit": None,
    "explanation": (WORDS * 7)[:500].strip(),
}
LONG_WORD: dict[str, Any] = {**EXTREME, "text": "W" * 500, "explanation": "W" * 500}


@pytest_asyncio.fixture(loop_scope="session")
async def api(server: Server) -> AsyncIterator[Api]:
    async with aiohttp.ClientSession() as http:
        yield await Api(http, server.url).sign_in(PASSWORD)


async def throw(api: Api, *questions: dict[str, Any]) -> Party:
    quiz_id = await api.add_quiz(quiz(*questions))
    return Party(api, await api.make_session(quiz_id), ("websocket",))


async def look(visit: Visit, party: Party, size: ViewportSize) -> Page:
    """The big screen of a party."""
    made = party.made
    pass_ = {
        "token": made["screen_token"],
        "affinity": made["affinity"],
        "pin": made["pin"],
        "join": made["join_url"],
    }
    screen = await visit(f"/screen#{urlencode(pass_)}", size)
    await in_phase("lobby", screen)
    return screen


@pytest.mark.parametrize("size", [PROJECTOR, FULL_HD, UHD], ids=["projector", "full hd", "uhd"])
@pytest.mark.parametrize("question", [EXTREME, LONG_WORD], ids=["words", "one word"])
async def test_the_longest_question_with_eight_long_choices_is_seen_whole(
    visit: Visit, api: Api, question: dict[str, Any], size: ViewportSize
) -> None:
    party = await throw(api, question)
    host = await party.host()
    screen = await look(visit, party, size)
    await host.does("start")
    await in_phase("question", screen)
    await expect(screen.get_by_role("listitem")).to_have_count(8)
    assert await cut_off(screen) == []
    assert await smallest_text(screen) >= size["height"] / 100
    await host.does("close")
    await in_phase("reveal", screen)
    assert await cut_off(screen) == []
    await party.go_home()


async def test_long_names_and_many_players_leave_the_way_in_to_be_seen(visit: Visit, api: Api) -> None:
    party = await throw(api, CHOICE)
    screen = await look(visit, party, PROJECTOR)
    pin = party.made["pin"]
    names = ["W" * 20, "\u0645\u062d\u0645\u062f", *(f"Player number {number}" for number in range(58))]
    await asyncio.gather(*(api.join(pin, name) for name in names))
    await expect(screen.get_by_role("heading", name="60 players")).to_be_visible()
    shown = await screen.get_by_role("listitem").count()
    assert 4 <= shown < 60
    await expect(screen.get_by_text(f"and {60 - shown} more players")).to_be_visible()
    assert await cut_off(screen, "img, h1, h2, li, .more") == []


async def test_standings_stand_still_first_and_then_in_their_new_order(visit: Visit, api: Api) -> None:
    party = await throw(api, CHOICE, CHOICE)
    host = await party.host()
    ada, bo = await party.player("Ada"), await party.player("Bo")
    screen = await look(visit, party, PROJECTOR)
    await host.does("start")
    await ada.answer(1, [1])
    await host.does("close")
    await host.does("next")
    lines = screen.get_by_role("listitem")
    await expect(lines).to_have_text(["1 Ada 1000", "2 Bo 0"], use_inner_text=True)
    await host.does("next")
    await ada.answer(2, [0])
    await bo.answer(2, [1])
    await host.does("close")
    await host.does("void", question=1)
    await host.does("next")
    await in_phase("standings", screen)
    await expect(lines).to_have_text(["1 Bo +1000 1000", "2 Ada 0"], use_inner_text=True)
    await party.go_home()


async def test_whoever_wants_less_motion_sees_the_new_standings_at_once(visit: Visit, api: Api) -> None:
    party = await throw(api, CHOICE, CHOICE)
    host = await party.host()
    await party.player("Ada")
    screen = await look(visit, party, PROJECTOR)
    await screen.emulate_media(reduced_motion="reduce")
    for command in ("start", "close", "next", "next", "close", "next"):
        await host.does(command)
    await in_phase("standings", screen)
    await expect(screen.locator(".lines")).to_have_attribute("data-moved", "true", timeout=500)
    await party.go_home()


async def test_the_screen_keeps_its_picture_while_the_server_is_away_and_says_so(
    visit: Visit, api: Api, server: Server
) -> None:
    party = await throw(api, CHOICE)
    host = await party.host()
    screen = await look(visit, party, PROJECTOR)
    await host.does("start")
    await expect(screen.get_by_role("heading", name="Which is even?")).to_be_visible()
    await party.go_home()
    await server.kill()
    await expect(screen.get_by_text("Reconnecting…")).to_be_visible()
    await expect(screen.get_by_role("heading", name="Which is even?")).to_be_visible()
    await server.start()
    await expect(screen.get_by_text("Reconnecting…")).not_to_be_visible(timeout=30_000)
    await in_phase("question", screen)


async def test_the_screen_reads_from_right_to_left_without_a_cut(visit: Visit, api: Api) -> None:
    party = await throw(api, EXTREME)
    host = await party.host()
    screen = await look(visit, party, PROJECTOR)
    await screen.evaluate("document.documentElement.dir = 'rtl'")
    await host.does("start")
    await in_phase("question", screen)
    await expect(screen.get_by_role("listitem")).to_have_count(8)
    assert await cut_off(screen) == []
    await party.go_home()


async def cut_off(screen: Page, within: str = ".scene *") -> list[str]:
    """What lies beyond the edges of the view, or has text that its own box cuts."""
    await screen.evaluate("Promise.allSettled(document.getAnimations().map(({finished}) => finished))")
    found = await screen.evaluate(
        """(within) => [...document.querySelectorAll(within)].filter((element) => {
            if (element.closest("svg, .unseen")) return false;
            const box = element.getBoundingClientRect();
            const beyond = box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1;
            const hides = getComputedStyle(element).overflow !== "visible";
            return beyond || (hides && element.scrollWidth > element.clientWidth + 1);
        }).map((element) => element.outerHTML.slice(0, 100))""",
        within,
    )
    return [str(each) for each in found]


async def smallest_text(screen: Page) -> float:
    """The smallest size of a letter in the scene, in pixels."""
    size = await screen.evaluate(
        """() => Math.min(...[...document.querySelectorAll(".scene h1, .scene li, .scene p")]
            .filter((element) => element.textContent.trim() !== "" && !element.closest(".unseen"))
            .map((element) => parseFloat(getComputedStyle(element).fontSize)))"""
    )
    return float(size)
