"""A join whose reply was lost is repeated, and costs nobody their name."""

from __future__ import annotations

import asyncio

from tests.node.conftest import Throw
from tests.node.people import JSON, Api, Player
from tests.node.quizzes import CHOICE, quiz

ATTEMPT = "0b5a1f3e-7c02-4b57-9f65-0123456789ab"


async def ask(api: Api, pin: str, nickname: str, attempt: str = ATTEMPT) -> tuple[int, JSON]:
    return await api.call("POST", f"/sessions/{pin}/players", {"nickname": nickname, "id": attempt})


async def test_who_asks_again_gets_the_same_seat_and_a_token_that_is_good(throw: Throw, api: Api) -> None:
    party = await throw(quiz(CHOICE))
    pin = party.made["pin"]
    replies = await asyncio.gather(*(ask(api, pin, "Ada") for _ in range(5)))
    assert [status for status, _ in replies] == [201] * 5
    assert len({body["player_id"] for _, body in replies}) == 1
    host = await party.host()
    assert host.last("state")["players"] == 1
    for _, body in replies[:2]:
        ada = await Player(api.url, body["token"], body["affinity"]).connect()
        assert ada.last("state")["you"]["nickname"] == "Ada"
        await ada.leave()


async def test_the_doors_may_have_been_closed_since(throw: Throw, api: Api) -> None:
    party = await throw(quiz(CHOICE))
    first = await ask(api, party.made["pin"], "Ada")
    await (await party.host()).does("lock")
    assert (await ask(api, party.made["pin"], "Ada"))[1]["player_id"] == first[1]["player_id"]
    assert (await ask(api, party.made["pin"], "Bo"))[1]["error"]["code"] == "session_locked"


async def test_the_name_alone_does_not_get_the_seat(throw: Throw, api: Api) -> None:
    party = await throw(quiz(CHOICE))
    await ask(api, party.made["pin"], "Ada")
    for attempt in ("another attempt of somebody else", ATTEMPT.upper()):
        assert (await ask(api, party.made["pin"], "Ada", attempt))[1]["error"]["code"] == "nickname_taken"


async def test_an_id_that_could_be_guessed_is_refused(throw: Throw, api: Api) -> None:
    party = await throw(quiz(CHOICE))
    status, body = await ask(api, party.made["pin"], "Ada", "1")
    assert (status, body["error"]["code"]) == (422, "invalid")


async def test_who_has_been_removed_is_not_seated_again_by_asking_again(throw: Throw, api: Api) -> None:
    party = await throw(quiz(CHOICE))
    _, ada = await ask(api, party.made["pin"], "Ada")
    host = await party.host()
    await host.does("kick", player_id=ada["player_id"])
    status, body = await ask(api, party.made["pin"], "Ada")
    assert (status, body["error"]["code"]) == (409, "nickname_taken")
    again = await party.host()
    assert (again.last("state")["players"], again.last("state").get("roster", [])) == (0, [])
