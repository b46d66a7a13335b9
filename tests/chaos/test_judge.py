"""The judge lets an honest game go, and convicts every kind of doctored one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from tests.chaos.judge import judge, lateness_ms
from tests.chaos.record import Acked, AnswerRow, Asked, Evidence, Rows, ScoreRow, Seen, Sent, TurnedAway, Unheard

replace = msgspec.structs.replace
OPEN, SHUT = 1_000_000, 1_005_000
DOCUMENT: dict[str, Any] = {
    "title": "One",
    "rounds": [
        {
            "title": "One",
            "questions": [
                {
                    "type": "choice",
                    "text": "Which is even?",
                    "choices": [{"text": "One"}, {"text": "Two", "correct": True}],
                    "points": 1000,
                    "time_limit": 5,
                }
            ],
        }
    ],
}
PODIUM = [(1, "Ann", 900), (2, "Bob", 0)]


def honest() -> Evidence:
    """Ann was right after a second, and was told so twice; Bob was wrong."""
    return Evidence(
        document=DOCUMENT,
        sent=[Sent("ann", 1, "a", [1]), Sent("bob", 1, "b", [0])],
        acked=[
            Acked("ann", 1, "a", [1], OPEN + 1_000, "saved", OPEN + 1_010),
            Acked("ann", 1, "a", [1], OPEN + 1_000, "saved", OPEN + 1_200),
            Acked("bob", 1, "b", [0], OPEN + 2_000, "queued", OPEN + 2_010),
        ],
        turned_away=[TurnedAway("eve", 1, "e", "closed", SHUT - 5, SHUT + 20)],
        unheard=[],
        asked=[
            Asked(
                number=1,
                timed=True,
                opens_at=OPEN,
                closes_at=SHUT,
                told_closes_at=[SHUT],
                seen_closed=SHUT + 200,
                first_reveal=SHUT + 200,
            )
        ],
        seen=[
            Seen(name="host", player="", connected=True, phase="finished", version=4, podium=PODIUM),
            Seen(
                name="Ann", player="ann", connected=True, phase="finished", version=4, podium=PODIUM, total=900, rank=1
            ),
            Seen(name="Bob", player="bob", connected=True, phase="finished", version=4, podium=PODIUM, total=0, rank=2),
        ],
        away=[],
        rows=Rows(
            "finished",
            4,
            [AnswerRow("ann", 1, "a", [1], OPEN + 1_000), AnswerRow("bob", 1, "b", [0], OPEN + 2_000)],
            [ScoreRow("ann", "Ann", 900, 1, 1_000), ScoreRow("bob", "Bob", 0, 0, 0)],
        ),
    )


def doctored(**changes: object) -> Evidence:
    return replace(honest(), **changes)


def rows(**changes: object) -> Evidence:
    return doctored(rows=replace(honest().rows, **changes))


def asked(**changes: object) -> Evidence:
    return doctored(asked=[replace(honest().asked[0], **changes)])


def seen(index: int, **changes: object) -> Evidence:
    clients = honest().seen
    return doctored(seen=[*clients[:index], replace(clients[index], **changes), *clients[index + 1 :]])


def answer_rows(change: Callable[[AnswerRow, AnswerRow], list[AnswerRow]]) -> Evidence:
    return rows(answers=change(*honest().rows.answers))


def promises(evidence: Evidence) -> set[str]:
    return {finding.promise for finding in judge(evidence)}


def test_an_honest_game_is_let_go() -> None:
    assert judge(honest()) == []


KEPT, AS_ACKED = "acked answers are stored", "acked answers are stored as acked"
ALIKE, AGREED = "a resend is acked alike", "all clients show what is stored"
OPEN_TAKES, RECOUNT = "an open question takes answers", "totals equal a recount"

CRIMES: dict[str, tuple[Evidence, str]] = {
    "a saved answer is lost": (answer_rows(lambda _, bob: [bob]), KEPT),
    "a queued answer is lost": (answer_rows(lambda ann, _: [ann]), KEPT),
    "an answer is doubled": (answer_rows(lambda ann, bob: [ann, bob, bob]), "answers are stored once"),
    "another answer is stored": (answer_rows(lambda ann, bob: [ann, replace(bob, answer=[1])]), AS_ACKED),
    "another time is stored": (answer_rows(lambda ann, bob: [replace(ann, received_at=OPEN + 1), bob]), AS_ACKED),
    "another submission is stored": (answer_rows(lambda ann, bob: [replace(ann, submission="x"), bob]), AS_ACKED),
    "nobody sent a stored answer": (
        answer_rows(lambda ann, bob: [ann, bob, AnswerRow("eve", 1, "e", [1], OPEN + 9)]),
        "stored answers were sent",
    ),
    "a resend is told another time": (
        doctored(acked=[*honest().acked, Acked("ann", 1, "a", [1], OPEN + 1_037, "queued", OPEN + 3_000)]),
        ALIKE,
    ),
    "an answer is never acked": (doctored(unheard=[Unheard("bob", 1, "c")]), "every answer is acked or refused"),
    "an open question is called closed": (
        doctored(turned_away=[TurnedAway("eve", 1, "e", "closed", OPEN + 5, OPEN + 20)]),
        OPEN_TAKES,
    ),
    "an open question is called another": (
        doctored(turned_away=[TurnedAway("eve", 1, "e", "wrong_question", OPEN + 5, OPEN + 20)]),
        OPEN_TAKES,
    ),
    "a seat is lost": (doctored(turned_away=[TurnedAway("eve", 1, "e", "unauthorized", SHUT, SHUT + 9)]), OPEN_TAKES),
    "a total is too high": (rows(scores=[ScoreRow("ann", "Ann", 901, 1, 1_000), *honest().rows.scores[1:]]), RECOUNT),
    "an answer is not counted": (rows(scores=[ScoreRow("ann", "Ann", 0, 0, 0), *honest().rows.scores[1:]]), RECOUNT),
    "time is not counted": (rows(scores=[ScoreRow("ann", "Ann", 900, 1, 0), *honest().rows.scores[1:]]), RECOUNT),
    "a question closes early": (asked(seen_closed=SHUT - 1), "no question closes early"),
    "a question closes late": (asked(seen_closed=SHUT + 1_001), "no question closes late"),
    "nodes are apart without Redis": (
        asked(redis_away=True, last_reveal=SHUT + 2_201),
        "nodes keep up without Redis",
    ),
    "a question never closes": (asked(first_reveal=None), "questions close"),
    "a deadline moves": (asked(told_closes_at=[SHUT, SHUT + 300]), "deadlines stand"),
    "a client shows another total": (seen(1, total=800), AGREED),
    "a client shows another rank": (seen(2, rank=1), AGREED),
    "a client shows an older version": (seen(0, version=3), AGREED),
    "a client is stuck in another phase": (seen(1, phase="standings"), AGREED),
    "a client shows another podium": (seen(0, podium=[(1, "Bob", 900), (2, "Ann", 0)]), AGREED),
    "a client is not connected": (seen(2, connected=False), AGREED),
    "a client plays somebody who has no seat": (seen(2, player="eve"), AGREED),
    "the session is not over": (rows(phase="standings"), "games finish"),
}


@pytest.mark.parametrize("crime", CRIMES)
def test_the_judge_convicts_when(crime: str) -> None:
    evidence, promise = CRIMES[crime]
    assert promise in promises(evidence)


def test_a_late_close_is_forgiven_while_the_database_was_away_and_counted_from_its_return() -> None:
    late = asked(seen_closed=SHUT + 4_000).asked[0]
    assert lateness_ms(late, []) == 4_000
    assert lateness_ms(late, [(SHUT - 2_000, SHUT + 3_000)]) == 1_000
    assert lateness_ms(late, [(SHUT - 2_000, SHUT + 2_900)]) == 1_100


def test_an_outage_before_the_deadline_or_after_the_close_forgives_nothing() -> None:
    late = asked(seen_closed=SHUT + 1_500).asked[0]
    assert lateness_ms(late, [(SHUT - 3_000, SHUT - 1_000)]) == 1_500
    assert lateness_ms(late, [(SHUT + 1_600, SHUT + 3_000)]) == 1_500


def test_who_shares_a_place_on_the_podium_may_stand_in_any_order() -> None:
    tie = [ScoreRow("ann", "Ann", 0, 0, 0), ScoreRow("bob", "Bob", 0, 0, 0)]
    clients = [replace(client, podium=[(1, "Bob", 0), (1, "Ann", 0)], total=0, rank=1) for client in honest().seen]
    evidence = doctored(rows=replace(honest().rows, answers=[], scores=tie), seen=clients, acked=[])
    assert promises(evidence) == set()


def test_a_question_without_a_deadline_is_never_late() -> None:
    untimed: Asked = asked(timed=False, seen_closed=SHUT + 60_000).asked[0]
    assert lateness_ms(untimed, []) is None
