"""A host removes somebody by mistake and takes it back; the phone that was removed is back by one tap."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.e2e.conftest import Visit
from tests.e2e.evening import in_phase, join, main, open_lobby, press, sign_in

pytestmark = [pytest.mark.timeout(150), pytest.mark.asyncio(loop_scope="session")]


async def remove(host: Page, nickname: str) -> None:
    """Remove a player in the dialog of players, which stays open."""
    if not await host.get_by_role("dialog").is_visible():
        await host.get_by_role("button", name="Manage players").click()
    await host.get_by_role("button", name=f"Remove {nickname}").click()
    await host.get_by_role("button", name=f"Really remove {nickname}?").click()
    await expect(host.get_by_role("status").filter(has_text=f"{nickname} was removed.")).to_be_visible()


async def undo(host: Page, nickname: str) -> None:
    await host.get_by_role("dialog").get_by_role("button", name=f"Undo removing {nickname}").click()


async def test_a_removal_is_undone_and_the_player_is_back_with_all_points(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    ada, bert = await join(visit, pin, "Ada", by_link=True), await join(visit, pin, "Bert", by_link=True)
    await press(host, "Start")
    await in_phase("question", ada, bert)
    await ada.get_by_role("button", name="Jupiter").tap()
    await expect(ada.get_by_text("Saved", exact=True)).to_be_visible()
    await press(host, "Close question")
    await in_phase("reveal", ada, bert)
    points = await ada.get_by_text(re.compile(r"^[\d,.]+ points$")).first.text_content()
    await remove(host, "Ada")
    await in_phase("kicked", ada)
    await expect(ada.get_by_role("heading", name="You were removed")).to_be_visible()
    await ada.get_by_role("button", name="Try again").tap()
    await expect(ada.get_by_text("has not let you back in")).to_be_visible()
    await undo(host, "Ada")
    await expect(host.get_by_role("status").filter(has_text="Ada may come back and keeps all points.")).to_be_visible()
    await expect(host.get_by_role("button", name="Undo removing Ada")).to_have_count(0)
    await expect(host.get_by_role("button", name="Remove Ada")).to_be_visible()
    await ada.get_by_role("button", name="Try again").tap()
    await in_phase("reveal", ada)
    await expect(ada.get_by_role("heading", name="Correct!")).to_be_visible()
    await expect(ada.get_by_text(points or "", exact=True).first).to_be_visible()
    await host.get_by_role("button", name="Close", exact=True).click()
    await press(host, "Show standings")
    await in_phase("standings", ada, bert)
    await expect(ada.get_by_text("You are 1 of 2")).to_be_visible()


async def test_the_removed_phone_keeps_its_seat_when_its_page_is_loaded_again(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    ada = await join(visit, pin, "Ada", by_link=True)
    await remove(host, "Ada")
    await in_phase("kicked", ada)
    await ada.reload()
    await in_phase("kicked", ada)
    await undo(host, "Ada")
    await ada.get_by_role("button", name="Try again").tap()
    await in_phase("lobby", ada)
    await expect(main(ada)).to_contain_text("Ada")


async def test_who_was_away_when_removed_comes_back_after_the_undo(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    ada = await join(visit, pin, "Ada", by_link=True)
    await ada.goto("about:blank")
    await remove(host, "Ada")
    await ada.goto(f"/{pin}")
    await in_phase("gone", ada)
    await undo(host, "Ada")
    await ada.reload()
    await in_phase("lobby", ada)


async def test_a_name_that_somebody_took_meanwhile_is_named_as_the_reason(visit: Visit) -> None:
    host = await sign_in(visit)
    pin = await open_lobby(host)
    ada = await join(visit, pin, "Ada", by_link=True)
    await remove(host, "Ada")
    await in_phase("kicked", ada)
    await ada.get_by_role("button", name="Join under a new name").tap()
    await ada.get_by_label("Nickname").fill("Ada")
    await ada.get_by_role("button", name="Join", exact=True).tap()
    await in_phase("lobby", ada)
    await undo(host, "Ada")
    await expect(host.get_by_role("alert").filter(has_text="Somebody else is called Ada now.")).to_be_visible()
    await expect(host.get_by_role("button", name="Undo removing Ada")).to_be_visible()
