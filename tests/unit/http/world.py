"""A whole HTTP side over a real database, for tests: the use cases, a clock that is moved by hand, a client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import msgspec
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from msgspec import Struct

from quiz.cluster.limiter import MemoryLimiter
from quiz.cluster.standings import MemoryStandings
from quiz.domain.board import Board
from quiz.domain.commands import Command
from quiz.domain.decide import Decision, decide
from quiz.domain.ids import Millis, PlayerId, SessionId, SubmissionId
from quiz.domain.messages import Answer
from quiz.domain.session import Session
from quiz.domain.tally import StoredAnswer
from quiz.formats.files import FormatFiles
from quiz.formats.results_files import FormatResults
from quiz.game.accounts import Accounts
from quiz.game.bot_play import BotPlay
from quiz.game.joining import Joining
from quiz.game.library import Library
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.passwords import Passwords
from quiz.game.ports import PendingAnswer
from quiz.game.rehearsal import Rehearsal
from quiz.game.reports import Reports
from quiz.game.sessions import Sessions
from quiz.game.throttle import DEFAULT_LIMITS, Throttle
from quiz.game.tokens import Tokens
from quiz.http.health import Check
from quiz.http.server import build_http
from quiz.http.services import Services
from quiz.http.settings import HttpSettings
from quiz.observe.metrics import Metrics
from quiz.storage.migrate import migrate
from quiz.storage.settings import StorageSettings
from quiz.storage.storage import Storage
from tests.unit.http.document_check import DocumentCheck
from tests.unit.http.stand_ins import QUIZ, HandClock, NoAnswers, RecordingArrivals

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "a secret of the tests, long enough for HS256"


class Answered(Struct, frozen=True):
    """What came back for a call."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def code(self) -> str:
        """The code of an error."""
        code: str = self.json["error"]["code"]
        return code


class World:
    """Everything a test needs to call the API and to move a game on behind its back."""

    def __init__(
        self,
        storage: Storage,
        settings: HttpSettings | None = None,
        *,
        checks: Mapping[str, Check] | None = None,
        passwords: Passwords | None = None,
        limits: Mapping[str, str] | None = None,
        seats_most: int = 20_000,
    ) -> None:
        self.storage = storage
        self.clock = HandClock()
        self.tokens = Tokens(SECRET)
        self.live = LiveSessions(storage.sessions, most=100, lifetime_ms=None)
        self.arrivals = RecordingArrivals()
        self.bot_play = BotPlay(self.live, NoAnswers(), self.clock)
        self.metrics = Metrics()
        self.document = DocumentCheck()
        throttle = Throttle(MemoryLimiter({**DEFAULT_LIMITS, **(limits or {})}, seconds=self.clock.seconds))
        self.services = Services(
            accounts=Accounts(storage.users, passwords or Passwords(CHEAP), self.tokens, throttle, self.clock),
            library=Library(storage.quizzes, FormatFiles(), self.clock),
            sessions=Sessions(storage.sessions, storage.quizzes, self.live, self.tokens, self.clock),
            joining=Joining(
                storage.sessions, self.live, self.tokens, throttle, self.clock, self.arrivals, seats_most=seats_most
            ),
            reports=Reports(storage.sessions, self.live, MemoryStandings(), FormatResults()),
            rehearsal=Rehearsal(
                storage.sessions,
                self.live,
                self,
                self.bot_play,
                self,
                self,
                self.clock,
                seats_most=seats_most,
            ),
            tokens=self.tokens,
        )
        app = build_http(settings or HttpSettings(), self.services, checks or {}, self.metrics)
        self.http = TestClient(TestServer(app), auto_decompress=False)

    async def add_user(self, name: str = "ada", password: str = "correct horse") -> str:
        """Add a quiz master; their token."""
        user_id = await self.services.accounts.add(name, password)
        assert user_id is not None
        return self.tokens.for_user(user_id, self.in_hours(1))

    def in_hours(self, hours: float) -> Millis:
        return Millis(self.clock.at + round(hours * 3_600_000))

    async def call(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Answered:
        """Call the API; whatever comes back has to be as the OpenAPI document says."""
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        if json is not None:
            data = msgspec.json.encode(json)
            sent.setdefault("Content-Type", "application/json")
        elif data is not None:
            sent.setdefault("Content-Type", "application/octet-stream")
        body = None if data is None else BytesIO(data)
        async with self.http.request(method, f"/api/v1{path}", data=body, headers=sent) as response:
            answered = Answered(response.status, response.headers.copy(), await response.read())
        self.document.check(method, f"/api/v1{path}", answered.status, answered.headers, answered.body)
        return answered

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answered:
        """Get something that is not part of the API."""
        async with self.http.get(path, headers=headers) as response:
            return Answered(response.status, response.headers.copy(), await response.read())

    async def add_quiz(self, token: str, document: object = QUIZ) -> str:
        """Keep a quiz; its id."""
        kept = await self.call("POST", "/quizzes", document, token=token)
        assert kept.status == 201, kept.body
        quiz_id: str = kept.json["id"]
        return quiz_id

    async def make_session(self, token: str, document: object = QUIZ) -> Any:
        """Make a session of a new quiz; what the call answered."""
        quiz_id = await self.add_quiz(token, document)
        made = await self.call("POST", "/sessions", {"quiz_id": quiz_id}, token=token)
        assert made.status == 201, made.body
        return made.json

    async def join(self, pin: str, nickname: str) -> Any:
        """Take a seat; what the call answered."""
        joined = await self.call("POST", f"/sessions/{pin}/players", {"nickname": nickname})
        assert joined.status == 201, joined.body
        return joined.json

    async def command(self, session_id: str, *commands: Command) -> Session:
        """Carry out a host's commands."""
        live = await self.live.get(SessionId(session_id))
        for command in commands:
            decision = decide(live.session, command, self.clock.now())
            assert isinstance(decision, Decision), decision
            board = await self.storage.sessions.commit(decision, self.clock.now())
            assert isinstance(board, Board)
            live.advance(decision.after, board)
        return live.session

    async def perform(self, session_id: SessionId, command: Command, seen: int | None = None) -> int:
        """Carry out a command as the conductor would."""
        return (await self.command(session_id, command)).version

    def arrived(self, session_id: SessionId, player_id: PlayerId, nickname: str) -> None:
        """Remember who came, and have it in the picture of the session, as the crowd has."""
        self.arrivals.arrived(session_id, player_id, nickname)
        if (live := self.live.peek(session_id)) is not None:
            live.board.seat(player_id, nickname)

    async def catch_up(self, live: LiveSession, cause: str) -> None:
        """Read a session anew."""
        await self.live.refresh(live)

    async def answer(self, session_id: str, player_id: str, answer: Answer) -> None:
        """Store a player's answer to the question that is open, as given now."""
        session = (await self.live.get(SessionId(session_id))).session
        stored = await self.storage.answers.append(
            PendingAnswer(
                session_id=session.id,
                month=session.month,
                player_id=PlayerId(player_id),
                question=session.question,
                submission=SubmissionId(f"{player_id}-{session.question}"),
                answer=answer,
                received_at=self.clock.now(),
                elapsed_ms=Millis(self.clock.now() - (session.opens_at or 0)),
            )
        )
        assert isinstance(stored, StoredAnswer), stored


_template: list[bytes] = []


async def migrated_database(file: Path) -> str:
    """Make a database that has been migrated: the first one really, the others as copies of it. Its URL."""
    url = f"sqlite+aiosqlite:///{file}"
    if _template:
        await asyncio.to_thread(file.write_bytes, _template[0])
    else:
        await migrate(url)
        _template.append(await asyncio.to_thread(file.read_bytes))
    return url


@asynccontextmanager
async def a_world(folder: Path, settings: HttpSettings | None = None, **choices: Any) -> AsyncIterator[World]:
    """A world over a new database in `folder`, served for as long as the block lasts."""
    async with Storage(StorageSettings(url=await migrated_database(folder / "quiz.db"))) as storage:
        world = World(storage, settings, **choices)
        async with world.http:
            yield world
        await world.bot_play.close()
