"""A friendly game to look at: the same quiz, names and answers each time."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any, Final

from playwright.async_api import BrowserContext, Route

from tests.e2e.backstage import Game
from tests.node.people import Player
from tests.node.processes import Server

PIN: Final = "4271853"
ADDRESS: Final = "https://quiz.example"
"""What links and QR codes show."""
NAMES: Final = (
    "Amara",
    "Björn",
    "Dmitri",
    "Elif",
    "Giovanni",
    "Jamal",
    "Kaito",
    "Léa",
    "Mateusz",
    "Nour",
    "Priya",
    "Zoë",
)
PICTURE: Final = "https://pictures.example/moon.svg"

_MOON: Final = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 360">
<rect width="640" height="360" fill="#0b1030"/>
<g fill="#fff"><circle cx="70" cy="60" r="2"/><circle cx="180" cy="120" r="1.5"/><circle cx="260" cy="40" r="2"/>
<circle cx="90" cy="200" r="1.5"/><circle cx="520" cy="50" r="2"/><circle cx="600" cy="140" r="1.5"/></g>
<circle cx="400" cy="150" r="84" fill="#e9e4d4"/><g fill="#cfc8b4"><circle cx="370" cy="120" r="18"/>
<circle cx="430" cy="170" r="24"/><circle cx="390" cy="195" r="10"/><circle cx="440" cy="105" r="9"/></g>
<path d="M0 300q160-60 330-20t310-10v90H0z" fill="#8f8a80"/><path d="M0 330q200-40 400-5t240-10v45H0z" fill="#6f6a62"/>
<path d="M150 285v-90" stroke="#ddd" stroke-width="4"/><path d="M152 195h56v34h-56z" fill="#d8563f"/></svg>"""


def _choice(text: str, *texts: str, right: int, **more: object) -> dict[str, Any]:
    choices = [{"text": each, "correct": place == right} for place, each in enumerate(texts)]
    return {"type": "choice", "text": text, "choices": choices, "time_limit": 60, "points": 500, **more}


QUIZ: Final[dict[str, Any]] = {
    "title": "Friday quiz: Earth and beyond",
    "rounds": [
        {
            "title": "Warm-up",
            "questions": [
                _choice(
                    *("Who took the first step on the Moon?", "Neil Armstrong", "Buzz Aldrin"),
                    *("Yuri Gagarin", "Valentina Tereshkova"),
                    right=0,
                    image=PICTURE,
                    explanation="Armstrong left the lander on 21 July 1969; Aldrin followed nineteen minutes later.",
                ),
                {
                    "type": "choice",
                    "text": "Which of these are moons of Jupiter?",
                    "multiple": True,
                    "choices": [
                        {"text": "Europa", "correct": True},
                        {"text": "Titan"},
                        {"text": "Io", "correct": True},
                        {"text": "Triton"},
                    ],
                    "time_limit": 60,
                },
                {
                    "type": "poll",
                    "text": "Would you fly to Mars?",
                    "choices": [{"text": "On the next ship"}, {"text": "With a return ticket"}, {"text": "Never"}],
                    "time_limit": 60,
                },
            ],
        },
        {
            "title": "Finale",
            "questions": [
                {
                    "type": "numeric",
                    "text": "How many minutes does sunlight take to reach the Earth?",
                    "answer": 8,
                    "tolerance": 1,
                    "points": 800,
                    "time_limit": 60,
                },
                {
                    "type": "text",
                    "text": "Which planet is tipped over so far that it rolls along its orbit?",
                    "accepted": ["Uranus"],
                    "points": 1200,
                    "time_limit": 60,
                },
                {
                    "type": "order",
                    "text": "Order these from the nearest to the farthest",
                    "items": ["The Moon", "Mars", "Saturn", "Proxima Centauri"],
                    "time_limit": 60,
                    "points": 2000,
                    "explanation": "Light needs a second to the Moon, and more than four years to Proxima Centauri.",
                },
            ],
        },
    ],
}
KINDS: Final = ("choice", "multiple", "poll", "numeric", "text", "order")


def set_pin(server: Server, session: str) -> None:
    """Have a session that nobody has joined yet carry the PIN of the pictures."""
    with closing(sqlite3.connect(server.folder / "quiz.db")) as database, database:
        database.execute("UPDATE sessions SET pin = ? WHERE id = ?", (PIN, session))


async def serve_picture(context: BrowserContext) -> None:
    """Answer the quiz's picture from here: nothing is fetched from anywhere."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=_MOON, content_type="image/svg+xml")

    await context.route(PICTURE, answer)


async def all_answer(game: Game, players: list[Player], number: int) -> None:
    """What the players without a page answer: the further down the list, the more often wrong."""
    kind = KINDS[number - 1]
    for place, player in enumerate(players):
        right = (place * 7 + number * 5) % 12 > place // 2 + 2
        await player.sent("question", lambda event: event["question"]["number"] == number)
        ack = await player.answer(number, _answer(game, kind, place, right=right), f"demo-{number}")
        assert ack["ok"], ack


def _answer(game: Game, kind: str, place: int, *, right: bool) -> object:
    match kind:
        case "choice":
            return [0] if right else [1 + place % 3]
        case "multiple":
            return [0, 2] if right else [0, 1 + place % 3]
        case "poll":
            return [(place * 5) % 3]
        case "numeric":
            return 8 if right else 5 + place * 2
        case "text":
            return "Uranus" if right else ("Saturn", "Neptune", "Venus")[place % 3]
        case _:
            shown = game.leader.last("question")["question"]["items"]
            wanted = [shown.index(item) for item in ("The Moon", "Mars", "Saturn", "Proxima Centauri")]
            return wanted if right else [wanted[1], wanted[0], *wanted[2:]]
