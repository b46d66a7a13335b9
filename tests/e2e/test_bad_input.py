"""Names and quizzes made to break a page: every page shows them as they were written, and stays whole."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.e2e.answering import button
from tests.e2e.backstage import LONG_S, Backstage
from tests.e2e.barriers import too_wide
from tests.e2e.browsing import PHONE, PROJECTOR, Visit
from tests.e2e.evening import in_phase, join, main, sign_in
from tests.node.quizzes import quiz

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="session")]

NASTY = {
    "markup": """<img src=x onerror="globalThis.broken=1"><script>globalThis.broken=1</script>&amp;{{1+1}}""",
    "emoji": "👩‍👩‍👧‍👦🏴󠁧󠁢󠁳󠁣󠁴󠁿🧑🏿‍🚀" * 9,
    "bidi": "\u202edesrever\u202c \u2067שלום\u2069 \u200fend",
    "endless": "W" * 500,
}
NAMES = ("<b>Ada</b>&lt;", "👩‍👩‍👧‍👦🧑🏿‍🚀", "مرحبا שלום", "W" * 20)
NO_PICTURE = "https://127.0.0.1:9/none.png"

FOREIGN = (
    "() => document.querySelectorAll('main b, main script, img[src=x], [onerror]').length + (globalThis.broken ?? 0)"
)
"""How much of what was typed has become part of the page."""


def nasty_questions() -> list[dict[str, Any]]:
    texts = list(NASTY.values())
    choice = {
        "type": "choice",
        "text": "",
        "choices": [{"text": text, "correct": number == 0} for number, text in enumerate(texts)],
        "time_limit": LONG_S,
        "image": NO_PICTURE,
    }
    choices = [{**choice, "text": text, "explanation": text} for text in texts]
    order = {"type": "order", "text": NASTY["markup"], "items": texts, "time_limit": LONG_S}
    typed = {"type": "text", "text": NASTY["bidi"], "accepted": texts[:3], "time_limit": LONG_S}
    return [*choices, order, typed]


async def test_every_page_shows_texts_as_they_were_written_and_stays_whole(visit: Visit, backstage: Backstage) -> None:
    questions = nasty_questions()
    game = await backstage.game(quiz(*questions, title=NASTY["markup"]))
    host = await sign_in(visit)
    await host.goto(f"/host/game/{game.session}")
    screen = await visit(game.screen_path, PROJECTOR)
    phones = [await join(visit, game.pin, name, by_link=True) for name in NAMES[:2]]
    await game.seat(*NAMES[2:])
    for page in (host, screen):
        for name in NAMES:
            await expect(main(page).get_by_text(name, exact=True).first).to_be_visible()
        await is_whole(page)
    await game.does("start")
    for question in questions:
        for page in (host, screen, *phones):
            await in_phase("question", page)
            await expect(main(page)).to_contain_text(question["text"], use_inner_text=True)
            if "image" in question:
                await expect(main(page)).to_contain_text("The picture could not be loaded.", use_inner_text=True)
            await is_whole(page)
        if question["type"] == "choice":
            await phones[0].locator("main button[aria-pressed]").first.tap()
            await expect(phones[0].locator("[data-delivery]")).to_contain_text("Saved")
        await game.does("close")
        for page in (host, screen, *phones):
            await in_phase("reveal", page)
            if "explanation" in question:
                await expect(main(page)).to_contain_text(question["explanation"], use_inner_text=True)
            await is_whole(page)
        await game.does("next", "next")
    for page in (host, screen, *phones):
        await in_phase("finished", page)
        await expect(main(page).get_by_text(NAMES[0], exact=True).first).to_be_visible()
        await is_whole(page)


async def test_names_that_nobody_may_have_are_refused_in_words(visit: Visit, backstage: Backstage) -> None:
    game = await backstage.game(quiz(*nasty_questions()))
    phone = await visit(f"/{game.pin}", PHONE)
    refusals = {
        "\u202e": "This name cannot be shown to everyone.",
        "W" * 500: "This name is too long",
        "\u200b\u200b": "This name cannot be shown to everyone.",
        "   ": "Please choose a nickname.",
    }
    for name, words in refusals.items():
        await phone.get_by_label("Nickname").fill(name)
        await button(phone, "Join").tap()
        await expect(phone.get_by_role("alert").filter(has_text=words)).to_be_visible()
        await in_phase("join", phone)
        await is_whole(phone)
        await phone.get_by_label("Nickname").fill("")


async def is_whole(page: Page) -> None:
    """Nothing typed has become part of the page, and nothing is wider than it."""
    assert not await page.evaluate(FOREIGN)
    assert not await too_wide(page)
