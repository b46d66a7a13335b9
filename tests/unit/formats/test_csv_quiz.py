import csv
import io
from pathlib import Path

import pytest

from quiz.domain.quiz import Choice, ChoiceQuestion, NumericQuestion, Quiz, Round, TextQuestion
from quiz.formats import Imported, NotThisFormat, export_quiz, import_quiz

SAMPLE = Path(__file__).parents[2] / "samples" / "from-excel.csv"
HEADER = "question,answer 1,answer 2,answer 3,correct,type,multiple,tolerance,time limit,points,explanation,image"
GOOD = "A good one?,yes,no,,1"


def read(text: str | bytes) -> Imported:
    return import_quiz(text.encode() if isinstance(text, str) else text, "csv")


def first(row: str) -> object:
    imported = read(f"{HEADER}\n{row}\n")
    assert imported.skipped == ()
    return imported.quiz.questions[0]


def only_reason(row: str) -> str:
    imported = read(f"{HEADER}\n{row}\n{GOOD}\n")
    assert [question.text for question in imported.quiz.questions] == ["A good one?"]
    [skipped] = imported.skipped
    assert skipped.line == 2
    return skipped.reason


def cells(quiz: Quiz) -> list[list[str]]:
    return list(csv.reader(io.StringIO(export_quiz(quiz, "csv").decode("utf-8-sig"), newline="")))


def test_what_a_german_excel_saves_is_read_and_its_broken_rows_are_named() -> None:
    imported = read(SAMPLE.read_bytes())

    assert [(round_.title, len(round_.questions)) for round_ in imported.quiz.rounds] == [
        ("Aperitif", 3),
        ("Dessert", 3),
    ]
    assert [question.kind for question in imported.quiz.questions] == [
        "choice",
        "choice",
        "numeric",
        "text",
        "order",
        "poll",
    ]
    assert imported.quiz.questions[2] == NumericQuestion(
        text="Wie hoch ist der Dom, in Metern?", answer=157.4, tolerance=1, time_limit=None
    )
    assert imported.quiz.questions[3].text == "Wie heißt die Hauptstadt von Österreich?"
    reasons = {skipped.line: skipped.reason for skipped in imported.skipped}
    assert list(reasons) == [2, 9, 10, 11, 12, 13, 14, 15]
    for line, words in {
        2: "Note",
        9: "Answer 3",
        10: "two ways",
        11: "No correct",
        12: "riddle",
        13: '"correct"',
        14: "quotation",
        15: "5 to 300",
    }.items():
        assert words in reasons[line]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_found_out(delimiter: str, codec: str) -> None:
    rows = [["question", "answer 1", "answer 2", "correct"], ["Où?", "“là, là; là”", "ici", "2"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    [question] = read(text.getvalue().encode(codec)).quiz.questions
    assert question == ChoiceQuestion(text="Où?", choices=(Choice("“là, là; là”"), Choice("ici", True)))


def test_a_kahoot_template_saved_as_csv_is_understood() -> None:
    text = (
        ",Quiz template,,,,,,\n,,,,,,,\n"
        ",Question - so many characters,Answer 1 - so many,Answer 2 - so many,Answer 3,Answer 4,"
        'Time limit (sec) – some,Correct answer(s) - some\n1,Who?,Ann,Bob,,Cid,30,"1,4"\n2,,,,,,,\n'
    )
    [question] = read(text).quiz.questions
    choices = (Choice("Ann", True), Choice("Bob"), Choice("Cid", True))
    assert question == ChoiceQuestion(text="Who?", choices=choices, multiple=True, time_limit=30)


def test_columns_may_stand_in_any_order_and_go_by_other_names() -> None:
    [question] = read("Correct Answer,OPTION 2,Choice_1,Text\n1,no,yes,Is it?\n").quiz.questions
    assert question == ChoiceQuestion(text="Is it?", choices=(Choice("yes", True), Choice("no")))


def test_rows_without_a_round_belong_to_the_round_above() -> None:
    imported = read("round,question,answer 1,correct,answer 2\n,a?,1,1,2\nX,b?,1,1,2\n,c?,1,1,2\nY,d?,1,1,2\n")
    assert [(round_.title, len(round_.questions)) for round_ in imported.quiz.rounds] == [
        ("Round 1", 1),
        ("X", 2),
        ("Y", 1),
    ]


def test_a_quoted_cell_may_hold_quotes_commas_and_line_breaks() -> None:
    assert first('"He said ""a, b""\n\nand left?",yes,no,,1') == ChoiceQuestion(
        text='He said "a, b"\n\nand left?', choices=(Choice("yes", True), Choice("no"))
    )


def test_cells_left_out_at_the_end_are_empty() -> None:
    assert first("What?,this,,,,text") == TextQuestion(text="What?", accepted=("this",))


@pytest.mark.parametrize(
    ("cell", "number"),
    [("3", 3), ("-3", -3), ("2.5", 2.5), ('"2,5"', 2.5), ("−7", -7), ("1e3", 1000), ("'-5", -5), (" 4 ", 4)],
)
def test_numbers_are_read_as_people_write_them(cell: str, number: float) -> None:
    assert first(f"How many?,{cell},,,,numeric") == NumericQuestion(text="How many?", answer=number)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("Who?,Ann,Bob,,", "No correct answer"),
        ("Who?,Ann,Bob,,3", "Answer 3"),
        ("Who?,Ann,Bob,,Ann", "does not say which"),
        ("Who?,Ann,,,1", "2 to 8"),
        ("Who?,Ann,Ann,,1", "says the same"),
        (",Ann,Bob,,1", "empty"),
        ('Who?,Ann,Bob,,"1,2",,no', "multiple"),
        ("Who?,Ann,Bob,,1,,maybe", "yes or no"),
        ("Who?,Ann,Bob,,1,,,2", "tolerance"),
        ("Who?,Ann,Bob,,1,,,,4", "5 to 300"),
        ("Who?,Ann,Bob,,1,,,,,3000", "points"),
        ("Who?,Ann,Bob,,1,,,,,many", "The points"),
        ("Who?,Ann,Bob,,1,,,,,,,http://example.org/a.png", "https"),
        ("Who, me?,Ann,Bob,,1,,,,,,,,", "not a type"),
        ("Who?,Ann,Bob,,1,,,,,,,,one too many", "more cells"),
        ("Who?,Ann,Bob,,1,order", '"correct"'),
        ("How many?,ten,,,,numeric", "not a number"),
        ("How many?,nan,,,,numeric", "not a number"),
        ("How many?,1e300,,,,numeric", "too large"),
        ("How many?,,10,,,numeric", "answer 1"),
        ("How many?,10,20,,,numeric", "no other answers"),
        ("How many?,10,,,,numeric,,-1", "negative"),
        ("Which?,,,,,text", "accepted"),
        ("Wh\ufffd?,Ann,Bob,,1", "damaged"),
        ('"Who?,Ann,Bob,,1', "quotation marks"),
        ('"Who"?,Ann,Bob,,1', "quotation marks"),
    ],
)
def test_a_row_that_cannot_be_used_is_skipped_with_its_line(row: str, reason: str) -> None:
    assert reason in only_reason(row)


@pytest.mark.parametrize(
    "data",
    [
        b"name,age\nAnn,5\n",
        b"question,answer 1\nWho?,me\n",
        b"question,answer 1,answer 1,correct\nWho?,me,you,1\n",
        b"question,answer 1,answer 2,correct\n",
        b"PK\x03\x04\x00\x00",
        b'"',
    ],
)
def test_a_file_that_is_no_quiz_is_refused(data: bytes) -> None:
    with pytest.raises(NotThisFormat):
        read(data)


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\uff1d1", "\uff0b1", " =1", "\u200b=1", "'=1", "\n-1")


def test_exported_text_is_never_a_formula_and_comes_back_as_it_was() -> None:
    for text in FORMULAS:
        tidy = text.replace("\r", "\n")
        quiz = Quiz(
            title=tidy + "t",
            rounds=(Round(tidy + "r", (TextQuestion(text=tidy, accepted=(tidy, "'" + tidy), explanation=tidy),)),),
        )
        # The apostrophe must be the very first character: programs trim space and invisible characters.
        risky = [cell for row in cells(quiz)[1:] for cell in row if cell and cell[0] in "=+-@\t\r\n\uff1d\uff0b \u200b"]
        assert risky == []
        assert read(export_quiz(quiz, "csv")).quiz == quiz


def test_exported_numbers_stay_numbers() -> None:
    question = NumericQuestion(text="How cold?", answer=-40.5, tolerance=1, time_limit=None)
    header, row = cells(Quiz(title="T", rounds=(Round("R", (question,)),)))
    exported = dict(zip(header, row, strict=True))
    assert (exported["answer 1"], exported["tolerance"], exported["time limit"]) == ("-40.5", "1", "none")


def test_an_apostrophe_that_guards_nothing_is_left_alone() -> None:
    quiz = Quiz(title="'Tis", rounds=(Round("'90s", (TextQuestion(text="''", accepted=("'tis",)),)),))
    assert "'tis" in cells(quiz)[1]
    assert read(export_quiz(quiz, "csv")).quiz == quiz


def test_an_export_begins_with_a_byte_order_mark_for_excel() -> None:
    quiz = Quiz(title="T", rounds=(Round("R", (TextQuestion(text="?", accepted=("!",)),)),))
    assert export_quiz(quiz, "csv").startswith(b"\xef\xbb\xbfround,type,question,answer 1,")


def test_a_question_with_fifty_accepted_answers_is_carried() -> None:
    question = TextQuestion(text="?", accepted=tuple(f"answer {number}" for number in range(50)))
    quiz = Quiz(title="T", rounds=(Round("R", (question,)),))
    assert read(export_quiz(quiz, "csv")).quiz == quiz
