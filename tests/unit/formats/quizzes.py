"""Whole quizzes for hypothesis, with texts that files find hard to carry."""

from __future__ import annotations

from hypothesis import strategies as st

from quiz.domain.quiz import (
    NUMBER_MAX,
    Choice,
    ChoiceQuestion,
    NumericQuestion,
    OrderQuestion,
    PollChoice,
    PollQuestion,
    Question,
    Quiz,
    Round,
    TextQuestion,
)

# Nothing that reads as damaged: those texts are refused by every importer of text, see test_decoding.
_letters = st.characters(codec="ascii", exclude_categories=["Cc"]) | st.sampled_from("äßéñ日本語😀\n'\"")
_hard = st.sampled_from(
    ["=", "+", "-", "@", "'", "''", "'=", "\t", "\uff1d", ",", ";", '"', '""', "|", " ", "#", "sep=;"]
)


def _texts(longest: int) -> st.SearchStrategy[str]:
    texts = st.tuples(st.just("") | _hard, st.text(_letters, max_size=longest - 6)).map("".join)
    return texts.map(lambda text: text if text.strip() else f"{text}x")


def _distinct(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(_texts(20), min_size=least, max_size=most, unique_by=lambda text: " ".join(text.split()))


_numbers = st.integers(-(10**15), 10**15) | st.floats(-NUMBER_MAX, NUMBER_MAX)
_common = {
    "text": _texts(60),
    "time_limit": st.none() | st.integers(5, 300),
    "points": st.integers(0, 2000),
    "explanation": st.none() | _texts(60),
    "image": st.sampled_from([None, "https://example.org/a.png", "https://example.org/?a=1,2"]),
}


@st.composite
def _choices(draw: st.DrawFn) -> tuple[tuple[Choice, ...], bool]:
    texts = draw(_distinct(2, 8))
    right = draw(st.sets(st.integers(0, len(texts) - 1), min_size=1))
    choices = tuple(Choice(text, index in right) for index, text in enumerate(texts))
    return choices, len(right) > 1 or draw(st.booleans())


@st.composite
def _choice_questions(draw: st.DrawFn) -> ChoiceQuestion:
    choices, multiple = draw(_choices())
    return draw(st.builds(ChoiceQuestion, choices=st.just(choices), multiple=st.just(multiple), **_common))


questions: st.SearchStrategy[Question] = st.one_of(
    _choice_questions(),
    st.builds(NumericQuestion, answer=_numbers, tolerance=_numbers.map(abs), **_common),
    st.builds(TextQuestion, accepted=_distinct(1, 12).map(tuple), **_common),
    st.builds(OrderQuestion, items=_distinct(2, 8).map(tuple), **_common),
    st.builds(PollQuestion, choices=_distinct(2, 8).map(lambda texts: tuple(map(PollChoice, texts))), **_common),
)


@st.composite
def quizzes(draw: st.DrawFn) -> Quiz:
    """Valid quizzes of all types. Neighbouring rounds have different titles: CSV cannot tell them apart otherwise."""
    titles = draw(st.lists(_texts(30), min_size=1, max_size=3, unique=True))
    rounds = tuple(Round(title, tuple(draw(st.lists(questions, min_size=1, max_size=4)))) for title in titles)
    return Quiz(title=draw(_texts(30)), rounds=rounds, language=draw(st.sampled_from(["en", "pt-BR", "is"])))
