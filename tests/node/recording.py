"""A game recorded off a real node, for the tests of the pages: `python -m tests.node.recording` writes it anew.

Three clients keep all they are sent, and after each step a fresh connection says what a snapshot would have told them.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Final, get_args

import aiohttp
import msgspec

from quiz.app import running
from quiz.config import read_settings
from quiz.domain.follow import follow
from quiz.domain.messages import ServerEvent, State
from tests.node.people import JSON, PATIENCE_S, Api, Client, Host, Party, Player
from tests.node.quizzes import CHOICE, NUMERIC, ORDER, POLL, quiz

PAGE: Final = Path(__file__).resolve().parents[2] / "quiz" / "web" / "src" / "session" / "recorded-game.json"

_EVENTS: Final = {event.event: event for event in get_args(ServerEvent)}

Step = dict[str, JSON]


class Witness:
    """A client, and what it was sent step by step."""

    def __init__(self, client: Client) -> None:
        self.steps: list[Step] = []
        self._client = client
        self._seen = 0
        self._state: State | None = None

    async def saw(self, step: str, acked: JSON = None) -> None:
        """Wait until the events of a step have come, and keep them beside what a snapshot says now."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                fresh = await self._snapshot()
                events = self._client.frames[self._seen :]
                state = self._state
                for name, payload in events:
                    event = msgspec.convert(payload, _EVENTS[name])
                    state = follow(state, event) if state else event
                if state is not None and _told(state) == _told(msgspec.convert(fresh, State)):
                    break
                await asyncio.sleep(0.01)  # an event may be on its way still
        self._seen += len(events)
        self._state = state
        recorded: Step = {"step": step, "events": [{"name": name, "payload": payload} for name, payload in events]}
        self.steps.append(recorded | ({"acked": acked} if acked else {}) | {"fresh": fresh})

    async def _snapshot(self) -> JSON:
        known = self._client
        fresh = await Client(known.url, known.token, known.affinity).connect()
        await fresh.leave()
        return fresh.last("state")


def _told(state: State) -> State:
    """Without what no event tells; a player's own answer is told by its ack."""
    state = msgspec.structs.replace(state, now=0)
    if state.you is None:
        return state
    result = state.you.result and msgspec.structs.replace(state.you.result, of=0)
    you = msgspec.structs.replace(state.you, of=0, answered=False, answer=None, received_at=None, result=result)
    return msgspec.structs.replace(state, version=0, players=0, you=you)


class Recorder:
    """Plays a game and has the witnesses keep it."""

    def __init__(self, party: Party, host: Host, ada: Player, witnesses: dict[str, Witness]) -> None:
        self.party, self.host, self.ada = party, host, ada
        self.witnesses = witnesses

    async def play(self) -> dict[str, list[Step]]:
        """The whole game; what each witness saw."""
        await self.step("joined: Ada")
        bo, ed = await self.party.player("Brendan"), await self.party.player("Édith")
        await self.step("joined: Brendan, Édith")
        await self.does("locked", "lock")
        await self.does("unlocked", "unlock")
        await self.host.does("kick", player_id=ed.player_id)
        await self.step("kicked in the lobby")
        zoe = await self.party.player("Zoë")
        await self.step("joined: Zoë")
        await self.does("started", "start")
        await self.answered(1, self.ada, [0])
        await self.answered(1, bo, [1])
        await self.does("extended", "extend", seconds=10)
        await self.answered(1, zoe, [1])
        await self.closed()
        await self.does("standings", "next")
        await self.does("next question", "next")
        await self.answered(2, bo, 27)
        await self.closed()
        await self.does("standings", "next")
        await self.does("next question", "next")
        await self.party.player("Late")
        await self.step("joined: Late")
        await self.answered(3, self.ada, [1, 0, 2, 3])
        await self.closed()
        await self.does("voided", "void", question=3)
        await self.does("standings", "next")
        await self.does("next question", "next")
        await self.answered(4, self.ada, [0])
        await self.does("ended", "end")
        return {role: witness.steps for role, witness in self.witnesses.items()}

    async def does(self, step: str, command: str, **payload: object) -> None:
        await self.host.does(command, **payload)
        await self.step(step)

    async def closed(self) -> None:
        await self.does("closed", "close")

    async def answered(self, question: int, player: Player, answer: object) -> None:
        ack = await player.answer(question, answer)
        told = {"question": question, "answer": answer, "received_at": ack["received_at"]}
        await self.step(f"{player.nickname} answered", told if player is self.ada else None)

    async def step(self, name: str, acked: JSON = None) -> None:
        for role, witness in self.witnesses.items():
            await witness.saw(name, acked if role == "player" else None)


async def record(api: Api) -> dict[str, list[Step]]:
    """Play a game on a node and give what its player Ada, its host and its screen saw."""
    quiz_id = await api.add_quiz(quiz(CHOICE, NUMERIC, ORDER, POLL, title="Harbour quiz"))
    party = Party(api, await api.make_session(quiz_id), ("websocket",))
    try:
        host, screen, ada = await party.host(), await party.screen(), await party.player("Ada")
        seen = {"player": Witness(ada), "host": Witness(host), "screen": Witness(screen)}
        return await Recorder(party, host, ada, seen).play()
    finally:
        await party.go_home()


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        password = "correct horse"
        settings = read_settings(
            {"DATABASE_URL": f"sqlite+aiosqlite:///{folder}/quiz.db", "QUIZ_ADMIN_PASSWORD": password}
        )
        async with running(settings, "127.0.0.1", 0) as node, aiohttp.ClientSession() as http:
            game = await record(await Api(http, node.url).sign_in(password))
    lines = [
        f' "{role}": [\n' + ",\n".join(f"  {json.dumps(step, ensure_ascii=False)}" for step in steps) + "\n ]"
        for role, steps in game.items()
    ]
    PAGE.write_text("{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    asyncio.run(main())
