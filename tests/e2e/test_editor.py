"""Writing quizzes: by keyboard, in two tabs, without a network, unfinished, and very long."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Dialog, Page, Route, expect

from tests.e2e.backstage import PASSWORD
from tests.e2e.barriers import Barriers, too_wide
from tests.e2e.browsing import PHONE, Visit
from tests.e2e.evening import in_phase, join, main, press, sign_in
from tests.e2e.writing import (
    open_editor,
    outline,
    outlined,
    question,
    saved,
    state,
    tab_and_press,
    tab_to,
    type_lines,
    write_new,
)
from tests.node.people import Api
from tests.node.processes import Server

pytestmark = [pytest.mark.timeout(150), pytest.mark.asyncio(loop_scope="session")]

LONGEST = "Donaudampfschifffahrt" * 23 + "skapitän"


@pytest_asyncio.fixture(loop_scope="session")
async def api(server: Server) -> AsyncIterator[Api]:
    """The quiz master without a page."""
    async with aiohttp.ClientSession() as http:
        yield await Api(http, server.url).sign_in(PASSWORD)


def quiz_of(title: str, *texts: str) -> dict[str, Any]:
    """A quiz of polls, for tests that care about other things."""
    polls = [{"type": "poll", "text": text, "choices": [{"text": "Yes"}, {"text": "No"}]} for text in texts]
    return {"title": title, "rounds": [{"title": "Round 1", "questions": polls}]}


async def kept(api: Api, host: Page) -> Any:
    """What the service has of the quiz in the editor."""
    _, document = await api.call("GET", f"/quizzes/{host.url.split('/')[-1]}")
    return document


async def edit(visit: Visit, api: Api, title: str, *texts: str) -> Page:
    """A host with a quiz of polls in the editor."""
    quiz_id = await api.add_quiz(quiz_of(title, *texts))
    host = await sign_in(visit)
    await host.goto(f"/host/quiz/{quiz_id}")
    await expect(main(host)).to_have_attribute("data-phase", "editor")
    return host


async def test_a_quiz_of_all_types_is_written_by_keyboard_and_played(visit: Visit, api: Api) -> None:
    host = await sign_in(visit)
    await tab_and_press(host, "+ New quiz")
    await expect(main(host)).to_have_attribute("data-phase", "editor")
    await tab_to(host, host.get_by_label("Title"))
    await host.keyboard.press("Control+A")
    await host.keyboard.insert_text("By keyboard")
    await tab_to(host, question(host))
    await host.keyboard.press("Control+A")
    await host.keyboard.insert_text("Is water wet?")
    await tab_and_press(host, "Choice")
    await host.keyboard.insert_text("Which are even?")
    await tab_to(host, host.get_by_label("Several choices are right"))
    await host.keyboard.press("Space")
    await type_lines(host, "Choice A", "two", "three", "four")
    for letter in "AC":
        await tab_to(host, host.get_by_label(f"{letter} is right"))
        await host.keyboard.press("Space")
    await tab_and_press(host, "Number")
    await host.keyboard.insert_text("How many legs has a spider?")
    await tab_to(host, host.get_by_label("Right number"))
    await host.keyboard.insert_text("8")
    await tab_and_press(host, "Typed answer")
    await host.keyboard.insert_text("Capital of Iceland?")
    await type_lines(host, "Accepted answer 1", "Reykjavík", "Reykjavik")
    await tab_and_press(host, "Order")
    await host.keyboard.insert_text("Smallest first")
    await type_lines(host, "Item 1", "atom", "cell", "cat", "house")
    await tab_and_press(host, "Poll")
    await host.keyboard.insert_text("Tea?")
    await type_lines(host, "Choice A", "Yes", "No")
    await tab_to(host, host.get_by_label("No time limit"))
    await host.keyboard.press("Space")
    await saved(host)
    await host.reload()
    await outlined(
        host,
        "Round 1",
        "Is water wet?",
        "Which are even?",
        "How many legs has a spider?",
        "Capital of Iceland?",
        "Smallest first",
        "Tea?",
    )
    questions = (await kept(api, host))["rounds"][0]["questions"]
    assert [each["type"] for each in questions] == ["choice", "choice", "numeric", "text", "order", "poll"]
    assert [choice["correct"] for choice in questions[1]["choices"]] == [True, False, True]
    assert questions[1]["multiple"]
    assert (questions[2]["answer"], questions[2]["tolerance"]) == (8, 0)
    assert questions[3]["accepted"] == ["Reykjavík", "Reykjavik"]
    assert questions[4]["items"] == ["atom", "cell", "cat", "house"]
    assert questions[5]["time_limit"] is None
    await press(host, "Start")
    await in_phase("lobby", host)
    pin = re.sub(r"\D", "", await host.get_by_text(re.compile(r"^\d{3} ?\d{4}$")).first.inner_text())
    phone = await join(visit, pin, "Ada", by_link=True)
    await press(host, "Start")
    await expect(phone.get_by_text("Is water wet?")).to_be_visible()
    await phone.get_by_role("button", name="True").tap()
    await expect(phone.get_by_text("Saved", exact=True)).to_be_visible()


async def test_a_change_from_another_tab_is_never_written_over_unasked(visit: Visit, api: Api) -> None:
    left = await edit(visit, api, "Two tabs", "Tea?")
    right = await left.context.new_page()
    await right.goto(left.url)
    await question(right).fill("Coffee?")
    await saved(right)
    await question(left).fill("Water?")
    await expect(left.get_by_text("This quiz was changed elsewhere")).to_be_visible()
    await expect(state(left)).to_contain_text("Not saved yet: the quiz was changed elsewhere. Kept on this device.")
    assert (await kept(api, left))["rounds"][0]["questions"][0]["text"] == "Coffee?"
    await press(left, "Load the other version")
    await expect(question(left)).to_have_value("Coffee?")
    await saved(left)
    await press(left, "Undo")
    await expect(question(left)).to_have_value("Water?")
    await saved(left)
    await question(right).fill("Juice?")
    await press(right, "Keep mine")
    await saved(right)
    assert (await kept(api, right))["rounds"][0]["questions"][0]["text"] == "Juice?"
    await question(left).fill("Milk?")
    await press(left, "Save mine as a copy")
    await expect(left.get_by_label("Title")).to_have_value("Two tabs (copy)")
    await expect(question(left)).to_have_value("Milk?")
    assert left.url != right.url
    assert (await kept(api, right))["rounds"][0]["questions"][0]["text"] == "Juice?"


async def test_what_is_written_without_a_network_is_saved_when_it_is_back(visit: Visit, api: Api) -> None:
    host = await edit(visit, api, "No network", "Tea?")
    await host.context.set_offline(True)
    await question(host).fill("Coffee?")
    words = "Not saved yet: the server does not answer. We keep trying. Kept on this device."
    await expect(state(host)).to_have_text(words)
    await question(host).fill("Coffee or tea?")
    await host.context.set_offline(False)
    await saved(host)
    assert (await kept(api, host))["rounds"][0]["questions"][0]["text"] == "Coffee or tea?"


async def test_an_unfinished_draft_outlives_a_reload_and_is_saved_once_it_is_whole(visit: Visit, api: Api) -> None:
    host = await edit(visit, api, "Unfinished", "Tea?")
    asked: list[str] = []

    async def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await dialog.accept()

    host.on("dialog", leave)
    await press(host, "Choice")
    await question(host).fill("Which one?")
    await host.get_by_label("Choice A", exact=True).fill("This one")
    await expect(state(host)).to_have_text("Not saved yet: 1 thing is not right. Kept on this device.")
    await host.reload()
    assert asked == ["beforeunload"]
    await expect(host.get_by_text("Changes that had not been saved were brought back")).to_be_visible()
    await outlined(host, "Round 1", "Tea?", "Which one?")
    await outline(host).last.click()
    await expect(host.get_by_label("Choice A", exact=True)).to_have_value("This one")
    await expect(host.get_by_text("Write at least 2.")).to_be_visible()
    assert len((await kept(api, host))["rounds"][0]["questions"]) == 1
    await host.get_by_label("Choice B", exact=True).fill("That one")
    await expect(host.get_by_text("Mark which choice is right.")).to_be_visible()
    await host.get_by_label("B is right").check()
    await saved(host)
    await host.reload()
    await outlined(host, "Round 1", "Tea?", "Which one?")
    await expect(host.get_by_text("were brought back")).not_to_be_visible()


async def test_what_was_written_on_a_quiz_that_was_deleted_meanwhile_finds_another_place(
    visit: Visit, api: Api
) -> None:
    host = await edit(visit, api, "Deleted elsewhere", "Tea?")
    host.on("dialog", lambda dialog: dialog.accept())
    await press(host, "Choice")
    await question(host).fill("Which one?")
    await expect(state(host)).to_contain_text("Kept on this device.")
    await api.call("DELETE", f"/quizzes/{host.url.split('/')[-1]}")
    await host.reload()
    await outlined(host, "Round 1", "Tea?", "Which one?")
    await outline(host).last.click()
    for choice in ("A", "B"):
        await host.get_by_label(f"Choice {choice}", exact=True).fill(f"This is {choice}")
    await host.get_by_label("B is right").check()
    await press(host, "Save as a new quiz")
    await saved(host)
    assert len((await kept(api, host))["rounds"][0]["questions"]) == 2


async def test_signing_in_again_goes_on_where_the_token_ran_out(visit: Visit, api: Api) -> None:
    host = await edit(visit, api, "Token", "Tea?")

    async def refuse(route: Route) -> None:
        if route.request.method == "PUT":
            await route.fulfill(status=401, json={"error": {"code": "unauthorized", "message": "Sign in."}})
        else:
            await route.continue_()

    await host.route("**/api/v1/quizzes/*", refuse)
    await question(host).fill("Coffee?")
    await expect(state(host)).to_contain_text("you have been signed out")
    await question(host).fill("Coffee or tea?")
    await host.unroute("**/api/v1/quizzes/*")
    await press(host, "Sign in")
    await host.get_by_label("Username").fill("admin")
    await host.get_by_label("Password").fill(PASSWORD)
    await press(host, "Sign in")
    await expect(question(host)).to_have_value("Coffee or tea?")
    await saved(host)
    assert (await kept(api, host))["rounds"][0]["questions"][0]["text"] == "Coffee or tea?"


async def test_questions_and_rounds_are_moved_by_buttons_by_keys_and_by_dragging(visit: Visit, api: Api) -> None:
    host = await edit(visit, api, "Moving", "one", "two", "three")
    await press(host, "Move the question down")
    await outlined(host, "Round 1", "two", "one", "three")
    await press(host, "+ Add a round")
    await host.get_by_label("Title of the round").fill("Final")
    await outline(host).nth(2).click()
    await host.get_by_label("Round of this question").select_option(label="Final")
    await outlined(host, "Round 1", "two", "three", "Final", "one")
    await outline(host).nth(4).focus()
    await host.keyboard.press("Alt+ArrowUp")
    await outlined(host, "Round 1", "two", "three", "one", "Final")
    await expect(outline(host).nth(3)).to_be_focused()
    grip = await host.locator(".handle").nth(2).bounding_box()
    top = await outline(host).nth(1).bounding_box()
    assert grip is not None
    assert top is not None
    await host.mouse.move(grip["x"] + 5, grip["y"] + grip["height"] / 2)
    await host.mouse.down()
    await host.mouse.move(top["x"] + 20, top["y"] + 5, steps=5)
    await host.mouse.up()
    await outlined(host, "Round 1", "one", "two", "three", "Final")
    await outline(host).last.click()
    await press(host, "Move the round up")
    await press(host, "Delete the round")
    await outlined(host, "Round 1", "one", "two", "three")
    await saved(host)
    assert [each["text"] for each in (await kept(api, host))["rounds"][0]["questions"]] == ["one", "two", "three"]


async def test_a_deleted_question_comes_back_and_a_doubled_one_stands_beside_it(visit: Visit, api: Api) -> None:
    host = await edit(visit, api, "Back", "one", "two")
    await press(host, "Delete")
    await outlined(host, "Round 1", "two")
    await expect(host.get_by_text("Question 1 was deleted.")).to_be_visible()
    await press(host, "Bring it back")
    await outlined(host, "Round 1", "one", "two")
    await expect(question(host)).to_have_value("one")
    await press(host, "Duplicate")
    await outlined(host, "Round 1", "one", "one", "two")
    await question(host).fill("one and a half")
    await outlined(host, "Round 1", "one", "one and a half", "two")
    await saved(host)


async def test_a_picture_that_cannot_be_seen_is_explained(visit: Visit, api: Api) -> None:
    host = await edit(visit, api, "Pictures", "Tea?")
    await host.route("https://pictures.example/**", lambda route: route.fulfill(status=404))
    await host.get_by_label("Address of a picture").fill("http://pictures.example/tea.png")
    await expect(host.get_by_text("A picture’s address begins with https://")).to_be_visible()
    await host.get_by_label("Address of a picture").fill("https://pictures.example/tea.png")
    await expect(host.get_by_text("The picture cannot be loaded.")).to_be_visible()
    await saved(host)


async def test_five_hundred_questions_stay_at_hand(visit: Visit, api: Api) -> None:
    host = await edit(visit, api, "Five hundred", *(f"Question no. {number}" for number in range(500)))
    await expect(outline(host)).to_have_count(501)
    await outline(host).nth(1).focus()
    await host.keyboard.press("End")
    await expect(question(host)).to_have_value("Question no. 499")
    await question(host).focus()
    await host.keyboard.type(" is the last")
    await saved(host)
    assert (await kept(api, host))["rounds"][0]["questions"][499]["text"].startswith("Question no. 499")
    assert await host.locator("textarea").count() == 2


@pytest.mark.parametrize(
    "text", [LONGEST, "<img src=x onerror=alert(1)><b>&amp;", "\u202eשלום עולם\u202c מה?", "🙂" * 500]
)
async def test_texts_of_all_kinds_fit_and_stay_as_they_were_written(visit: Visit, api: Api, text: str) -> None:
    quiz_id = await api.add_quiz(quiz_of("Texts", "Tea?"))
    host = await visit(f"/host/quiz/{quiz_id}", PHONE)
    await host.get_by_label("Username").fill("admin")
    await host.get_by_label("Password").fill(PASSWORD)
    await press(host, "Sign in")
    await question(host).fill(text)
    await host.get_by_label("Choice A", exact=True).fill(text)
    await saved(host)
    assert await too_wide(host) == []
    written = (await kept(api, host))["rounds"][0]["questions"][0]
    assert (written["text"], written["choices"][0]["text"]) == (text, text)


async def test_nothing_in_the_editor_keeps_anybody_out(visit: Visit, api: Api) -> None:
    host = await sign_in(visit)
    barriers = Barriers()
    await barriers.look(host, "desk")
    await write_new(host, "No barriers")
    await barriers.look(host, "new quiz")
    for kind in ("Choice", "Number", "Typed answer", "Order", "Poll"):
        await press(host, kind)
        await barriers.look(host, f"empty question, {kind}")
    await press(host, "Delete")
    await barriers.look(host, "deleted")
    await press(host, "+ Add a round")
    await barriers.look(host, "round")
    await press(host, "All quizzes")
    await barriers.look(host, "leaving")
    assert not barriers.found


async def test_a_quiz_is_doubled_saved_as_a_file_and_deleted_from_the_desk(visit: Visit, api: Api) -> None:
    await api.add_quiz(quiz_of("Seldom done", "Tea?"))
    host = await sign_in(visit)
    await press(host, "More for Seldom done")
    await press(host, "Duplicate")
    await expect(host.get_by_role("button", name="Edit Seldom done (copy)")).to_be_visible()
    async with host.expect_download() as saving:
        await press(host, "Export as CSV")
    assert (await saving.value).suggested_filename == "Seldom done.csv"
    await press(host, "Delete…")
    await press(host, "Cancel")
    await press(host, "Delete…")
    await host.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    await expect(host.get_by_role("button", name="Edit Seldom done", exact=True)).to_have_count(0)
    await open_editor(host, "Seldom done (copy)")


async def test_a_file_dropped_on_the_desk_is_imported_and_opened(visit: Visit) -> None:
    host = await sign_in(visit)
    lines = "#Q What is dropped?\\n^ A file\\nA A file\\nB A brick\\n\\n#Q Nothing right?\\nA One\\nB Two\\n"
    drop = f"""form => {{
      const files = new DataTransfer();
      files.items.add(new File(["{lines}"], "dropped"));
      form.dispatchEvent(new DragEvent("drop", {{ dataTransfer: files, bubbles: true, cancelable: true }}));
    }}"""
    await host.get_by_role("region", name="Import a quiz").evaluate(drop)
    await press(host, "Import")
    await expect(host.get_by_text("1 question imported.")).to_be_visible()
    await expect(host.get_by_text("1 entry was skipped:")).to_be_visible()
    await press(host, "Edit this quiz")
    await expect(question(host)).to_have_value("What is dropped?")


async def test_a_quiz_that_is_not_there_is_not_edited(visit: Visit) -> None:
    host = await sign_in(visit)
    await host.goto("/host/quiz/nowhere")
    await expect(host.get_by_text("This quiz does not exist, or belongs to somebody else.")).to_be_visible()
    await press(host, "All quizzes")
    await in_phase("desk", host)
