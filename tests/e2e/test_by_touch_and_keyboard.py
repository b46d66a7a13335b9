"""Every type of question by touch on a phone, and by keyboard alone on a laptop."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.e2e.answering import ALL_TYPES, TYPES, touch_right, type_into, type_right
from tests.e2e.backstage import Backstage
from tests.e2e.browsing import LAPTOP, Visit
from tests.e2e.evening import in_phase, join, main

pytestmark = [pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="session")]


async def test_each_type_is_answered_by_touch_and_by_keyboard_and_each_answer_is_saved_and_right(
    visit: Visit, backstage: Backstage
) -> None:
    game = await backstage.game(ALL_TYPES)
    phone = await join(visit, game.pin, "Ada", by_link=False)
    laptop = await join_by_keyboard(visit, game.pin, "Bert")
    await game.does("start")
    for kind in TYPES:
        await in_phase("question", phone, laptop)
        await touch_right(phone, kind)
        await type_right(laptop, kind)
        for page in (phone, laptop):
            await expect(main(page).locator("[data-delivery]")).to_contain_text("Saved")
        await game.does("close")
        for page in (phone, laptop):
            await expect(page.locator("[data-verdict]")).to_have_attribute("data-verdict", right_verdict(kind))
        await game.does("next", "next")
    await in_phase("finished", phone, laptop)
    assert [line["correct"] for line in await game.standings()] == [5, 5]


async def join_by_keyboard(visit: Visit, pin: str, nickname: str) -> Page:
    laptop = await visit("/", LAPTOP)
    await type_into(laptop.get_by_label("Game PIN"), pin)
    await type_into(laptop.get_by_label("Nickname"), nickname)
    await in_phase("lobby", laptop)
    return laptop


def right_verdict(kind: str) -> str:
    return "poll" if kind == "poll" else "correct"
