"""Questions to test with: builders with short arguments, and strategies for hypothesis."""

from __future__ import annotations

from hypothesis import strategies as st

from quiz.domain.messages import Answer
from quiz.domain.quiz import (
    NUMBER_MAX,
    Choice,
    ChoiceQuestion,
    NumericQuestion,
    OrderQuestion,
    PollChoice,
    PollQuestion,
    Question,
    TextQuestion,
)


def single(*right: bool, time_limit: int | None = 20, points: int = 1000) -> ChoiceQuestion:
    choices = tuple(Choice(f"Choice {index}", correct) for index, correct in enumerate(right))
    return ChoiceQuestion(text="Which?", choices=choices, time_limit=time_limit, points=points)


def multiple(*right: bool, time_limit: int | None = 20, points: int = 1000) -> ChoiceQuestion:
    choices = tuple(Choice(f"Choice {index}", correct) for index, correct in enumerate(right))
    return ChoiceQuestion(text="Which ones?", choices=choices, multiple=True, time_limit=time_limit, points=points)


def numeric(answer: float, tolerance: float = 0) -> NumericQuestion:
    return NumericQuestion(text="How many?", answer=answer, tolerance=tolerance)


def typed(*accepted: str) -> TextQuestion:
    return TextQuestion(text="What is it called?", accepted=accepted)


def order(count: int) -> OrderQuestion:
    return OrderQuestion(text="In which order?", items=tuple(f"Item {index}" for index in range(count)))


def poll(count: int) -> PollQuestion:
    return PollQuestion(text="Which do you like?", choices=tuple(PollChoice(f"Choice {i}") for i in range(count)))


numbers = st.integers(-(10**15), 10**15) | st.floats(-NUMBER_MAX, NUMBER_MAX)
points = st.integers(0, 2000)
time_limits = st.none() | st.integers(5, 300)
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20).filter(lambda t: t.strip())


@st.composite
def singles(draw: st.DrawFn) -> ChoiceQuestion:
    count = draw(st.integers(2, 8))
    right = draw(st.integers(0, count - 1))
    marks = [index == right for index in range(count)]
    return single(*marks, time_limit=draw(time_limits), points=draw(points))


@st.composite
def multiples(draw: st.DrawFn) -> ChoiceQuestion:
    marks = draw(st.lists(st.booleans(), min_size=2, max_size=8).filter(any))
    return multiple(*marks, time_limit=draw(time_limits), points=draw(points))


numerics = st.builds(
    NumericQuestion,
    text=st.just("How many?"),
    answer=numbers,
    tolerance=numbers.map(abs),
    time_limit=time_limits,
    points=points,
)
typeds = st.builds(
    TextQuestion,
    text=st.just("What is it called?"),
    accepted=st.lists(words, min_size=1, max_size=5).map(tuple),
    time_limit=time_limits,
    points=points,
)
orders = st.integers(2, 8).map(order)
polls = st.integers(2, 8).map(poll)
scored: st.SearchStrategy[Question] = st.one_of(singles(), multiples(), numerics, typeds, orders)
questions: st.SearchStrategy[Question] = scored | polls


def answers_to(question: Question) -> st.SearchStrategy[Answer]:
    """Answers that fit the question, right and wrong ones."""
    match question:
        case ChoiceQuestion(multiple=True):
            indexes = st.integers(0, len(question.choices) - 1)
            return st.lists(indexes, min_size=1, unique=True).map(sorted)
        case ChoiceQuestion() | PollQuestion():
            return st.integers(0, len(question.choices) - 1).map(lambda index: [index])
        case NumericQuestion():
            return numbers | st.just(question.answer)
        case TextQuestion():
            return words.map(str.strip) | st.sampled_from(question.accepted)
        case OrderQuestion():
            return st.permutations(range(len(question.items)))


def right_answer(question: Question) -> Answer:
    match question:
        case ChoiceQuestion():
            return [index for index, choice in enumerate(question.choices) if choice.correct]
        case NumericQuestion():
            return question.answer
        case TextQuestion():
            return question.accepted[0]
        case OrderQuestion():
            return list(range(len(question.items)))
        case PollQuestion():
            return [0]


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
"""Whatever decoded JSON may hold, lone surrogates, huge integers, NaN and all."""
