"""A host rehearses alone: bots with one click, a question played, and none of them left."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import Visit
from tests.e2e.evening import in_phase, join, main, open_lobby, open_screen, press, sign_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_host_rehearses_with_ten_bots_and_then_plays_with_people(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    await press(host, "Add 10 bots")
    await expect(host.get_by_role("heading", name="10 players")).to_be_visible()
    await expect(main(host).get_by_text("Bot 10", exact=True).first).to_be_visible()
    await press(host, "Add 10 bots")
    await expect(host.get_by_role("button", name="Remove 20 bots")).to_be_visible()
    ann = await join(visit, pin, "Ann", by_link=True)
    screen = await open_screen(host)
    await expect(screen.get_by_text("Bot 20", exact=True).first).to_be_visible()
    await press(host, "Remove 20 bots")
    await expect(host.get_by_role("button", name="Remove 20 bots")).to_be_hidden()
    await expect(host.get_by_role("button", name="Add 10 bots")).to_be_focused()
    await expect(host.get_by_role("heading", name="1 player", exact=True)).to_be_visible()
    await expect(screen.get_by_text("Bot 20", exact=True)).to_have_count(0)
    await in_phase("lobby", ann)


async def test_bots_answer_and_can_be_sent_away_in_the_middle_of_the_game(visit: Visit) -> None:
    host = await sign_in(visit)
    await open_lobby(host)
    await press(host, "Add 10 bots")
    await expect(host.get_by_role("button", name="Remove 10 bots")).to_be_visible()
    await press(host, "Start")
    await in_phase("question", host)
    await expect(host.get_by_role("button", name="Add 10 bots")).to_be_hidden()
    await expect(main(host)).to_contain_text(re.compile("[1-9] of 10 answered"), timeout=15_000)
    await press(host, "Remove 10 bots")
    await expect(host.get_by_role("button", name="Remove 10 bots")).to_be_hidden()
    await expect(host.get_by_role("heading", name="Rehearsal")).to_be_hidden()


async def test_a_locked_game_says_why_no_bot_comes(visit: Visit) -> None:
    host = await sign_in(visit)
    await open_lobby(host)
    await press(host, "Lock game")
    await expect(host.get_by_role("button", name="Unlock game")).to_be_visible()
    await press(host, "Add 10 bots")
    await expect(host.get_by_role("alert").filter(has_text="Unlock it first")).to_be_visible()
