"""What a report makes of answers."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from quiz.domain.ids import Millis, Pin, PlayerId, SessionId, SubmissionId, UserId
from quiz.domain.messages import Answer
from quiz.domain.quiz import Question, Quiz, Round
from quiz.domain.scoring import Mode
from quiz.domain.script import freeze
from quiz.domain.session import Phase, Session, Settings
from quiz.domain.tally import StoredAnswer
from quiz.domain.validation import read_question
from quiz.game.report import Report, WrongAnswer
from quiz.game.report_count import ReportCount


def question(**document: object) -> Question:
    return read_question({"text": "?", **document})


PLANET = question(type="choice", choices=[{"text": "Mars", "correct": True}, {"text": "The Moon"}])
VOWELS = question(
    type="choice",
    multiple=True,
    choices=[{"text": "a", "correct": True}, {"text": "b"}, {"text": "e", "correct": True}],
)
TEA = question(type="poll", choices=[{"text": "Tea"}, {"text": "Coffee"}])
CAPITAL = question(type="text", accepted=["Reykjavík", "Reykjavik City"])
BONES = question(type="numeric", answer=27, tolerance=1)
SIZES = question(type="order", items=["atom", "cell", "cat"])

SEATED = [PlayerId(f"player {number}") for number in range(20)]
GONE = PlayerId("removed")


def session_of(*questions: Question, **changes: Any) -> Session:
    """A session whose questions have all been asked, and whose points do not fall with time."""
    session = Session(
        id=SessionId("s"),
        pin=Pin("1234567"),
        owner=UserId("u"),
        script=freeze(Quiz("Pub night", (Round("Only round", questions),)), random.Random(1)),
        created_at=Millis(1_900_000_000_000),
        settings=Settings(scoring=Mode.ACCURACY),
        phase=Phase.FINISHED,
        question=len(questions),
    )
    return msgspec.structs.replace(session, **changes)


def stored(number: int, player: PlayerId, answer: Answer, elapsed_ms: int) -> StoredAnswer:
    return StoredAnswer(player, number, SubmissionId("first"), answer, Millis(0), Millis(elapsed_ms))


def report_of(session: Session, *given: Mapping[PlayerId, Answer], players: int = 3) -> Report:
    """A report on the answers to each question, which came after 1 s, 2 s, 3 s and so on."""
    count = ReportCount(session, SEATED[:players])
    for number, answers in enumerate(given, start=1):
        count.add([stored(number, who, what, 1000 * nth) for nth, (who, what) in enumerate(answers.items(), start=1)])
    return count.report(Millis(1_900_000_999_000))


def by_seats(*answers: Answer) -> dict[PlayerId, Answer]:
    return dict(zip(SEATED, answers, strict=False))


def test_the_head_tells_of_the_whole_session() -> None:
    report = report_of(session_of(PLANET, CAPITAL), by_seats([0], [1], [0]), by_seats("Oslo"))
    assert (report.title, report.pin, report.started_at) == ("Pub night", "1234567", 1_900_000_000_000)
    assert report.finished_at == 1_900_000_999_000
    assert (report.players, report.asked, report.answers, report.right_share) == (3, 2, 4, 0.5)


def test_a_choice_is_counted_by_choice_and_graded() -> None:
    (planet,) = report_of(session_of(PLANET), by_seats([0], [1], [0])).questions
    assert (planet.number, planet.round, planet.type, planet.text) == (1, "Only round", "choice", "?")
    assert (planet.choices, planet.correct, planet.counts) == (["Mars", "The Moon"], [0], [2, 1])
    assert (planet.right, planet.partly, planet.wrong) == (2, 0, 1)
    assert planet.right_share == pytest.approx(2 / 3)
    assert planet.points_mean == pytest.approx(2000 / 3)
    assert (planet.answered, planet.players) == (3, 3)


def test_response_times_are_told_by_mean_and_median() -> None:
    (planet,) = report_of(session_of(PLANET), by_seats([0], [1], [0], [1]), players=4).questions
    assert (planet.mean_response_ms, planet.median_response_ms) == (2500, 2500)
    count = ReportCount(session_of(PLANET), SEATED)
    count.add([stored(1, SEATED[0], [0], 1000), stored(1, SEATED[1], [0], 9000), stored(1, SEATED[2], [0], 2000)])
    (planet,) = count.report(None).questions
    assert (planet.mean_response_ms, planet.median_response_ms) == (4000, 2000)


def test_an_answer_that_is_partly_right_is_neither_right_nor_wrong() -> None:
    (vowels,) = report_of(session_of(VOWELS), by_seats([0, 2], [0], [1])).questions
    assert (vowels.right, vowels.partly, vowels.wrong) == (1, 1, 1)
    assert vowels.right_share == pytest.approx(1 / 3)
    assert vowels.points_mean == pytest.approx(500)
    assert (vowels.correct, vowels.counts) == ([0, 2], [2, 1, 1])


def test_a_poll_is_counted_and_not_graded() -> None:
    report = report_of(session_of(TEA, PLANET), by_seats([1], [1]), by_seats([0]))
    tea, _ = report.questions
    assert (tea.counts, tea.correct, tea.answered) == ([0, 2], [], 2)
    assert (tea.right, tea.partly, tea.wrong) == (0, 0, 0)
    assert (tea.right_share, tea.points_mean) == (None, None)
    assert tea.mean_response_ms == 1500
    assert report.right_share == 1, "opinions are no answers that could be right"


def test_a_void_question_keeps_its_counts_but_not_its_share() -> None:
    report = report_of(session_of(CAPITAL, PLANET, voided=(1,)), by_seats("Oslo", "Reykjavik"), by_seats([0]))
    capital, _ = report.questions
    assert capital.voided
    assert (capital.right, capital.wrong, capital.right_share, capital.points_mean) == (1, 1, None, None)
    assert capital.commonest_wrong == [WrongAnswer("Oslo", 1)]
    assert (report.right_share, report.answers) == (1, 3)


def test_a_question_that_nobody_answered_has_no_share_and_no_times() -> None:
    report = report_of(session_of(PLANET))
    (planet,) = report.questions
    assert (planet.asked, planet.answered, planet.counts) == (True, 0, [0, 0])
    assert (planet.right_share, planet.points_mean) == (None, None)
    assert (planet.mean_response_ms, planet.median_response_ms) == (None, None)
    assert (report.answers, report.right_share) == (0, None)


def test_a_question_that_is_open_or_to_come_is_not_counted() -> None:
    session = session_of(PLANET, CAPITAL, BONES, phase=Phase.QUESTION, question=2)
    report = report_of(session, by_seats([0]), by_seats("Oslo"))
    assert [each.asked for each in report.questions] == [True, False, False]
    assert [each.answered for each in report.questions] == [1, 0, 0]
    assert (report.asked, report.answers) == (1, 1)


def test_in_the_lobby_nothing_has_been_asked() -> None:
    report = report_of(session_of(PLANET, phase=Phase.LOBBY, question=0))
    assert (report.asked, [each.asked for each in report.questions]) == (0, [False])


def test_questions_without_answers_between_others_keep_their_places() -> None:
    report = report_of(session_of(PLANET, CAPITAL, BONES), by_seats([0]), {}, by_seats(27, 3))
    assert [each.answered for each in report.questions] == [1, 0, 2]


def test_who_was_removed_is_not_counted() -> None:
    (planet,) = report_of(session_of(PLANET), {GONE: [0], SEATED[0]: [1]}).questions
    assert (planet.answered, planet.counts, planet.right) == (1, [0, 1], 0)


def test_the_commonest_wrong_texts_are_told_as_they_were_typed_first() -> None:
    given = ["OSLO", "oslo", "Reykjavik", "Nuuk", "Öslo ", "Nuuk", "Bergen"]
    (capital,) = report_of(session_of(CAPITAL), by_seats(*given), players=20).questions
    assert capital.correct == ["Reykjavík", "Reykjavik City"]
    assert capital.commonest_wrong == [WrongAnswer("OSLO", 3), WrongAnswer("Nuuk", 2), WrongAnswer("Bergen", 1)]


def test_no_more_than_five_wrong_answers_are_told() -> None:
    (bones,) = report_of(session_of(BONES), by_seats(*range(7), 3, 26, 28), players=20).questions
    assert (bones.correct, bones.tolerance, bones.right, bones.wrong) == (27, 1, 2, 8)
    assert [(each.answer, each.count) for each in bones.commonest_wrong] == [(3, 2), (0, 1), (1, 1), (2, 1), (4, 1)]


def test_items_in_order_are_graded_by_the_order_they_were_shown_in() -> None:
    session = session_of(SIZES)
    shown = session.script.orders[1]
    right = [shown.index(place) for place in range(3)]
    (sizes,) = report_of(session, by_seats(right, right[::-1])).questions
    assert (sizes.correct, sizes.right, sizes.wrong, sizes.counts) == (["atom", "cell", "cat"], 1, 1, None)


def test_batches_may_end_anywhere() -> None:
    session = session_of(PLANET, VOWELS, TEA, CAPITAL, BONES, SIZES)
    given: list[Answer] = [[0], [0, 2], [1], "Oslo", 12, [0, 1, 2]]
    answers = [
        stored(number, player, answer, 700 * nth)
        for number, answer in enumerate(given, start=1)
        for nth, player in enumerate(SEATED[:5])
    ]
    whole, single = ReportCount(session, SEATED), ReportCount(session, SEATED)
    whole.add(answers)
    for each in answers:
        single.add([each])
    assert whole.report(None) == single.report(None)
