"""One game: played from lobby to podium while things break, then judged."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp
import msgspec
from msgspec import Struct

from quiz.domain.messages import State
from tests.chaos.clock import now_ms
from tests.chaos.crowd import Crowd
from tests.chaos.database import read_rows, stored_times
from tests.chaos.desk import Desk
from tests.chaos.faults import Strike, strike
from tests.chaos.host import Stuck
from tests.chaos.judge import Finding, judge
from tests.chaos.questions import paper
from tests.chaos.record import Asked, Counts, Evidence, Suffered
from tests.chaos.schedule import REDIS_AWAY, TIME_LIMIT_S, Game, Round
from tests.chaos.stage import Stage
from tests.chaos.watch import watching

GATHER_S: Final = 30.0
PATIENCE_S: Final = 25.0
"""How long anything may take to come about before the game is called stuck."""
SETTLE_S: Final = 10.0
"""How long after the end everything may take to be stored, counted and shown."""
_LOOK_AGAIN_S: Final = 0.5


class Played(Struct, frozen=True, kw_only=True):
    """A game as it went. `spread` is how many clients each node had at the start."""

    game: Game
    rounds: list[Suffered]
    findings: list[Finding]
    evidence: Evidence | None
    spread: list[int]
    settled_s: float


async def play(stage: Stage, http: aiohttp.ClientSession, desk: Desk, game: Game, players: int) -> Played:
    """Play a game; whatever promise is broken stands in what is given back."""
    document = paper(game)
    made = await desk.make_session(document)
    crowd = await Crowd.gather(http, desk, made, players, game.seed)
    try:
        async with watching(stage.dsn, str(made["id"])) as closed:
            return await _Table(stage, crowd, str(made["id"]), document, closed).play(game)
    finally:
        await crowd.leave()


class _Table:
    """A game under way."""

    def __init__(
        self, stage: Stage, crowd: Crowd, session_id: str, document: dict[str, Any], closed: dict[int, int]
    ) -> None:
        self._stage = stage
        self._crowd = crowd
        self._session_id = session_id
        self._document = document
        self._closed = closed
        self._asked: list[Asked] = []
        self._strikes: list[Strike] = []
        self._rounds: list[Suffered] = []
        self._stuck: list[Finding] = []

    async def play(self, game: Game) -> Played:
        spread: list[int] = []
        try:
            await self._crowd.all(lambda client: client.connected, GATHER_S)
            spread = list((await self._stage.clients_by_node()).values())
            for question, round_ in enumerate(game.rounds, start=1):
                await self._round(question, round_)
            await self._crowd.host.moves("next", lambda state: state.phase == "finished", PATIENCE_S)
        except Stuck as stuck:
            self._stuck.append(Finding("the game goes on", str(stuck), len(self._rounds)))
        evidence, findings, settled_s = await self._settle()
        return Played(
            game=game,
            rounds=self._rounds,
            findings=[*self._stuck, *findings],
            evidence=evidence,
            spread=spread,
            settled_s=settled_s,
        )

    async def _round(self, question: int, round_: Round) -> None:
        before, stepped_back = self._crowd.counts(), self._crowd.stepped_back()
        striking = asyncio.create_task(self._strike(round_))
        try:
            host = self._crowd.host
            command = "start" if question == 1 else "next"
            await host.moves(command, lambda state: _is_open(state, question), PATIENCE_S)
            if not round_.timed:
                await asyncio.sleep(round_.closes_after_s)
                await host.moves("close", lambda state: _is_closed(state, question), PATIENCE_S)
            await host.sees(lambda state: _is_closed(state, question), TIME_LIMIT_S + PATIENCE_S)
            closed = now_ms()
            await self._look_up(question, round_)
            version = host.version
            struck = await striking
            in_step = asyncio.create_task(self._in_step(version, max(closed, struck.until)))
            if round_.patient:
                await asyncio.wait([in_step])
            await asyncio.sleep(round_.pause_s)
            await host.moves("next", lambda state: state.phase == "standings", PATIENCE_S)
            await asyncio.sleep(round_.pause_s)
            in_step_s = await in_step
        finally:
            striking.cancel()
            await asyncio.gather(striking, return_exceptions=True)
        after = self._crowd.counts()
        self._rounds.append(
            Suffered(
                number=round_.number,
                fault=round_.fault,
                victim=struck.victim,
                since=struck.since,
                until=struck.until,
                question=question,
                timed=round_.timed,
                in_step_s=in_step_s,
                counts=Counts(
                    reconnects=after.reconnects - before.reconnects,
                    retries=after.retries - before.retries,
                    queued=after.queued - before.queued,
                    refused=after.refused - before.refused,
                ),
                stepped_back=self._crowd.stepped_back() - stepped_back,
            )
        )

    async def _strike(self, round_: Round) -> Strike:
        await asyncio.sleep(round_.moment_s)
        struck = await strike(self._stage, round_)
        self._strikes.append(struck)
        return struck

    async def _in_step(self, version: int, since: int) -> float | None:
        try:
            await self._crowd.all(lambda client: client.connected and client.version >= version, PATIENCE_S)
        except Stuck as stuck:
            self._stuck.append(Finding("clients come back into step", str(stuck), len(self._rounds) + 1))
            return None
        return max(0, now_ms() - since) / 1000

    async def _look_up(self, question: int, round_: Round) -> None:
        stored, opens_at, closes_at = await stored_times(self._stage.dsn, self._session_id)
        assert (stored, closes_at is not None) == (question, True), "the host alone moves on"
        shown = next(
            (state.question.items for state in self._states() if state.question and state.question.number == question),
            None,
        )
        self._asked.append(
            Asked(
                number=question,
                timed=round_.timed,
                opens_at=opens_at,
                closes_at=closes_at or 0,
                told_closes_at=[],
                seen_closed=None,
                redis_away=round_.fault in REDIS_AWAY,
                items=shown,
            )
        )

    def _closings(self, question: int) -> list[int]:
        """When a question was found closed, by its row and by clients."""
        return [*self._crowd.reveals(question), *([self._closed[question]] if question in self._closed else [])]

    def _states(self) -> list[State]:
        return [client.state for client in self._crowd.clients if client.state]

    async def _settle(self) -> tuple[Evidence, list[Finding], float]:
        """Judge again and again until nothing is wrong or the time is up, so that only what stays wrong counts."""
        began = now_ms()
        while True:
            evidence = await self._evidence()
            findings, took_s = judge(evidence), (now_ms() - began) / 1000
            if not findings or took_s > SETTLE_S:
                return evidence, findings, took_s
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _evidence(self) -> Evidence:
        rows, players = await read_rows(self._stage.dsn, self._session_id), self._crowd.players
        asked = [
            msgspec.structs.replace(
                each,
                seen_closed=min(self._closings(each.number), default=None),
                first_reveal=next(iter(self._crowd.reveals(each.number)), None),
                last_reveal=next(reversed(self._crowd.reveals(each.number)), None),
                told_closes_at=self._crowd.told_closes_at(each.number),
            )
            for each in self._asked
        ]
        return Evidence(
            document=self._document,
            sent=[sent for player in players for sent in player.sent],
            acked=[ack for player in players for ack in player.acked],
            turned_away=[refusal for player in players for refusal in player.turned_away],
            unheard=[unheard for player in players for unheard in player.unheard],
            asked=asked,
            seen=[client.seen() for client in self._crowd.clients],
            away=[struck.away for struck in self._strikes if struck.away],
            rows=rows,
        )


def _is_open(state: State, question: int) -> bool:
    return state.question is not None and state.question.number == question


def _is_closed(state: State, question: int) -> bool:
    return _is_open(state, question) and state.phase == "reveal"
