"""The `quiz` command as somebody types it: real processes, one database file."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import aiohttp
import pytest

from tests.node.conftest import PASSWORD
from tests.node.people import Api, Host, Party
from tests.node.processes import Server
from tests.node.quizzes import CHOICE, quiz

pytestmark = pytest.mark.timeout(120)
SAMPLES = Path(__file__).parent.parent / "samples"


async def command(folder: Path, *arguments: str, stdin: str = "", **environ: str) -> tuple[int, str]:
    """Run `quiz …` over the folder's database; its exit status and all it printed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "quiz.cli.main", *arguments,
        env={**os.environ, "DATABASE_URL": f"sqlite+aiosqlite:///{folder / 'quiz.db'}", "COLUMNS": "200", **environ},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    output, _ = await asyncio.wait_for(process.communicate(stdin.encode()), 60)
    return process.returncode or 0, output.decode()


async def test_a_quiz_is_imported_for_a_quiz_master_who_can_then_sign_in_and_find_it(tmp_path: Path) -> None:
    await command(tmp_path, "import", str(SAMPLES / "trivia.txt"))
    status, output = await command(tmp_path, "user", "add", "Grace", "--password-stdin", stdin="quite a secret\n")
    assert (status, output) == (0, "Added Grace.\n")
    status, output = await command(tmp_path, "import", str(SAMPLES / "trivia.txt"), "--owner", "grace")
    assert status == 0
    assert "line 27: The right answer (^) is not among the choices." in output
    assert re.search(r"Imported 6 questions as quiz \S+, skipped \d+\.", output)
    async with Server(tmp_path, PASSWORD) as server, aiohttp.ClientSession() as http:
        api = await Api(http, server.url).sign_in("quite a secret", "Grace")
        _, listed = await api.call("GET", "/quizzes")
        assert [(line["title"], line["questions"]) for line in listed["items"]] == [("Trivia", 6)]


async def test_a_password_is_made_and_printed_when_nobody_can_be_asked(tmp_path: Path) -> None:
    await command(tmp_path, "import", str(SAMPLES / "trivia.txt"))
    status, output = await command(tmp_path, "user", "add", "Grace")
    assert status == 0
    assert re.fullmatch(r"Added Grace\. Password, shown this once: \S{12}\n", output)
    status, output = await command(tmp_path, "user", "add", "GRACE")
    assert (status, output) == (1, "There is a quiz master 'GRACE' already.\n")


@pytest.mark.parametrize(
    ("arguments", "environ", "says"),
    [
        (("serve",), {"QUIZ_SEATZ_MAX": "1"}, "QUIZ_SEATZ_MAX is not a setting"),
        (("serve", "--port", "0"), {"QUIZ_ADMIN_PASSWORD": "short"}, "QUIZ_ADMIN_PASSWORD: A password has 8"),
        (("import", str(SAMPLES / "moodle.gift"), "--owner", "nobody"), {}, "There is no quiz master 'nobody'"),
        (
            ("import", str(SAMPLES / "trivia.txt")),
            {"QUIZ_ADMIN_PASSWORD": "short"},
            "QUIZ_ADMIN_PASSWORD: A password has",
        ),
        (("import", str(SAMPLES / "trivia.txt")), {"DATABASE_URL": "mysql://there/quiz"}, "DATABASE_URL: There is no"),
        (("import", __file__), {}, "does not look like any format"),
        (("import", __file__, "--format", "json"), {}, "JSON"),
        (("user", "add", "Grace", "--password-stdin"), {}, "A password has 8 to 1000 characters."),
        (("bots", "--pin", "1234567", "--url", "http://127.0.0.1:1"), {}, "cannot be reached"),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else "",
)
async def test_a_mistake_ends_a_command_with_one_line_that_says_what_it_was(
    tmp_path: Path, arguments: tuple[str, ...], environ: dict[str, str], says: str
) -> None:
    status, output = await command(tmp_path, *arguments, **environ)
    assert status == 1
    assert says in output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    "arguments", [("import", str(SAMPLES / "trivia.txt")), ("user", "add", "Grace", "--generate")], ids=" ".join
)
async def test_the_first_command_on_an_empty_database_makes_admin_and_says_once_how_to_sign_in(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    status, output = await command(tmp_path, *arguments)
    assert status == 0
    found = re.search(r"^Sign in as admin with password (\S+)\n", output, re.MULTILINE)
    assert found
    status, output = await command(tmp_path, "import", str(SAMPLES / "trivia.txt"))
    assert status == 0
    assert "Sign in" not in output
    async with Server(tmp_path, "") as server, aiohttp.ClientSession() as http:
        await Api(http, server.url).sign_in(found[1])
        assert "Sign in as" not in server.log()


async def test_the_first_command_gives_admin_the_password_of_the_environment(tmp_path: Path) -> None:
    status, output = await command(tmp_path, "import", str(SAMPLES / "trivia.txt"), QUIZ_ADMIN_PASSWORD="a good secret")
    assert status == 0
    assert "Sign in as admin with the password of QUIZ_ADMIN_PASSWORD.\n" in output
    assert "a good secret" not in output
    async with Server(tmp_path, "") as server, aiohttp.ClientSession() as http:
        api = await Api(http, server.url).sign_in("a good secret")
        _, listed = await api.call("GET", "/quizzes")
        assert "Trivia" in [line["title"] for line in listed["items"]]


async def test_a_single_question_is_counted_as_one(tmp_path: Path) -> None:
    file = tmp_path / "one.csv"
    file.write_text("question,answer 1,answer 2,correct\nHow many moons?,One,Two,1\n")
    status, output = await command(tmp_path, "import", str(file))
    assert status == 0
    assert re.search(r"Imported 1 question as quiz \S+, skipped 0\.", output)


async def test_migrating_twice_at_once_and_again_is_safe(tmp_path: Path) -> None:
    outputs = await asyncio.gather(*(command(tmp_path, "migrate") for _ in range(3)))
    assert [status for status, _ in outputs] == [0, 0, 0]
    assert sum("Applied" in output for _, output in outputs) == 1
    assert await command(tmp_path, "migrate") == (0, "The database is up to date.\n")


async def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    async with Server(tmp_path, PASSWORD) as server:
        status, output = await command(tmp_path, "serve", "--port", str(server.port))
    assert status == 1
    assert f"Cannot listen on 127.0.0.1:{server.port}" in output


async def test_the_first_start_prints_a_password_once_and_never_logs_it(tmp_path: Path) -> None:
    async with Server(tmp_path, "") as server:
        first = server.log()
        found = re.search(r"Sign in as admin with password (\S+)", first)
        assert found
        async with aiohttp.ClientSession() as http:
            await Api(http, server.url).sign_in(found[1])
        await server.stop()
        await server.start()
        await server.stop()
        assert server.log().count(found[1]) == 1


async def test_bots_play_a_session_and_report_what_became_of_their_answers(tmp_path: Path) -> None:
    async with Server(tmp_path, PASSWORD) as server, aiohttp.ClientSession() as http:
        api = await Api(http, server.url).sign_in(PASSWORD)
        made = await api.make_session(await api.add_quiz(quiz(CHOICE)))
        host: Host = await Party(api, made, ("websocket",)).host()
        arguments = (
            "bots",
            "--url",
            server.url,
            "--pin",
            made["pin"],
            "--players",
            "12",
            "--think",
            "0",
            "--seed",
            "5",
        )
        bots = asyncio.create_task(command(tmp_path, *arguments))
        await host.sent("lobby", lambda event: event["players"] == 12)
        await host.does("start")
        await host.sent("progress", lambda event: event["answered"] == 12)
        for step in ("close", "next", "next"):
            await host.does(step)
        status, output = await bots
        assert status == 0
        assert "12 bots go to PIN" in output
        assert re.search(r"1\s+│\s+saved\s+│\s+12", output)
        await host.leave()


async def test_bots_that_are_not_let_in_say_why(tmp_path: Path) -> None:
    async with Server(tmp_path, PASSWORD) as server:
        status, output = await command(tmp_path, "bots", "--url", server.url, "--pin", "1000000")
    assert status == 1
    assert "There is no game with this PIN." in output
