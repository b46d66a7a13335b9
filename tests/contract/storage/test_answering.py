"""Answers that are plain, from the call to the ack: judged by what the node knows, stored by what the database says."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Collection, Iterable, Sequence

import pytest

from quiz.domain.announce import Audience, Earned
from quiz.domain.commands import Close, Kick, Next, Start
from quiz.domain.ids import Millis, PlayerId, SessionId
from quiz.domain.messages import ServerEvent
from quiz.domain.roles import Role
from quiz.game.answering import Answering
from quiz.game.calls import AnswerAck, AnswerCall
from quiz.game.crowd import Crowd
from quiz.game.deadlines import DeadlineWatch
from quiz.game.errors import Refused, Unavailable
from quiz.game.healing import Healing
from quiz.game.live import LiveSession, LiveSessions
from quiz.game.notices import Notice, RoomEvent
from quiz.game.ports import PendingAnswer
from quiz.game.taking import Taking, TakingSettings
from quiz.game.telling import Teller
from quiz.game.tokens import Seat
from quiz.storage.storage import Storage
from tests.contract.storage.games import NOON, Stage
from tests.unit.game.answer_logs import HeldQueue, Unheard
from tests.waiting import until

Told = list[AnswerAck | PendingAnswer | Unavailable | None]


class Nobody:
    """A `Fanout` to clients of which there are none; keeps what other nodes were told."""

    def __init__(self) -> None:
        self.informed: list[Notice] = []

    async def announce(
        self, session_id: SessionId, events: Sequence[RoomEvent], notice: Notice, earned: Earned
    ) -> AsyncIterator[str]:
        for _, event in events:
            yield event.event

    async def inform(self, session_id: SessionId, audience: Audience, notice: Notice) -> None:
        self.informed.append(notice)

    async def publish(
        self, session_id: SessionId, audience: Audience, event: ServerEvent, earned: Earned | None = None
    ) -> None: ...

    async def tell(self, session_id: SessionId, player_id: PlayerId, event: ServerEvent) -> None: ...

    async def tell_each(self, session_id: SessionId, events: Iterable[tuple[PlayerId, ServerEvent]]) -> None: ...

    async def part(self, session_id: SessionId, player_id: PlayerId) -> None: ...

    async def resync(self, session_id: SessionId) -> None: ...

    def reaches(self, session_id: SessionId, audience: Audience) -> bool:
        return False

    def players_here(self, session_id: SessionId) -> Collection[PlayerId]:
        return ()


class Unmoved:
    """A `HealingObserver` and a clock that stands still."""

    def caught_up(self, cause: str, *, steps: int) -> None: ...

    def now(self) -> Millis:
        return NOON


class Node:
    """One node's use case, with the picture it has of the stage's session."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._storage = storage = stage.storage
        self.others = Nobody()
        self.queue = HeldQueue()
        self.live = LiveSessions(storage.sessions, 10, Millis(60_000))
        self.taking = taking = Taking(storage.answers, self.queue, "node", storage.check, TakingSettings(), Unheard())
        self.crowd = Crowd(self.live, taking, self.others, Millis(1))
        clock = Unmoved()
        deadlines = DeadlineWatch(
            storage.sessions,
            clock,
            grace_ms=Millis(0),
            jitter_ms=Millis(0),
            retry_ms=Millis(250),
            random=random.Random(1),
        )
        teller = Teller(self.others, self.crowd, deadlines, Millis(1))
        healing = Healing(
            storage.sessions, self.live, self.crowd, self.others, teller, deadlines, clock, Millis(60_000)
        )
        self.answering = Answering(taking, self.live, healing, self.crowd)

    async def look(self) -> LiveSession:
        """Have a picture of the session that is kept in step."""
        self.live.host(self._stage.session.id)
        return await self.live.get(self._stage.session.id)

    def seat(self, player: PlayerId) -> Seat:
        return Seat(self._stage.session.id, Role.PLAYER, player)

    def call(self, answer: list[int] | str, id_: str = "first", question: int = 1) -> AnswerCall:
        return AnswerCall(question=question, answer=answer, id=id_)

    async def take(self, *calls: tuple[PlayerId, AnswerCall], at: Millis = NOON) -> Told:
        """Take calls together, all of which are plain as far as the node knows, and give what each is told."""
        told: Told = []
        for player, call in calls:
            assert self.answering.take(self.seat(player), call, at, told.append)
        assert told == []
        await self._storage.answers.flush()
        assert len(told) == len(calls)
        return told

    def leaves_alone(self, player: PlayerId, call: AnswerCall, at: Millis = NOON) -> bool:
        """Whether the call is left to the slow way."""
        return not self.answering.take(self.seat(player), call, at, lambda _: pytest.fail("nothing was begun"))


@pytest.fixture
async def node(stage: Stage) -> AsyncIterator[Node]:
    node = Node(stage)
    yield node
    await node.crowd.close()


def saved(at: Millis = NOON) -> AnswerAck:
    return AnswerAck(ok=True, status="saved", received_at=at)


async def stored(storage: Storage, stage: Stage) -> set[PlayerId]:
    return {each.player_id async for each in storage.sessions.answers(stage.session)}


async def test_an_answer_is_acked_once_it_is_stored_and_the_crowd_hears_of_a_batch_once(
    stage: Stage, node: Node
) -> None:
    players = await stage.seat("Ada", "Bob", "Cat")
    await stage.play(Start())
    live = await node.look()
    assert await node.take(*((player, node.call([0])) for player in players)) == [saved()] * 3
    assert await stored(stage.storage, stage) == {*players}
    assert all(live.receipt_of(player) is not None for player in players)

    async def informed() -> bool:
        return bool(node.others.informed)

    assert await until(informed)
    assert len(node.others.informed) == 1


async def test_fast_resends_under_one_id_get_the_same_ack(stage: Stage, node: Node) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await node.look()
    told: Told = []
    for late in range(3):
        assert node.answering.take(node.seat(ada), node.call([0]), Millis(NOON + late), told.append)
    await stage.storage.answers.flush()
    assert told == [saved()] * 3
    assert node.leaves_alone(ada, node.call([0])), "the slow way knows the receipt"
    assert await node.answering.answer(node.seat(ada), node.call([0]), Millis(NOON + 9)) == saved()


async def test_a_second_answer_is_told_to_ask_and_hears_that_there_is_one(stage: Stage, node: Node) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await node.look()
    told = await node.take((ada, node.call([0])), (ada, node.call([1], "second")))
    assert told == [saved(), None]
    with pytest.raises(Refused) as refused:
        await node.answering.answer(node.seat(ada), node.call([1], "second"), NOON)
    assert refused.value.code == "already_answered"


async def test_an_answer_in_time_is_judged_by_when_it_arrived(stage: Stage, node: Node) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    closes_at = stage.session.closes_at
    assert closes_at is not None
    await node.look()
    assert await node.take((ada, node.call([0])), at=closes_at) == [saved(closes_at)]
    assert node.leaves_alone(bob, node.call([0]), Millis(closes_at + 1))
    assert node.leaves_alone(bob, node.call([0]), Millis(NOON - 1))


async def test_what_another_node_has_done_meanwhile_decides(stage: Stage, node: Node) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    await stage.play(Start())
    await node.look()
    await stage.play(Kick(ada))
    assert await node.take((ada, node.call([0])), (bob, node.call([0]))) == [None, saved()]
    with pytest.raises(Refused) as refused:
        await node.answering.answer(node.seat(ada), node.call([0]), NOON)
    assert refused.value.code == "unauthorized"
    assert await stored(stage.storage, stage) == {bob}


async def test_a_question_that_another_node_has_closed_takes_no_more(stage: Stage, node: Node) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    await node.look()
    await stage.play(Close())
    assert await node.take((ada, node.call([0]))) == [None]
    with pytest.raises(Refused) as refused:
        await node.answering.answer(node.seat(ada), node.call([0]), NOON)
    assert refused.value.code == "closed"
    assert await stored(stage.storage, stage) == set()


async def test_an_answer_found_in_time_is_kept_though_the_question_has_closed_while_the_database_was_away(
    stage: Stage, node: Node
) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    live = await node.look()
    assert live.asked is not None
    pending = live.asked.pending(ada, "first", [0], NOON)
    await stage.play(Close())
    live.advance(stage.session, stage.board)
    node.taking._went("no answer in time")
    ack = await node.answering.keep(node.call([0]), pending)
    assert (ack.status, ack.received_at) == ("queued", NOON)
    assert node.queue.added == [pending]


async def test_whatever_is_not_plain_is_left_to_the_slow_way(stage: Stage, node: Node) -> None:
    ada, bob = await stage.seat("Ada", "Bob")
    assert node.leaves_alone(ada, node.call([0])), "there is no picture"
    live = await node.look()
    assert node.leaves_alone(ada, node.call([0])), "nothing is asked"
    await stage.play(Start())
    live.advance(stage.session, stage.board)
    assert node.leaves_alone(ada, node.call([0], question=2)), "another question"
    assert node.leaves_alone(ada, node.call("Mars")), "no answer to this question"
    assert node.leaves_alone(PlayerId("nobody"), node.call([0])), "not seated"
    live.in_doubt.add(bob)
    assert node.leaves_alone(bob, node.call([0])), "may have answered"
    live.checked = 0.0
    assert node.leaves_alone(ada, node.call([0])), "the picture is not trusted"
    assert await stored(stage.storage, stage) == set()


async def test_the_next_question_is_taken_as_soon_as_the_picture_moves(stage: Stage, node: Node) -> None:
    (ada,) = await stage.seat("Ada")
    await stage.play(Start())
    live = await node.look()
    await node.take((ada, node.call([0])))
    await stage.play(Close())
    live.advance(stage.session, stage.board)
    assert node.leaves_alone(ada, node.call([0], "late"))
    await stage.play(Next(), Next())
    live.advance(stage.session, stage.board)
    assert await node.take((ada, node.call("Reykjavík", "next", question=2))) == [saved()]
