"""A night on a cluster of two nodes behind nginx, one of which dies in the middle of a question."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, Route, expect

from quiz.cli.local_cluster.local_cluster import LocalCluster
from tests.e2e.backstage import LONG_S, PASSWORD, Game
from tests.e2e.browsing import PHONE, PROJECTOR, Visit, visitors
from tests.e2e.evening import in_phase, main, press, sign_in
from tests.e2e.words import words
from tests.node.people import Api
from tests.node.quizzes import CHOICE, quiz

pytestmark = [pytest.mark.timeout(180), pytest.mark.asyncio(loop_scope="session")]

BACK_MS = 30_000
"""How long a page may take to come back after its node has died."""
TWO_QUESTIONS = quiz(*({**CHOICE, "text": text, "time_limit": LONG_S} for text in ("Which is even?", "And now?")))


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cluster(chromium: str) -> AsyncIterator[LocalCluster]:
    del chromium  # without it the cluster would be started for nothing
    async with LocalCluster(2, environment={"QUIZ_ADMIN_PASSWORD": PASSWORD}, restarts=False) as cluster:
        yield cluster


async def test_a_node_dies_in_mid_question_and_nobody_loses_seat_points_or_a_saved_answer(
    cluster: LocalCluster, browser: Browser
) -> None:
    async with aiohttp.ClientSession() as http, visitors(browser, cluster.url) as visit:
        api = await Api(http, cluster.url).sign_in(PASSWORD)
        quiz_id = await api.add_quiz(TWO_QUESTIONS)
        game = Game(api, await api.make_session(quiz_id), ("websocket",))
        doomed = await node_of(cluster, http, game.pin)
        (safe,) = set(cluster.nodes) - {doomed}

        host = await sign_in(visit)
        await host.goto(f"/host/game/{game.session}")
        screen = await visit(game.screen_path, PROJECTOR)
        before = await join(visit, game.pin, "Jörg", "de", await affinity_to(cluster, http, game.pin, doomed))
        during = await join(visit, game.pin, "Íñigo", "es", await affinity_to(cluster, http, game.pin, doomed))
        after = await join(visit, game.pin, "Chloé", "fr", await affinity_to(cluster, http, game.pin, safe))
        phones = {before: "de", during: "es", after: "fr"}
        everyone = (host, screen, *phones)
        await press(host, "Start")
        await in_phase("question", *everyone)

        await before.get_by_role("button", name="Two").tap()
        await expect(note(before)).to_contain_text(words("de")["delivery.saved"])
        cluster.suspend(doomed)
        await during.get_by_role("button", name="Two").tap()
        await expect(note(during)).to_contain_text(words("es")["delivery.sending"])
        await cluster.kill(doomed)
        await expect(note(during)).to_contain_text(words("es")["delivery.saved"], timeout=BACK_MS)
        await after.get_by_role("button", name="Three").tap()
        for phone, language in phones.items():
            await expect(link(phone)).to_contain_text(words(language)["link.online"], timeout=BACK_MS)
            await expect(note(phone)).to_contain_text(words(language)["delivery.saved"])
        await expect(host.get_by_text("Everyone has answered")).to_be_visible(timeout=BACK_MS)

        await press(host, "Close question")
        await in_phase("reveal", *everyone)
        for phone, verdict in ((before, "correct"), (during, "correct"), (after, "wrong")):
            await expect(phone.get_by_role("heading", level=1)).to_have_text(words(phones[phone])[f"result.{verdict}"])
        await press(host, "Show standings")
        await press(host, "Next question")
        await in_phase("question", *everyone)
        for phone, language in phones.items():
            await phone.get_by_role("button", name="Two").tap()
            await expect(note(phone)).to_contain_text(words(language)["delivery.saved"])
        await press(host, "Close question")
        await press(host, "Show standings")
        await press(host, "Finish")
        await in_phase("finished", *everyone)

        standings = await game.standings()
        assert sorted(line["correct"] for line in standings) == [1, 2, 2]
        for page in everyone:
            for line in standings:
                await expect(row(page, line["nickname"], line["points"])).to_be_visible()
        stored = [(answer["player_id"], answer["question"]) for answer in (await game.results())["answers"]]
        assert sorted(stored) == sorted((line["player_id"], number) for line in standings for number in (1, 2))


async def test_an_answer_that_was_queued_while_the_database_hung_outlives_a_reload_and_counts(
    cluster: LocalCluster, browser: Browser
) -> None:
    async with aiohttp.ClientSession() as http, visitors(browser, cluster.url) as visit:
        api = await Api(http, cluster.url).sign_in(PASSWORD)
        made = await api.make_session(await api.add_quiz(TWO_QUESTIONS))
        game = await Game(api, made, ("websocket",)).open()
        phone = await join(visit, game.pin, "Jörg", "de", game.pin)
        await game.does("start")
        await in_phase("question", phone)
        cluster.suspend("postgresql")
        await phone.get_by_role("button", name="Two").tap()
        await expect(note(phone)).to_contain_text(words("de")["delivery.queued"])
        await phone.reload()
        await in_phase("question", phone)
        cluster.resume("postgresql")
        await expect(note(phone)).to_contain_text(words("de")["delivery.saved"], timeout=BACK_MS)
        await game.does("close")
        await expect(phone.get_by_role("heading", level=1)).to_have_text(words("de")["result.correct"])
        assert [answer["player_id"] for answer in (await game.results())["answers"]] == [
            line["player_id"] for line in await game.standings()
        ]
        await game.go_home()


async def join(visit: Visit, pin: str, nickname: str, language: str, affinity: str) -> Page:
    """A phone that speaks a language, sent to a node as in a game too large for one."""
    page = await visit("/", PHONE, language)

    async def deal(route: Route) -> None:
        reply = await route.fetch()
        await route.fulfill(response=reply, json={**await reply.json(), "affinity": affinity})

    await page.route(re.compile(r"/sessions/\d+/players$"), deal)
    say = words(language)
    await page.get_by_label(say["join.pin"]).fill(pin)
    await page.get_by_role("button", name=say["join.next"]).tap()
    await page.get_by_label(say["join.nickname"]).fill(nickname)
    await page.get_by_role("button", name=say["join.submit"], exact=True).tap()
    await in_phase("lobby", page)
    return page


async def affinity_to(cluster: LocalCluster, http: aiohttp.ClientSession, pin: str, node: str) -> str:
    """A way into the session that leads to a certain node."""
    for number in range(1, 50):
        if await node_of(cluster, http, f"{pin}-{number}") == node:
            return f"{pin}-{number}"
    raise AssertionError(f"no way leads to {node}")


async def node_of(cluster: LocalCluster, http: aiohttp.ClientSession, affinity: str) -> str:
    """The node that nginx sends an affinity to: the one that knows the sid it gives."""
    path = "/socket.io/?EIO=4&transport=polling"
    async with http.get(f"{cluster.url}{path}&affinity={affinity}") as hello:
        sid = json.loads((await hello.text())[1:])["sid"]
    for name, url in cluster.node_urls.items():
        async with http.post(f"{url}{path}&sid={sid}", data="1") as farewell:
            if farewell.status == 200:
                return name
    raise AssertionError(f"no node knows {sid}")


def note(phone: Page) -> Locator:
    """What became of the answer."""
    return phone.locator("[data-delivery]")


def link(page: Page) -> Locator:
    """How the connection is."""
    return page.locator("[data-link]")


def row(page: Page, nickname: str, points: int) -> Locator:
    """Somebody's line in the table or on the podium, with these points in the way of any language."""
    written = re.compile(r"\D?".join(re.findall(r"\d{1,3}(?=(?:\d{3})*$)", str(points))))
    return main(page).locator("tr, li").filter(has_text=nickname).filter(has_text=written).first
