"""Every event × every role × every phase: who may do what when, generated from the tables that say so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from quiz.domain.decide import TABLE
from quiz.domain.roles import Role
from quiz.domain.session import Phase
from quiz.game.calls import (
    CALLS,
    AnswerCall,
    ExtendCall,
    KickCall,
    ReadmitCall,
    TimeCall,
    VersionedCall,
    VoidCall,
    command_of,
)
from tests.node.conftest import Throw
from tests.node.people import Client, Host, Party, Player
from tests.node.quizzes import CHOICE, quiz

# How a host gets from the lobby to each phase.
WAYS: dict[Phase, list[str]] = {
    Phase.LOBBY: [],
    Phase.QUESTION: ["start"],
    Phase.REVEAL: ["start", "close"],
    Phase.STANDINGS: ["start", "close", "next"],
    Phase.FINISHED: ["start", "close", "next", "end"],
}
EVENTS = [*CALLS, "nonsense", "disconnect"]


def payload(event: str, version: int, bystander: Player) -> dict[str, Any]:
    """A payload that is right in shape and version."""
    row = CALLS.get(event)
    if row is None or row.payload is TimeCall:
        return {}
    payloads: dict[type, dict[str, Any]] = {
        AnswerCall: {"question": 1, "answer": [1], "id": "matrix"},
        VersionedCall: {"version": version},
        ExtendCall: {"version": version, "seconds": 5},
        KickCall: {"player_id": bystander.player_id},
        ReadmitCall: {"player_id": bystander.player_id},
        VoidCall: {"version": version, "question": 1},
    }
    return payloads[row.payload]


def expected(event: str, role: Role, phase: Phase) -> str:
    """What the tables say: `ok` or an error code."""
    row = CALLS.get(event)
    if row is None:
        return "unknown_event"
    if role not in row.roles:
        return "forbidden"
    if event == "time":
        return "ok"
    if event == "answer":
        return {Phase.LOBBY: "not_open", Phase.QUESTION: "ok"}.get(phase, "closed")
    if event == "void" and phase is Phase.QUESTION:
        return "wrong_phase"  # of the question that is open; earlier ones may be voided
    shape = row.payload(**payload(event, 1, Player("", "")))
    command, _ = command_of(event, shape)
    return "ok" if (phase, type(command)) in TABLE else "wrong_phase"


async def somebody(party: Party, role: Role) -> Client:
    match role:
        case Role.HOST:
            return await party.host()
        case Role.SCREEN:
            return await party.screen()
        case Role.PLAYER:
            return await party.player("Somebody")


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("role", list(Role))
async def test_every_event_does_what_the_tables_say(throw: Throw, role: Role, phase: Phase) -> None:
    for event in EVENTS:
        party = await throw(quiz(CHOICE, CHOICE))
        host, bystander = await party.host(), await party.player("Bystander")
        client = host if role is Role.HOST else await somebody(party, role)
        for step in WAYS[phase]:
            await host.does(step)
        if event == "readmit":
            await host.does("kick", player_id=bystander.player_id)
        version = max(host.version, host.acked)
        ack = await client.call(event, payload(event, version, bystander))
        assert (ack["ok"], outcome(ack)) == (expected(event, role, phase) == "ok", expected(event, role, phase)), event
        after = await host_sees(party)
        changed = role is Role.HOST and ack["ok"] and event != "time"
        assert after["version"] == version + changed, event
        await party.go_home()


def outcome(ack: dict[str, Any]) -> str:
    return "ok" if ack["ok"] else str(ack["error"]["code"])


async def host_sees(party: Party) -> dict[str, Any]:
    """A fresh snapshot: nothing has changed unless it shows here."""
    state = (await party.host()).last("state")
    assert isinstance(state, dict)
    return state


async def test_a_stale_command_is_told_the_present_version_and_changes_nothing(throw: Throw) -> None:
    party = await throw(quiz(CHOICE))
    host = await party.host()
    first = host.version
    await host.does("lock")
    for event in ("start", "next", "close", "lock", "unlock", "end"):
        ack = await host.call(event, {"version": first})
        assert (ack["error"]["code"], ack["error"]["version"]) == ("stale", host.acked)
    assert (await host_sees(party))["phase"] == "lobby"


async def test_two_hosts_who_press_next_at_once_move_the_game_by_one_step(throw: Throw) -> None:
    party = await throw(quiz(CHOICE, CHOICE))
    one, two = await party.host(), await party.host()
    assert isinstance(one, Host)
    await one.does("start")
    version = one.acked
    acks = await asyncio.gather(*(host.call("next", {"version": version}) for host in (one, two)))
    [loser] = [ack for ack in acks if not ack["ok"]]
    assert (loser["error"]["code"], loser["error"]["version"]) == ("stale", version + 1)
    assert (await host_sees(party))["phase"] == "reveal"
