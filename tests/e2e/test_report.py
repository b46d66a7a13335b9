"""After the game: how each question went and what each player gave, on the page and on paper."""

from __future__ import annotations

import re

import aiohttp
import pytest
from playwright.async_api import Locator, Page, expect

from tests.e2e.barriers import Barriers
from tests.e2e.browsing import LAPTOP, Visit
from tests.e2e.conftest import PASSWORD
from tests.e2e.evening import in_phase, join, main, open_lobby, press, sign_in
from tests.node.people import Api, Host, Party, Player
from tests.node.processes import Server

pytestmark = [pytest.mark.timeout(150), pytest.mark.asyncio(loop_scope="session")]

TITLE = "Night of the report"
QUIZ = {
    "title": TITLE,
    "rounds": [
        {
            "title": "Only round",
            "questions": [
                {
                    "type": "choice",
                    "text": "Which is a planet?",
                    "choices": [{"text": "Mars", "correct": True}, {"text": "The Moon"}],
                },
                {"type": "text", "text": "What is the capital of Iceland?", "accepted": ["Reykjavík"]},
                {"type": "numeric", "text": "When was the landing?", "answer": 1969},
            ],
        }
    ],
}
ANSWERS = {"Ada": ([0], "Reykjavik"), "Bert": ([0], "Oslo"), "Cy": ([1], "OSLO"), "Di": (None, "Nuuk")}


async def play(server: Server) -> str:
    """Four players answer the first two of three questions; the PIN."""
    async with aiohttp.ClientSession() as http:
        api = await Api(http, server.url).sign_in(PASSWORD)
        party = Party(api, await api.make_session(await api.add_quiz(QUIZ)), ("websocket",))
        host = await party.host()
        players = [await party.player(name) for name in ANSWERS]
        await host.does("start")
        await answer_all(host, players, 1)
        await host.does("next")
        await host.does("next")
        await answer_all(host, players, 2)
        await host.does("end")
        await party.go_home()
    return str(party.made["pin"])


async def answer_all(host: Host, players: list[Player], number: int) -> None:
    for player in players:
        answer = ANSWERS[player.nickname][number - 1]
        await player.sent("question", lambda event: bool(event["question"]["number"] == number))
        if answer is not None:
            assert (await player.answer(number, answer))["status"] == "saved"
    await host.does("close")


async def open_report(visit: Visit, server: Server) -> Page:
    """From the list of games to the report of the newest one."""
    pin = await play(server)
    host = await sign_in(visit)
    await host.get_by_role("link", name=f"Report on game {pin[:3]} {pin[3:]}").click()
    await in_phase("report", host)
    await expect(host.get_by_role("heading", name=TITLE)).to_be_visible()
    return host


def question(host: Page, text: str) -> Locator:
    return host.get_by_role("listitem").filter(has=host.get_by_role("button", name=text))


async def test_the_report_says_which_question_was_hard_and_what_was_answered_instead(
    visit: Visit, server: Server
) -> None:
    host = await open_report(visit, server)
    for name, value in (("Players", "4"), ("Questions asked", "2 of 3"), ("Answers", "7"), ("Right answers", "43%")):
        figure = main(host).locator("dl div").filter(has=host.get_by_text(name, exact=True))
        await expect(figure.locator("dd")).to_have_text(value)
    planet, capital = question(host, "Which is a planet?"), question(host, "What is the capital of Iceland?")
    await expect(planet).to_contain_text("Medium")
    await expect(capital).to_contain_text("Hard")
    await expect(question(host, "When was the landing?")).to_contain_text("Not asked")
    await expect(planet.get_by_text("given by 2 players")).not_to_be_visible()
    await planet.get_by_role("button").click()
    lines = planet.get_by_role("list", name="Answers").get_by_role("listitem")
    await expect(lines.nth(0)).to_contain_text(re.compile("Mars.*Correct.*50%.*given by 2 players", re.DOTALL))
    await expect(lines.nth(2)).to_contain_text(re.compile("No answer.*25%.*given by 1 player", re.DOTALL))
    await capital.get_by_role("button").click()
    await expect(capital).to_contain_text("Right answer: Reykjavík")
    wrong = capital.get_by_role("listitem").filter(has_text="×")
    await expect(wrong).to_have_text(["Oslo × 2", "Nuuk × 1"])
    await host.get_by_role("button", name="Hardest first").click()
    first = main(host).get_by_role("heading", level=3).first
    await expect(first).to_contain_text("What is the capital of Iceland?")


async def test_the_report_tells_what_one_player_gave(visit: Visit, server: Server) -> None:
    host = await open_report(visit, server)
    names = main(host).get_by_role("button", name="Answers of")
    await expect(names).to_have_count(4)
    await host.get_by_role("searchbox", name="Find by name").fill("di")
    await expect(names).to_have_count(1)
    await names.first.click()
    answers = host.get_by_role("list", name="Answers of Di").get_by_role("listitem")
    await expect(answers.nth(0)).to_contain_text("No answer")
    await expect(answers.nth(1)).to_contain_text(re.compile("Nuuk.*Wrong", re.DOTALL))
    for name in ("XLSX", "CSV", "JSON"):
        async with host.expect_download() as saving:
            await host.get_by_role("button", name=f"Download {name}").click()
        assert (await (await saving.value).path()).stat().st_size > 100


async def test_on_paper_everything_is_open_and_nothing_is_to_be_pressed(visit: Visit, server: Server) -> None:
    host = await open_report(visit, server)
    await expect(main(host).get_by_role("button", name="Answers of")).to_have_count(4)
    await host.emulate_media(media="print")
    await expect(host.get_by_text("Most frequent wrong answers")).to_be_visible()
    await expect(host.get_by_text("given by 2 players").first).to_be_attached()
    for name in ("Hardest first", "Print or save as PDF", "Download CSV"):
        await expect(host.get_by_text(name)).not_to_be_visible()
    assert (await host.pdf(format="A4")).startswith(b"%PDF")


async def test_from_the_console_of_a_finished_game_the_report_is_a_link_away(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    phone = await join(visit, pin, "Ada", by_link=True)
    await press(host, "Start")
    await phone.get_by_role("button", name="Jupiter").tap()
    await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()
    await host.get_by_role("button", name="End game").click()
    await host.get_by_role("button", name="End now").click()
    await in_phase("finished", host)
    await host.get_by_role("link", name="Report").click()
    await in_phase("report", host)
    await expect(host.get_by_text("100% right")).to_be_visible()
    await host.reload()
    await expect(host.get_by_text("100% right")).to_be_visible()


async def test_the_report_keeps_nobody_out(visit: Visit, server: Server) -> None:
    barriers = Barriers()
    host = await open_report(visit, server)
    await expect(main(host).get_by_role("button", name="Answers of")).to_have_count(4)
    await barriers.look(host, "report")
    for text in ("Which is a planet?", "What is the capital of Iceland?"):
        await question(host, text).get_by_role("button").click()
    await host.get_by_role("button", name="Answers of Di").click()
    await expect(host.get_by_role("list", name="Answers of Di")).to_be_visible()
    await barriers.look(host, "report with everything open")
    assert not barriers.found


async def test_a_report_is_for_the_quiz_master_only(visit: Visit, server: Server) -> None:
    stranger = await visit("/host/report/nosuchsession", LAPTOP)
    await expect(stranger.get_by_label("Username")).to_be_visible()
    await stranger.get_by_label("Username").fill("admin")
    await stranger.get_by_label("Password").fill(PASSWORD)
    await stranger.get_by_role("button", name="Sign in").click()
    await expect(stranger.get_by_text("There is no such game, or it belongs to somebody else.")).to_be_visible()
