"""Nothing a player is sent tells an answer before its reveal: every byte of a whole game is looked at."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from tests.node.conftest import Throw
from tests.node.people import Host
from tests.node.quizzes import FIVE_TYPES, ORDER, quiz

# Nobody would come across these by chance, so their mere presence in a frame tells.
MARKED: dict[str, Any] = {
    **quiz(
        {
            "type": "choice",
            "text": "Pick",
            "choices": [{"text": "left", "correct": True}, {"text": "right"}],
            "explanation": "SECRET-explained-1",
        },
        {
            "type": "choice",
            "text": "Pick all",
            "multiple": True,
            "choices": [{"text": "p", "correct": True}, {"text": "q"}],
        },
        {"type": "numeric", "text": "How many?", "answer": 918273645, "tolerance": 546372819},
        {"type": "text", "text": "Who?", "accepted": ["SECRET-accepted-1", "SECRET-accepted-2"]},
        {**ORDER, "explanation": "SECRET-explained-2"},
        FIVE_TYPES["rounds"][0]["questions"][5],
    )
}
SECRETS = [
    ["SECRET-explained-1"],
    [],
    ["918273645", "546372819"],
    ["SECRET-accepted-1", "SECRET-accepted-2"],
    ["SECRET-explained-2"],
    [],
]
TELLING = {"correct", "accepted", "tolerance", "explanation", "counts", "reveal"}


def keys(value: object) -> set[str]:
    """Every key anywhere inside."""
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys(inner)}
    if isinstance(value, list):
        return {key for inner in value for key in keys(inner)}
    return set()


class RawPlayer:
    """A player on a bare websocket: keeps every frame as it came over the wire."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.frames: list[str] = []

    async def until(self, event: str) -> None:
        """Read on until an event or an ack comes."""
        while True:
            frame = await self.socket.receive_str(timeout=10)
            if frame == "2":
                await self.socket.send_str("3")
            else:
                self.frames.append(frame)
                if frame.startswith(event if event == "43" else f'42["{event}"'):
                    return

    async def answer(self, question: int, answer: object) -> None:
        body = json.dumps({"question": question, "answer": answer, "id": "raw"})
        await self.socket.send_str(f'42{question}["answer",{body}]')
        await self.until("43")


@pytest.mark.parametrize("early", [False, True], ids=["deadline far away", "reconnecting"])
async def test_no_frame_tells_an_answer_before_its_reveal(throw: Throw, early: bool) -> None:
    party = await throw(MARKED)
    host: Host = await party.host()
    joined = await party.api.join(party.made["pin"], "Raw")
    address = f"{party.api.url}/socket.io/?EIO=4&transport=websocket&affinity={joined['affinity']}"
    connect = "40" + json.dumps({"token": joined["token"]})
    async with party.api.http.ws_connect(address) as first:
        player = RawPlayer(first)
        await first.send_str(connect)
        await player.until("state")
        for number in range(1, 7):
            await host.does("start" if number == 1 else "next")
            await player.until("question")
            if early:
                async with party.api.http.ws_connect(address) as second:
                    again = RawPlayer(second)
                    await second.send_str(connect)
                    await again.until("state")
                    player.frames += again.frames
            await player.answer(number, [[0], [0], 1, "x", [0, 1, 2, 3], [0]][number - 1])
            look_at(player.frames, number)
            await host.does("close")
            await player.until("result")
            await host.does("next")
            await player.until("standings")
            assert any("reveal" in frame for frame in player.frames)
            player.frames.clear()


def look_at(frames: list[str], number: int) -> None:
    """Frames between the last standings and the reveal of question `number`."""
    assert any('["question"' in frame for frame in frames)
    unrevealed = [secret for secrets in SECRETS[number - 1 :] for secret in secrets]
    for frame in frames:
        assert not [secret for secret in unrevealed if secret in frame], frame
        if frame.startswith("42"):
            assert not keys(json.loads(frame[2:])) & TELLING, frame
        if frame.startswith('42["question"') and '"order"' in frame:
            assert json.loads(frame[2:])[1]["question"]["items"] != ORDER["items"]
