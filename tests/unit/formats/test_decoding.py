import pytest

from quiz.formats.decoding import damage, read_lines
from quiz.formats.entries import NotThisFormat


def only_line(data: bytes) -> str:
    [(_, text)] = read_lines(data)
    return text


def test_each_line_may_have_an_encoding_and_a_line_end_of_its_own() -> None:
    data = "æble\r\n".encode() + "Ærø\n".encode("cp1252") + b"plain\r" + "日本".encode()
    assert list(read_lines(data)) == [(1, "æble"), (2, "Ærø"), (3, "plain"), (4, "日本")]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_western_text_is_read_whatever_program_wrote_it(codec: str) -> None:
    text = "Où est l’œuvre de Märta, “Ångström” – 5 € für 3 m²?"
    assert only_line(text.encode(codec)) == text
    assert damage(text) is None


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"\xcf\x86\xcf?\xcf\x82", id="UTF-8 that lost a byte"),
        pytest.param("café ".encode() + "crème".encode("cp1252"), id="two encodings in one line"),
        pytest.param("Который час?".encode("cp1251"), id="Cyrillic"),
        pytest.param("Πόσο;".encode("cp1253"), id="Greek"),
        pytest.param("東京はどこ".encode("shift-jis"), id="Japanese"),
        pytest.param("źdźbło".encode("cp1250"), id="Polish"),
        pytest.param("café".encode("cp850"), id="DOS at the end of a word"),
        pytest.param("élève".encode("mac-roman"), id="old Mac"),
        pytest.param(b"caf\x81", id="a byte that Windows-1252 does not have"),
    ],
)
def test_a_line_whose_encoding_is_in_doubt_counts_as_damaged(line: bytes) -> None:
    assert damage(only_line(line))


@pytest.mark.parametrize("text", ["café", "don’t", "größer", "5 €", "φύσις", "Москва", "日本語"])
def test_text_that_was_encoded_twice_counts_as_damaged(text: str) -> None:
    twice = text.encode().decode("cp1252", errors="replace")
    assert damage(twice)
    assert damage(text) is None


@pytest.mark.parametrize("char", ["\ufffd", "\x85", "\x9d", "\ufdd0", "\uffff"])
def test_characters_that_stand_for_nothing_count_as_damaged(char: str) -> None:
    assert damage(f"a{char}b")


@pytest.mark.parametrize("text", ["“IRMÔ", "AMANHÔ", "MAÇÃ»", "ŐŰÁÉ", "ÄÖÜ", "São João", "l·l", "N°5"])
def test_unusual_but_sound_text_is_left_alone(text: str) -> None:
    assert damage(text) is None


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(NotThisFormat, match="not text"):
        list(read_lines(b"\x00\x01\x02"))
    with pytest.raises(NotThisFormat, match="UTF-16"):
        list(read_lines(b"\xff\xfeabc"))
