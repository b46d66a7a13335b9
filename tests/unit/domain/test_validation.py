import copy
import json
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from quiz.domain.problems import Problem
from quiz.domain.quiz import ChoiceQuestion, NumericQuestion, Question, Quiz, TextQuestion
from quiz.domain.validation import PROBLEMS_MAX, InvalidQuiz, read_question, read_quiz
from tests.unit.domain.questions import anything, questions

Json = dict[str, Any]

CHOICE: Json = {"type": "choice", "text": "Which?", "choices": [{"text": "a", "correct": True}, {"text": "b"}]}
NUMERIC: Json = {"type": "numeric", "text": "How many?", "answer": 1969, "tolerance": 2}
TEXT: Json = {"type": "text", "text": "What?", "accepted": ["Reykjavík", "Reykjavik"]}
ORDER: Json = {"type": "order", "text": "In which order?", "items": ["first", "second", "third"]}
POLL: Json = {"type": "poll", "text": "Which do you like?", "choices": [{"text": "a"}, {"text": "b"}]}
QUIZ: Json = {"title": "Pub night", "rounds": [{"title": "One", "questions": [CHOICE, NUMERIC, TEXT, ORDER, POLL]}]}


def problems_of_question(raw: object) -> list[Problem]:
    with pytest.raises(InvalidQuiz) as refusal:
        read_question(raw, "Round 1, question 1", "rounds.0.questions.0")
    return refusal.value.problems


def problems_of_quiz(raw: object) -> list[Problem]:
    with pytest.raises(InvalidQuiz) as refusal:
        read_quiz(raw)
    return refusal.value.problems


def is_human(problem: Problem) -> bool:
    machine_words = ("`", "$.", "null", "NoneType", "dict", "Object", "Expected")
    return problem.message.endswith(".") and not any(word in problem.message for word in machine_words)


@pytest.mark.parametrize("raw", [CHOICE, NUMERIC, TEXT, ORDER, POLL], ids=lambda raw: raw["type"])
def test_a_good_question_of_each_type_is_read(raw: Json) -> None:
    question = read_question(raw)
    assert question.kind == raw["type"]
    assert question.time_limit == 20
    assert question.points == 1000


def test_a_good_quiz_is_read_with_its_questions_in_order() -> None:
    quiz = read_quiz({**QUIZ, "language": "pt-BR", "rounds": QUIZ["rounds"] * 2})
    assert quiz.title == "Pub night"
    assert quiz.language == "pt-BR"
    assert [question.kind for question in quiz.questions] == ["choice", "numeric", "text", "order", "poll"] * 2


def test_reading_leaves_the_document_as_it_was() -> None:
    raw = copy.deepcopy(QUIZ)
    read_quiz(raw)
    assert raw == QUIZ


@pytest.mark.parametrize(
    "change",
    [
        {"time_limit": None},
        {"time_limit": 5},
        {"time_limit": 300},
        {"points": 0},
        {"points": 2000},
        {"text": "x" * 500},
        {"text": "two\nlines\tand a tab"},
        {"text": "\U0001fae8"},
        {"explanation": None},
        {"explanation": "x" * 1000},
        {"image": None},
        {"image": "https://example.org/a%20b.png?x=1#y"},
        {"answer": 10**15},
        {"answer": -1e15},
        {"answer": 0.5},
        {"tolerance": 0},
    ],
    ids=lambda change: repr(change)[:40],
)
def test_a_question_at_the_edge_of_what_is_allowed_is_read(change: Json) -> None:
    assert isinstance(read_question(NUMERIC | change), NumericQuestion)


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        (None, "", "it should be an object, but is nothing."),
        (5, "", "it should be an object, but is a whole number."),
        ([], "", "it should be an object, but is a list."),
        ({}, "type", "type is missing."),
        ({"type": "essay"}, "type", '"essay" is not a known type of question.'),
        ({"type": "it's"}, "type", '"it\'s" is not a known type of question.'),
        ({"type": None}, "type", "it should be a text, but is nothing."),
        ({"type": []}, "type", "it should be a text, but is a list."),
        ({"type": {}}, "type", "it should be a text, but is an object."),
        (NUMERIC | {"colour": "red"}, "colour", "colour is not a field of it."),
        (NUMERIC | {"str": "red"}, "str", "str is not a field of it."),
        (NUMERIC | {"choices": []}, "choices", "choices is not a field of it."),
        ({"type": "numeric", "text": "x"}, "answer", "answer is missing."),
        (NUMERIC | {"text": 5}, "text", "it should be a text, but is a whole number."),
        (NUMERIC | {"text": ""}, "text", "it is empty."),
        (NUMERIC | {"text": " \n "}, "text", "it is empty."),
        (NUMERIC | {"text": "\u200b\u2060"}, "text", "it is empty."),
        (NUMERIC | {"text": "x" * 501}, "text", "501 characters; at most 500 fit."),
        (NUMERIC | {"text": "a\x00b"}, "text", "it has characters that cannot be shown."),
        (NUMERIC | {"text": "a\x9bb"}, "text", "it has characters that cannot be shown."),
        (NUMERIC | {"text": "a\ud800b"}, "text", "it has characters that cannot be shown."),
        (NUMERIC | {"time_limit": 4}, "time_limit", "the time limit should be 5 to 300 seconds, or nothing."),
        (NUMERIC | {"time_limit": 301}, "time_limit", "the time limit should be 5 to 300 seconds, or nothing."),
        (NUMERIC | {"time_limit": -(10**5000)}, "time_limit", "the time limit should be 5 to 300 seconds, or nothing."),
        (NUMERIC | {"time_limit": 20.5}, "time_limit", "a whole number or nothing, but is a number with decimals."),
        (NUMERIC | {"time_limit": True}, "time_limit", "a whole number or nothing, but is true or false."),
        (NUMERIC | {"points": -1}, "points", "the points should be 0 to 2000."),
        (NUMERIC | {"points": 2001}, "points", "the points should be 0 to 2000."),
        (NUMERIC | {"points": 10**5000}, "points", "the points should be 0 to 2000."),
        (NUMERIC | {"points": None}, "points", "it should be a whole number, but is nothing."),
        (NUMERIC | {"explanation": 5}, "explanation", "it should be a text or nothing, but is a whole number."),
        (NUMERIC | {"explanation": "x" * 1001}, "explanation", "1001 characters; at most 1000 fit."),
        (NUMERIC | {"image": "http://a/b"}, "image", "an address that begins with https://."),
        (NUMERIC | {"image": "javascript:alert(1)"}, "image", "an address that begins with https://."),
        (NUMERIC | {"image": "https://"}, "image", "an address that begins with https://."),
        (NUMERIC | {"image": "https://["}, "image", "an address that begins with https://."),
        (NUMERIC | {"image": "https://a b/"}, "image", "an address that begins with https://."),
        (NUMERIC | {"image": "https://a/\ud800"}, "image", "an address that begins with https://."),
        (NUMERIC | {"image": "https://a/" + "x" * 2000}, "image", "an address that begins with https://."),
        (NUMERIC | {"answer": "5"}, "answer", "it should be a number, but is a text."),
        (NUMERIC | {"answer": True}, "answer", "it should be a number, but is true or false."),
        (NUMERIC | {"answer": None}, "answer", "it should be a number, but is nothing."),
        (NUMERIC | {"answer": 10**15 + 1}, "answer", "should be a number up to 1,000,000,000,000,000."),
        (NUMERIC | {"answer": -(10**400)}, "answer", "should be a number up to 1,000,000,000,000,000."),
        (NUMERIC | {"answer": float("nan")}, "answer", "should be a number up to 1,000,000,000,000,000."),
        (NUMERIC | {"answer": float("-inf")}, "answer", "should be a number up to 1,000,000,000,000,000."),
        (NUMERIC | {"tolerance": -1}, "tolerance", "the tolerance should not be negative."),
        (NUMERIC | {"tolerance": 10**400}, "tolerance", "should be a number up to 1,000,000,000,000,000."),
        (CHOICE | {"choices": {}}, "choices", "it should be a list, but is an object."),
        (CHOICE | {"choices": []}, "choices", "0 choices; it should be 2 to 8."),
        (CHOICE | {"choices": CHOICE["choices"][:1]}, "choices", "1 choice; it should be 2 to 8."),
        (CHOICE | {"choices": ["a", "b"]}, "choices.0", "choice 1: it should be an object, but is a text."),
        (CHOICE | {"choices": [{}, {}]}, "choices.0.text", "choice 1: text is missing."),
        (CHOICE | {"choices": [{"text": "a"}, {"text": "b"}]}, "choices", "no choice is marked as correct."),
        (CHOICE | {"multiple": 1}, "multiple", "it should be true or false, but is a whole number."),
        (TEXT | {"accepted": []}, "accepted", "0 accepted answers; it should be 1 to 50."),
        (TEXT | {"accepted": [str(n) for n in range(51)]}, "accepted", "51 accepted answers; it should be 1 to 50."),
        (TEXT | {"accepted": ["a", 5]}, "accepted.1", "accepted answer 2: it should be a text, but is a whole number."),
        (TEXT | {"accepted": ["a", " "]}, "accepted.1", "accepted answer 2: it is empty."),
        (TEXT | {"accepted": ["a  b", " a b"]}, "accepted.1", "accepted answer 2 says the same as accepted answer 1."),
        (TEXT | {"accepted": "abc"}, "accepted", "it should be a list, but is a text."),
        (ORDER | {"items": ["a"]}, "items", "1 item; it should be 2 to 8."),
        (ORDER | {"items": list("abcdefghi")}, "items", "9 items; it should be 2 to 8."),
        (ORDER | {"items": ["a", "a"]}, "items.1", "item 2 says the same as item 1."),
        (POLL | {"choices": [{"text": "a", "correct": True}]}, "choices.0.correct", "correct is not a field of it."),
        (POLL | {"choices": [{"text": "a"}] * 2}, "choices.1", "choice 2 says the same as choice 1."),
    ],
    ids=lambda value: ascii(value)[:60] if not isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_question_is_said_in_words(raw: object, field: str, message: str) -> None:
    (problem, *others) = problems_of_question(raw)
    assert problem.field == f"rounds.0.questions.0.{field}".rstrip(".")
    assert problem.message.startswith("Round 1, question 1")
    assert problem.message.endswith(message)
    assert is_human(problem)
    assert others == []


def test_several_right_choices_need_multiple() -> None:
    raw = CHOICE | {"choices": [{"text": "a", "correct": True}, {"text": "b", "correct": True}]}
    (problem,) = problems_of_question(raw)
    assert "2 choices are correct" in problem.message
    question = read_question({**raw, "multiple": True})
    assert isinstance(question, ChoiceQuestion)
    assert question.multiple


def test_everything_wrong_with_a_question_is_named_at_once() -> None:
    raw = NUMERIC | {"text": "", "points": -1, "time_limit": 1, "tolerance": -1}
    assert [problem.field.rpartition(".")[2] for problem in problems_of_question(raw)] == [
        "text",
        "time_limit",
        "points",
        "tolerance",
    ]


@pytest.mark.parametrize(
    "name", ["a`b", "a` - at `$.x", "`", "$.x", "a\nb", "\x00", "x" * 100_000, "\ud800"], ids=lambda n: ascii(n)[:20]
)
@pytest.mark.parametrize("place", ["field", "type"])
def test_the_names_a_document_makes_up_cannot_spoil_a_message(name: str, place: str) -> None:
    raw = NUMERIC | ({name: 1} if place == "field" else {"type": name})
    (problem,) = problems_of_question(raw)
    assert "`" not in problem.message
    assert problem.message.isprintable()
    assert len(problem.message) < 200
    assert len(problem.field) < 200
    json.dumps(problem.message, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("raw", "field", "message"),
    [
        (None, "", "A quiz is an object with a title and rounds."),
        ([QUIZ], "", "A quiz is an object with a title and rounds."),
        ({}, "title", "The quiz: title is missing."),
        ({"title": "x"}, "rounds", "The quiz: rounds is missing."),
        (QUIZ | {"title": None}, "title", "The quiz, title: it should be a text, but is nothing."),
        (QUIZ | {"title": " "}, "title", "The title: it is empty."),
        (QUIZ | {"title": "x" * 201}, "title", "The title: 201 characters; at most 200 fit."),
        (QUIZ | {"author": "x"}, "author", "The quiz: author is not a field of it."),
        (QUIZ | {"language": "english!"}, "language", 'The language should be a tag like "en" or "pt-BR".'),
        (QUIZ | {"language": ""}, "language", 'The language should be a tag like "en" or "pt-BR".'),
        (QUIZ | {"language": None}, "language", "The quiz, language: it should be a text, but is nothing."),
        (QUIZ | {"rounds": {}}, "rounds", "The quiz, rounds: it should be a list, but is an object."),
        (QUIZ | {"rounds": []}, "rounds", "The quiz needs at least one round."),
        (QUIZ | {"rounds": [5]}, "rounds.0", "Round 1: it should be an object, but is a whole number."),
        (QUIZ | {"rounds": [{}]}, "rounds.0.title", "Round 1: title is missing."),
        (QUIZ | {"rounds": [{"title": "x"}]}, "rounds.0.questions", "Round 1: questions is missing."),
        (
            QUIZ | {"rounds": [{"title": "x", "questions": {}}]},
            "rounds.0.questions",
            "Round 1, questions: it should be a list, but is an object.",
        ),
        (
            QUIZ | {"rounds": [{"title": "x", "questions": []}]},
            "rounds.0.questions",
            "Round 1 needs at least one question.",
        ),
        (
            QUIZ | {"rounds": [{"title": "", "questions": [CHOICE]}]},
            "rounds.0.title",
            "Round 1, title: it is empty.",
        ),
        (
            QUIZ | {"rounds": [{"title": "x", "questions": [CHOICE], "note": 1}]},
            "rounds.0.note",
            "Round 1: note is not a field of it.",
        ),
        (
            QUIZ | {"rounds": [{"title": "x", "questions": [CHOICE, NUMERIC | {"answer": "many"}]}]},
            "rounds.0.questions.1.answer",
            "Round 1, question 2, answer: it should be a number, but is a text.",
        ),
        (QUIZ | {"rounds": QUIZ["rounds"] * 101}, "rounds", "The quiz has 101 rounds; at most 100 fit."),
        (
            QUIZ | {"rounds": [{"title": "x", "questions": [NUMERIC] * 5001}]},
            "rounds",
            "The quiz has 5001 questions; at most 5000 fit.",
        ),
    ],
    ids=lambda value: ascii(value)[:60] if not isinstance(value, dict) else "",
)
def test_what_is_wrong_with_a_quiz_is_said_in_words(raw: object, field: str, message: str) -> None:
    assert problems_of_quiz(raw) == [Problem(field, message)]


def test_problems_of_all_rounds_are_named_at_once() -> None:
    bad = NUMERIC | {"answer": "many"}
    raw = QUIZ | {
        "title": 5,
        "rounds": [{"title": "x", "questions": [bad, CHOICE]}, {"title": "y", "questions": [bad]}],
    }
    assert [problem.field for problem in problems_of_quiz(raw)] == [
        "title",
        "rounds.0.questions.0.answer",
        "rounds.1.questions.0.answer",
    ]


@pytest.mark.parametrize(
    "rounds",
    [
        [{"title": "x", "questions": [5] * 5000}],
        [5] * 5000,
        [{"title": "x", "questions": []}] * 5000,
        [{"title": "x", "questions": [ORDER | {"items": [""] * 8}] * 5000}],
    ],
    ids=["questions", "rounds", "empty rounds", "items"],
)
def test_no_document_gets_more_problems_than_a_person_reads(rounds: list[object]) -> None:
    assert len(problems_of_quiz({"title": "x", "rounds": rounds})) == PROBLEMS_MAX


def test_a_refusal_says_all_its_problems_as_text() -> None:
    refusal = InvalidQuiz([Problem("a", "One."), Problem("b", "Two.")])
    assert str(refusal) == "One.; Two."
    assert isinstance(refusal, ValueError)


def refusal(raw: object) -> list[Problem]:
    """The problems of a quiz, none when it is read."""
    try:
        quiz = read_quiz(raw)
    except InvalidQuiz as invalid:
        return invalid.problems
    assert isinstance(quiz, Quiz)
    return []


@given(questions)
def test_a_question_written_as_json_reads_back_the_same(question: Question) -> None:
    # The strategy may write accepted texts twice, or ones that show as nothing.
    assume(not isinstance(question, TextQuestion) or all(map(str.isascii, question.accepted)))
    assume(
        not isinstance(question, TextQuestion) or len({*map(str.strip, question.accepted)}) == len(question.accepted)
    )
    raw = msgspec.json.decode(msgspec.json.encode(question))
    assert read_question(raw) == question


@given(st.lists(questions.filter(lambda question: not isinstance(question, TextQuestion)), min_size=1, max_size=4))
@settings(max_examples=50)
def test_a_quiz_written_as_json_reads_back_the_same(asked: list[Question]) -> None:
    raw = {"title": "Pub night", "rounds": [{"title": "One", "questions": msgspec.to_builtins(asked)}]}
    quiz = read_quiz(raw)
    assert quiz.questions == tuple(asked)
    assert read_quiz(msgspec.json.decode(msgspec.json.encode(quiz))) == quiz


@given(anything)
def test_arbitrary_json_is_refused_in_words(raw: object) -> None:
    problems = refusal(raw)
    assert problems
    assert all("`" not in problem.message for problem in problems)


def places(raw: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """All places in a document where another value can be put."""
    inner: list[tuple[str | int, ...]] = []
    for step, value in raw.items() if isinstance(raw, dict) else enumerate(raw) if isinstance(raw, list) else ():
        inner += [(*path, step), *places(value, (*path, step))]
    return inner


@given(place=st.sampled_from(places(QUIZ)), value=anything)
def test_a_good_quiz_with_one_value_replaced_is_read_or_refused_in_words(
    place: tuple[str | int, ...], value: object
) -> None:
    raw: Any = copy.deepcopy(QUIZ)
    part = raw
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    for problem in refusal(raw):
        assert "`" not in problem.message
        assert "not of the form" not in problem.message
        assert len(problem.message) < 200
