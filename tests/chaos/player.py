"""A player: answers each question once, and asks until it is told what became of it."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

import aiohttp

from quiz.domain.messages import QuestionView
from tests.chaos.client import Client, NoAck, Transport
from tests.chaos.clock import now_ms
from tests.chaos.questions import guess
from tests.chaos.record import Acked, Given, Sent, TurnedAway, Unheard

SILENT: Final = 0.04
"""The share of questions that a player lets pass."""
ASKS_TWICE: Final = 0.08
"""The share of acked answers that are sent once more, as a client does whose ack came late."""
THINKS_MIN_S: Final = 0.05
THINKS_MAX_S: Final = 4.6
"""Just in time, so that whoever is held up may come too late."""
THINKS_UNTIMED_MAX_S: Final = 3.3
"""A little less than hosts wait at least."""
_AGAIN_MAX_S: Final = 1.0
_NO_ACK_MAX_S: Final = 0.1


class Player(Client):
    """One player. What it answers and when derives from `seed` alone."""

    def __init__(
        self,
        http: aiohttp.ClientSession,
        url: str,
        name: str,
        seat: dict[str, str],
        affinity: str,
        transport: Transport,
        seed: str,
    ) -> None:
        super().__init__(http, url, name, seat["token"], affinity, transport, Random(f"{seed} network"))
        self.player_id = seat["player_id"]
        self.sent: list[Sent] = []
        self.acked: list[Acked] = []
        self.turned_away: list[TurnedAway] = []
        self.retries = 0
        self._seed = seed
        self._answering: dict[int, asyncio.Task[None]] = {}

    @property
    def player(self) -> str:
        return self.player_id

    @property
    def unheard(self) -> list[Unheard]:
        """Answers of which it still knows nothing."""
        told = {each.submission for each in self.acked} | {each.submission for each in self.turned_away}
        return [
            Unheard(each.player, each.question, each.submission) for each in self.sent if each.submission not in told
        ]

    def on_news(self) -> None:
        state = self.state
        if state is None or state.question is None or state.phase != "question":
            return
        if state.question.number not in self._answering:
            self._answering[state.question.number] = asyncio.create_task(self._answer(state.question))

    async def leave(self) -> None:
        """Stop answering."""
        for task in self._answering.values():
            task.cancel()
        await asyncio.gather(*self._answering.values(), return_exceptions=True)

    async def _answer(self, question: QuestionView) -> None:
        mind = Random(f"{self._seed} question {question.number}")
        longest_s = THINKS_UNTIMED_MAX_S if question.time_limit is None else THINKS_MAX_S
        thinks_s, is_silent = mind.uniform(THINKS_MIN_S, longest_s), mind.random() < SILENT
        answer = guess(question.type, mind, question.choices, multiple=question.multiple)
        asks_twice = mind.random() < ASKS_TWICE
        if is_silent:
            return
        await asyncio.sleep((question.opens_at - now_ms()) / 1000 + thinks_s)
        submission = f"{self.player_id}-{question.number}"
        if await self._ask(question.number, answer, submission) and asks_twice:
            await self._ask(question.number, answer, submission)

    async def _ask(self, question: int, answer: Given, submission: str) -> bool:
        """Send until it is acked, or refused for good; says which."""
        payload = {"question": question, "answer": answer, "id": submission}
        tries = 0
        while True:
            if not self.connected:
                await self.news(1)
                continue
            sent_at = now_ms()
            if tries == 0 and not any(each.submission == submission for each in self.sent):
                self.sent.append(Sent(self.player_id, question, submission, answer))
            self.retries += tries > 0
            tries += 1
            try:
                ack = await self.call("answer", payload)
            except NoAck:
                await asyncio.sleep(self.random.uniform(0, _NO_ACK_MAX_S))
                continue
            at = now_ms()
            if ack["ok"]:
                told = (ack["received_at"], ack["status"], at)
                self.acked.append(Acked(self.player_id, question, submission, answer, *told))
                return True
            if not ack["error"]["retry"]:
                code = ack["error"]["code"]
                self.turned_away.append(TurnedAway(self.player_id, question, submission, code, sent_at, at))
                return False
            await asyncio.sleep(self.random.uniform(0, min(_AGAIN_MAX_S, 0.1 * 2**tries)))
