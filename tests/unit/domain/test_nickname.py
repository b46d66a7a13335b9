import unicodedata

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.domain.nickname import CODE_POINTS_MAX, GRAPHEMES_MAX, Nickname, NicknameProblem, read_nickname

FAMILY = "👩\u200d👩\u200d👧"
LARGE_FAMILY = "👨\u200d👩\u200d👧\u200d👦"
TONED_FAMILY = "👨🏽\u200d👩🏽\u200d👧🏽\u200d👦🏽"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def shown(raw: str) -> str:
    nickname = read_nickname(raw)
    assert isinstance(nickname, Nickname), nickname
    return nickname.shown


def key(raw: str) -> str:
    nickname = read_nickname(raw)
    assert isinstance(nickname, Nickname), nickname
    return nickname.key


@pytest.mark.parametrize(
    "name",
    [
        "Ann",
        "ann-marie o'neill",
        "X",
        "7",
        "J.R. & Co. #1!",
        "Zoë",
        "Łukasz",
        "Đorđe",
        "Иван",
        "Νίκος",
        "Գագիկ",
        "გიორგი",
        "محمد",
        "דוד",
        "देवनागरी",
        "ကြွေး",
        "นิกกี้",
        "ស្ត្រី",
        "한국",
        "山田太郎",
        "ガンダム",
        "Nguyễn Thị Ế",
        "نمی\u200cخواهم",
        "علی\u200cرضا مه\u200cسا",
        "مِ\u200cخ",
        "क\u094d\u200dष",
        "क\u094d\u200cष",
        "র\u200d\u09cdযাব",
        "ශ\u0dca\u200dරී",
        "😀",
        "❤",
        "🇩🇪 Jens",
        "👍🏽",
        "¿Qué?",
        "x" * 20,
    ],
)
def test_a_name_of_any_language_is_shown_as_it_was_typed(name: str) -> None:
    assert shown(name) == name


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("  Ann  ", "Ann"),
        ("Ann   Marie", "Ann Marie"),
        ("Ann\u00a0Marie", "Ann Marie"),
        ("\u3000Ann\u2003Marie\u2028", "Ann Marie"),
        ("Zoe\u0308", "Zoë"),
        ("Ａｎｎ", "Ann"),
        ("𝕬𝖓𝖓", "Ann"),
        ("ﬁn", "fin"),
        ("Ⅳ", "IV"),
        ("Ann™", "AnnTM"),
        ("Rosi´s Bande", "Rosi's Bande"),
        ("x" * 20 + " " * 500, "x" * 20),
        ("\u200fمحمد\u200f", "محمد"),
        ("محمد\u061c Ann\u200e", "محمد Ann"),
        ("An\u200en", "Ann"),
        ("Ann \u200e \u200f", "Ann"),
        ("نمی\u200f\u200c\u200fخواهم", "نمی\u200cخواهم"),
        ("e\u200e\u0301", "é"),
        ("x" * 20 + "\u200f" * 500, "x" * 20),
    ],
)
def test_other_ways_to_write_a_name_are_brought_into_one(raw: str, expected: str) -> None:
    assert shown(raw) == expected


@pytest.mark.parametrize(
    "emoji",
    [
        FAMILY,
        "👩🏽\u200d🚀",
        "🏳\ufe0f\u200d🌈",
        "👁\ufe0f\u200d🗨\ufe0f",
        "🕵\ufe0f\u200d♂\ufe0f",
        "❤\ufe0f",
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
        "#\ufe0f\u20e3",
        ENGLAND,
        "👨\u200d👩\u200d👧\u200d👦",
    ],
)
def test_an_emoji_keeps_its_invisible_parts_and_counts_as_one(emoji: str) -> None:
    assert shown(f"Ann {emoji}") == f"Ann {emoji}"
    assert len(regex.findall(r"\X", emoji)) == 1
    assert shown(f"{emoji}{'x' * 19}")
    assert isinstance(read_nickname(f"{emoji}{'x' * 20}"), NicknameProblem)


@pytest.mark.parametrize(
    ("raw", "expected"), [("™\ufe0f", "TM"), ("ℹ\ufe0f", "i"), ("‼\ufe0f", "!!"), ("Ⓜ\ufe0f", "M")]
)
def test_an_emoji_that_becomes_letters_leaves_nothing_invisible_behind(raw: str, expected: str) -> None:
    assert shown(raw) == expected


@pytest.mark.parametrize(
    "character",
    [
        "\x00",
        "\x07",
        "\t",
        "\n",
        "\x0b",
        "\x0c",
        "\r",
        "\x1c",
        "\x85",
        "\x1b",
        "\x1f",
        "\x7f",
        "\x80",
        "\x9f",
        "\u00ad",
        "\u034f",
        "\u115f",
        "\u1160",
        "\u17b4",
        "\u180b",
        "\u180e",
        "\u200b",
        "\u200c",
        "\u200d",
        "\u202a",
        "\u202b",
        "\u202c",
        "\u202d",
        "\u202e",
        "\u2060",
        "\u2066",
        "\u2067",
        "\u2068",
        "\u2069",
        "\u206f",
        "\u2800",
        "\u3164",
        "\ud800",
        "\ue000",
        "\uf8ff",
        "\ufdd0",
        "\ufe00",
        "\ufe0e",
        "\ufe0f",
        "\ufeff",
        "\uffa0",
        "\ufff9",
        "\ufffc",
        "\uffff",
        "\U0001d173",
        "\U000e0001",
        "\U000e0041",
        "\U000e007f",
        "\U000e0100",
        "\U000f0000",
        "\U0010ffff",
        "\U0003fffd",
    ],
    ids=ascii,
)
def test_what_cannot_be_seen_is_refused_wherever_it_stands(character: str) -> None:
    for raw in (character, f"{character}Ann", f"An{character}n", f"Ann{character}"):
        assert isinstance(read_nickname(raw), NicknameProblem)


@pytest.mark.parametrize(
    "raw",
    [
        "A\u200dB",
        "👩\u200dA",
        "A\u200d👩",
        "👩\u200d",
        "\u200d👩",
        "👩\u200d\u200d👩",
        "❤\ufe0f\ufe0f",
        "1\ufe0f",
        "1\ufe0f2",
        "A\ufe0f",
        "\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062",
        "😀" + ENGLAND[1:],
        "🏴\U000e0075\U000e0073\U000e0074\U000e0078\U000e007f",
    ],
    ids=ascii,
)
def test_joiners_and_selectors_are_refused_outside_real_emoji(raw: str) -> None:
    assert isinstance(read_nickname(raw), NicknameProblem)


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"], ids=ascii)
@pytest.mark.parametrize(
    "around",
    [
        ("", "خ"),
        ("ی", ""),
        ("ی", " خ"),
        ("ی ", "خ"),
        ("ی", "A"),
        ("A", "خ"),
        ("ی", "7"),
        ("ی", "😀"),
        ("😀", "خ"),
        ("ی", "\u0301خ"),
        ("Ν", "ί"),
        ("И", "в"),
        ("e\u0301\u0323", "x"),
        ("e\u0323", "\u0323x"),
        ("x\u20d2", "\u20d2x"),
        ("𝐀", "𝐀"),
        ("ª", "ª"),
        ("ی\u200c", "خ"),
        ("ی\u200d", "خ"),
        ("", ""),
    ],
    ids=ascii,
)
def test_joiners_are_refused_but_between_two_letters_of_scripts_that_spell_with_them(
    around: tuple[str, str], joiner: str
) -> None:
    before, after = around
    assert isinstance(read_nickname(f"{before}{joiner}{after}"), NicknameProblem)


@pytest.mark.parametrize(
    "raw",
    ["", " ", "   ", "\u00a0\u3000\u2003", "\u2028\u2029", "\u200e", "\u200f \u061c"],
    ids=ascii,
)
def test_a_name_of_nothing_but_space_is_empty(raw: str) -> None:
    assert read_nickname(raw) == NicknameProblem("A nickname needs at least one character.")


@pytest.mark.parametrize(
    "raw", ["\u0301", "\u0301\u0302", "\u0301Ann", "Ann \u0301", "¨", "a ¨", "\u20e3", "ा"], ids=ascii
)
def test_an_accent_needs_a_letter_to_stand_on(raw: str) -> None:
    assert isinstance(read_nickname(raw), NicknameProblem)


@pytest.mark.parametrize(("marks", "fits"), [(1, True), (2, True), (3, True), (4, False), (30, False)])
def test_three_marks_may_stand_on_one_letter(marks: int, fits: bool) -> None:
    assert isinstance(read_nickname("x" + "\u0323" * marks + "y"), Nickname) is fits


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"], ids=ascii)
def test_joiners_do_not_help_marks_to_stack(joiner: str) -> None:
    assert isinstance(read_nickname(f"ب\u064e\u0651{joiner}\u0670ت"), Nickname)
    assert isinstance(read_nickname(f"ب\u064e\u0651{joiner}\u0670{joiner}\u064eت"), NicknameProblem)


@pytest.mark.parametrize(
    ("raw", "fits"),
    [
        ("x" * 20, True),
        ("x" * 21, False),
        ("Ann Marie Antoinette", True),
        ("Ann Marie Antoinettes", False),
        ("😀" * 20, True),
        ("😀" * 21, False),
        ("🇩🇪" * 20, True),
        ("🇩🇪" * 21, False),
        ("x\u0323\u0323\u0323" * 20, True),
        (FAMILY * 20, True),
        (FAMILY * 21, False),
        (LARGE_FAMILY * 20, True),
        (TONED_FAMILY * 18, True),
        (TONED_FAMILY * 19, False),
        ("ﷺ", True),
        ("ﷺﷺ", False),
        ("x" * 100_000, False),
        (" " * 100_000, False),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_twenty_characters_as_a_person_counts_them_fit(raw: str, fits: bool) -> None:
    assert isinstance(read_nickname(raw), Nickname) is fits


def test_a_name_that_is_too_long_is_told_in_which_way() -> None:
    assert read_nickname("x" * 21) == NicknameProblem("This nickname is too long: at most 20 characters fit.")
    assert read_nickname(TONED_FAMILY * 19) == NicknameProblem(
        "This nickname is too intricate: its characters are made of more than 200 parts."
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ann"),
        ("Ann", "ANN"),
        ("Ann", "Аnn"),
        ("ANN", "АNN"),
        ("Ann", "ᴀnn"),
        ("Ann", " A n n "),
        ("Ann", "Ａｎｎ"),
        ("Ann", "𝐀𝐧𝐧"),
        ("Tom", "Тоm"),
        ("TOM", "ТОМ"),
        ("tom", "ТОМ"),
        ("Nina", "Νina"),
        ("Bob", "B0b"),
        ("BOB", "ВОВ"),
        ("Ian", "lan"),
        ("ian", "1an"),
        ("Bill", "Bi11"),
        ("Bill", "B|||"),
        ("Morn", "Mom"),
        ("MOM", "morn"),
        ("Straße", "STRASSE"),
        ("Ægir", "AEgir"),
        ("Νίκος", "ΝΊΚΟΣ"),
        ("νίκος", "Νίκος"),
        ("Иван", "ИВАН"),
        ("Zoë", "ZOE\u0308"),
        ("O'Neill", "O’Neill"),
        ("❤", "❤\ufe0f"),
        (FAMILY, "👩👩👧"),
        ("نمی\u200cخواهم", "نمیخواهم"),
        ("نمی\u200cخواهم", "ن\u200cمی\u200dخواهم"),
        ("क\u094d\u200dष", "क\u094dष"),
        ("क\u094d\u200dष", "क\u094d\u200cष"),
        ("カ\u200c\u3099", "ガ"),
        ("ب\u0651\u200c\u064e", "ب\u064e\u0651"),
        ("محمد", "\u200fمح\u061cمد\u200e"),
    ],
)
def test_these_names_are_one_to_an_audience(one: str, other: str) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "Anne"),
        ("Ann", "Anna"),
        ("Ann", "Ann2"),
        ("Ann", "Ann!"),
        ("Zoe", "Zoë"),
        ("Nan", "Van"),
        ("Νίκη", "Βίκη"),
        ("Tim", "Tom"),
        ("Max", "Mex"),
        ("Jan", "Yan"),
        ("Une", "Yne"),
        ("S4m", "Sam"),
        ("Иван", "Ирина"),
        ("山田", "山本"),
        ("😀", "😁"),
        ("👍🏽", "👍"),
        ("🇩🇪", "🇫🇷"),
        (ENGLAND, "🏴"),
    ],
)
def test_these_names_are_different(one: str, other: str) -> None:
    assert key(one) != key(other)


def test_no_two_letters_of_the_plain_alphabet_share_a_key_but_i_and_l() -> None:
    alphabet = "abcdefghijkmnopqrstuvwxyz23456789"
    assert len({key(letter) for letter in alphabet}) == len(alphabet)
    assert key("l") == key("1") == key("i")
    assert key("o") == key("0")


def test_case_never_matters_in_any_alphabet() -> None:
    differing = []
    cased = [character for character in map(chr, range(0x110000)) if character.lower() != character.upper()]
    for character in cased:
        lower, upper = read_nickname(f"x{character.lower()}"), read_nickname(f"x{character.upper()}")
        if isinstance(lower, Nickname) and isinstance(upper, Nickname) and lower.key != upper.key:
            differing.append(character)
    assert differing == []


names = (
    st.text(max_size=25)
    | st.text(
        st.sampled_from("AaаΝνlI10oO \u0301\u0323\u200d\ufe0f\u20e3😀👩❤🏽ℹ™´¨ﬁß한ガ🏴\U000e0067\U000e007f"),
        max_size=25,
    )
    | st.text(st.sampled_from("یخ\u064e\u0651\ufe76क\u094dषカ\uff9eA😀 \u200c\u200d\u200e\u200f\u061c"), max_size=25)
)


@given(names)
@settings(max_examples=200)
def test_any_text_is_a_nickname_that_keeps_the_rules_or_a_problem_in_words(raw: str) -> None:
    nickname = read_nickname(raw)
    if isinstance(nickname, NicknameProblem):
        assert nickname.message.endswith(".")
        return
    assert 1 <= len(regex.findall(r"\X", nickname.shown)) <= GRAPHEMES_MAX
    assert len(nickname.shown) <= CODE_POINTS_MAX
    assert nickname.key
    assert nickname.shown == " ".join(nickname.shown.split())
    assert unicodedata.is_normalized("NFKC", nickname.shown)
    assert not regex.search(r"[\p{Cc}\p{Cs}\p{Co}\p{Cn}\p{Bidi_Control}\u200b\u2060]", nickname.shown)
    assert not regex.search(r"[\u200c\u200d]", nickname.key)
    assert not regex.search(r"(?:^|[\p{Latin} \u200c\u200d])[\u200c\u200d]|\u200c(?:$|[\p{Latin} ])", nickname.shown)


@given(names)
@settings(max_examples=200)
def test_reading_what_is_shown_gives_the_same_nickname(raw: str) -> None:
    nickname = read_nickname(raw)
    if isinstance(nickname, Nickname):
        assert read_nickname(nickname.shown) == nickname


@given(names)
@settings(max_examples=200)
def test_joiners_between_letters_and_marks_of_direction_make_no_other_nickname(raw: str) -> None:
    first, second = read_nickname(raw), read_nickname(regex.sub(r"[\u061c\u200c\u200e\u200f]", "", raw))
    if isinstance(first, Nickname) and isinstance(second, Nickname):
        assert first.key == second.key


@given(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8))
@settings(max_examples=200)
def test_case_and_spaces_make_no_other_nickname(raw: str) -> None:
    first, second = read_nickname(raw), read_nickname(f"  {raw.upper()} ")
    if isinstance(first, Nickname) and isinstance(second, Nickname):
        assert first.key == second.key
