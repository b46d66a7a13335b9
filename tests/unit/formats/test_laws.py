"""What holds for any file."""

from typing import get_args

import msgspec
from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from quiz.domain.quiz import Quiz
from quiz.domain.validation import read_quiz
from quiz.formats import FormatName, Imported, NotThisFormat, export_quiz, guess_format, import_quiz
from quiz.formats.formula_guard import guard, unguard
from tests.unit.formats.quizzes import quizzes
from tests.unit.formats.workbooks import kahoot, repacked

FORMATS: tuple[FormatName, ...] = get_args(FormatName)

SEEDS = (
    b"#Q Who?\n^ Me\nA Me\nB You\n\n#Q What?\nI am\n^ a\nA a\nB b\r\nC \xe9\n",
    b"::t::Is it \\= 1?{T#no#yes####why}\n\n$CATEGORY: a/b\n[html]<p>x</p>{=%50%a#b ~c}\n\nN?{#1..5}\n\nM?{=a -> b}\n",
    b'round;type;question;answer 1;answer 2;correct\nr;choice;"a\n""b";c;\'=d;1,2\n;numeric;?;-1.5;;\n',
    b'{"title":"T","rounds":[{"title":"R","questions":[{"type":"text","text":"?","accepted":["\\u00e9"]},{}]}]}',
    kahoot(("?", "a", None, 0.5, "b", 20, "1,4")),
)


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """A good file with some of its bytes cut out, replaced or doubled."""
    data = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(data)))
        end = draw(st.integers(start, min(len(data), start + 40)))
        data = data[:start] + draw(st.binary(max_size=8) | st.just(data[start:end] * 2)) + data[end:]
    return data


WORDS = (
    *"#Q ^ABCDE{}=~%:;,\"'\\[]/\n\t<>-.5é\ufffd\x00",
    *("#Q ", "\n^ ", "\nA ", "\nB ", "\n\n", "\r\n"),
    *("::", "####", "->", "[html]", "$CATEGORY:", "{#", "=%50%", "~%50%", "<![", "1..2", "1e999", "nan", "{T}"),
    *("question,", "answer 1,", "answer 2,", "correct", "type"),
    *('{"rounds":[', '{"questions":[', "]}"),
)
words = st.lists(st.sampled_from(WORDS), max_size=40).map(lambda parts: "".join(parts).encode())


def read(data: bytes, format_: FormatName) -> Imported | NotThisFormat:
    try:
        return import_quiz(data, format_)
    except NotThisFormat as refusal:
        return refusal


@settings(max_examples=400)
@given(st.binary(max_size=300) | words | mangled() | st.tuples(st.sampled_from(SEEDS[:3]), words).map(b"\n\n".join))
@example(b"[html]<![x]>{=a}")
@example(b"?{#1e999..2e999}")
@example(b"#Q\n^\nA\nB")
def test_any_bytes_are_either_a_valid_quiz_or_refused_as_a_whole(data: bytes) -> None:
    guess_format("file.txt", data)
    for format_ in FORMATS:
        outcome = read(data, format_)
        event(f"{format_}: {type(outcome).__name__}")
        if isinstance(outcome, NotThisFormat):
            assert str(outcome).endswith(".")
            str(outcome).encode()
            continue
        assert read_quiz(msgspec.to_builtins(outcome.quiz)) == outcome.quiz
        assert outcome.imported == len(outcome.quiz.questions) > 0
        last = data.count(b"\n") + data.count(b"\r") + 2_000
        assert all(1 <= skipped.line <= last and skipped.reason.isprintable() for skipped in outcome.skipped)


values = (
    st.none()
    | st.sampled_from(["1", "1,2", "a", "b", "_xD800_", "#N/A", "=A1", " "])
    | st.integers(-5, 5)
    | st.floats()
    | st.booleans()
    | st.datetimes()
)


@settings(max_examples=60)
@given(st.lists(st.lists(values, max_size=7), max_size=4), st.data())
def test_any_cells_and_any_damage_to_a_workbook_leave_a_valid_quiz_or_none(
    rows: list[list[object]], data: st.DataObject
) -> None:
    def damage(_: str, part: bytes) -> bytes:
        if data.draw(st.integers(0, 9)):
            return part
        at = data.draw(st.integers(0, len(part)))
        return part[:at] + data.draw(st.binary(max_size=4)) + part[at + data.draw(st.integers(0, 4)) :]

    workbook = kahoot(("?", "a", "b", None, None, 20, 1), *rows)
    outcomes = [read(workbook, "kahoot_xlsx"), read(repacked(workbook, damage), "kahoot_xlsx")]
    assert isinstance(outcomes[0], Imported)
    for outcome in outcomes:
        if isinstance(outcome, Imported):
            assert read_quiz(msgspec.to_builtins(outcome.quiz)) == outcome.quiz


@settings(max_examples=100)
@given(quizzes())
def test_json_carries_a_quiz_there_and_back(quiz: Quiz) -> None:
    imported = import_quiz(export_quiz(quiz, "json"), "json")
    assert imported.quiz == quiz
    assert imported.skipped == ()


@settings(max_examples=100)
@given(quizzes())
def test_csv_carries_a_quiz_there_and_back(quiz: Quiz) -> None:
    imported = import_quiz(export_quiz(quiz, "csv"), "csv")
    assert imported.quiz == quiz
    assert imported.skipped == ()


@given(st.text() | st.text(alphabet="'=+-@\t\r\n \uff1d\u200bab"))
def test_guarding_can_be_undone_and_leaves_no_formula(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    assert not guarded.lstrip(" \u200b").startswith(("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"))
