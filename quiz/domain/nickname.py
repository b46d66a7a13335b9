"""Nicknames: which may be taken, how they are shown, and when two of them are the same to an audience."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Iterable
from importlib.resources import files
from typing import Final

import msgspec
import regex
from msgspec import Struct

GRAPHEMES_MAX: Final = 20
"""Longest nickname in characters as a person counts them: a family emoji is one."""
CODE_POINTS_MAX: Final = 200
"""Longest nickname as stored: room for twenty emoji of families, and a bound for what twenty graphemes could carry."""
RAW_MAX: Final = 1000
"""Longest input looked at, in code points; anything longer is refused unread."""
MARKS_MAX: Final = 3
"""Most marks stacked on one letter: enough for living languages, too few to climb out of a line."""


class Nickname(Struct, frozen=True):
    """A nickname as it is `shown`, and the `key` that only one player of a session may have."""

    shown: str
    key: str


class NicknameProblem(Struct, frozen=True):
    """Why a nickname cannot be used, in a person's words."""

    message: str


# Tabs and line ends are control characters and no space: nobody types them into a name.
_SPACE: Final = regex.compile(r"\p{Z}+")
# Marks of direction that keyboards of right-to-left scripts leave behind, unseen by those who type. Unlike the
# overrides and isolates, which are refused, they reorder no letters.
_STRAY: Final = regex.compile(r"[\u061C\u200E\u200F]")
# Joiners and variation selectors cannot be seen, but some emoji are made with them; the three tag sequences are the
# flags of England, Scotland and Wales.
_EMOJI_GLUE: Final = (
    r"(?<=\p{Emoji}(?<![0-9#*]))\uFE0F"
    r"|(?<=[0-9#*])\uFE0F(?=\u20E3)"
    r"|(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}]\uFE0F?)\u200D(?=\p{Extended_Pictographic})"
    r"|(?<=\U0001F3F4)\U000E0067\U000E0062"
    r"(?:\U000E0065\U000E006E\U000E0067|\U000E0073\U000E0063\U000E0074|\U000E0077\U000E006C\U000E0073)\U000E007F"
)
# Persian, Hindi and others spell with joiners, which change how the letters beside them are drawn. The letters of
# Latin, Greek and Cyrillic never join, and accents that go with any script would let joiners in among them.
_NEVER_JOINS: Final = r"[\p{scx=Latn}\p{scx=Grek}\p{scx=Cyrl}\p{scx=Zyyy}\p{scx=Zinh}]"
_LETTER_GLUE: Final = rf"(?<=[\p{{L}}\p{{M}}](?<!{_NEVER_JOINS}))[\u200C\u200D](?=[\p{{L}}\p{{M}}])(?!{_NEVER_JOINS})"
_GLUE: Final = regex.compile(rf"{_EMOJI_GLUE}|{_LETTER_GLUE}")
_GLUE_OR_ORPHAN: Final = regex.compile(rf"({_EMOJI_GLUE}|{_LETTER_GLUE})|[\u200C\u200D\uFE0F]")
# Besides what Unicode calls unassigned, private, control, format or ignorable: two symbols that show as a blank.
_UNSHOWABLE: Final = regex.compile(r"[\p{C}\p{Default_Ignorable_Code_Point}\u2800\uFFFC]")
_STACKED_MARKS: Final = regex.compile(rf"(?:[\u200C\u200D]?[\p{{Mn}}\p{{Me}}]){{{MARKS_MAX + 1}}}")
_LONE_MARK: Final = regex.compile(r"(?:^|(?<= ))\p{M}")
_UNSEEN_IN_KEYS: Final = regex.compile(r"[ \u200C\u200D\uFE0F]")
_GRAPHEME: Final = regex.compile(r"\X")

_EMPTY: Final = NicknameProblem("A nickname needs at least one character.")
_TOO_LONG: Final = NicknameProblem(f"This nickname is too long: at most {GRAPHEMES_MAX} characters fit.")
_TOO_INTRICATE: Final = NicknameProblem(
    f"This nickname is too intricate: its characters are made of more than {CODE_POINTS_MAX} parts."
)
_INVISIBLE: Final = NicknameProblem("This nickname has characters that cannot be shown. Please leave them out.")
_STACKED: Final = NicknameProblem("This nickname has too many accents on one letter.")
_LONE: Final = NicknameProblem("This nickname has an accent that stands alone. Please put a letter before it.")


def read_nickname(raw: str) -> Nickname | NicknameProblem:
    """Bring what a player typed into its one shown form, or say what is wrong with it.

    Spaces are collapsed, marks of direction are left out, compatibility forms (fullwidth, styled letters) become
    plain ones. Reading a shown nickname again gives the same nickname.
    """
    if len(raw) > RAW_MAX:
        return _TOO_LONG
    raw = _STRAY.sub("", raw)
    if _UNSHOWABLE.search(_GLUE.sub("", _SPACE.sub(" ", raw))):
        return _INVISIBLE
    shown = _normalised(raw)
    if not shown:
        return _EMPTY
    if _UNSHOWABLE.search(_GLUE.sub("", shown)):
        return _INVISIBLE
    if _LONE_MARK.search(shown):
        return _LONE
    if _STACKED_MARKS.search(shown):
        return _STACKED
    if len(_GRAPHEME.findall(shown)) > GRAPHEMES_MAX:
        return _TOO_LONG
    if len(shown) > CODE_POINTS_MAX:
        return _TOO_INTRICATE
    key = _key(shown)
    return Nickname(shown, key) if key else _EMPTY


def _normalised(raw: str) -> str:
    # The acute accent of many keyboards stands in for an apostrophe; NFKC would tear it into a space and a mark.
    text = unicodedata.normalize("NFKC", raw.replace("\N{ACUTE ACCENT}", "'"))
    # NFKC turns some emoji into letters, whose glue must go, which may let those letters compose.
    text = unicodedata.normalize("NFKC", _GLUE_OR_ORPHAN.sub(r"\1", text))
    return _SPACE.sub(" ", text).strip(" ")


def _key(shown: str) -> str:
    bare = _UNSEEN_IN_KEYS.sub("", shown)
    folded = unicodedata.normalize("NFKC", bare).casefold()
    return unicodedata.normalize("NFKD", folded).translate(_LOOKALIKES)


class _Homoglyph(Struct):
    """An entry of the data of `confusable_homoglyphs`, which is the table of Unicode TR39, section 4."""

    c: str


def _lookalikes() -> dict[int, str]:
    """Map each folded character to what stands for all that look like it, or like its capital.

    TR39 alone folds by looks and leaves case aside. Here both are followed: "I" looks like "l" and is "i", so these
    three are one, and a capital Cyrillic "Т" makes the small one a "t". Followed without a limit this would run
    together letters that nobody confuses ("ν" looks like "v", and its capital like "N"); so no step may join two
    ASCII characters that do not look alike or differ by case themselves.
    """
    pairs, multiples = _confusables()
    class_of: dict[str, set[str]] = {}

    def join(one: str, other: str) -> None:
        ours = class_of.setdefault(one, {one})
        theirs = class_of.setdefault(other, {other})
        both_ascii = one.isascii() and other.isascii()
        if ours is theirs or (not both_ascii and _has_ascii(ours) and _has_ascii(theirs)):
            return
        small, large = sorted((ours, theirs), key=len)
        large |= small
        for char in small:
            class_of[char] = large

    letters = {*multiples, *itertools.chain.from_iterable(pairs)}
    cases = [(char, folded) for char in sorted(letters) if len(folded := char.casefold()) == 1]
    plain = [pair for pair in (*cases, *pairs) if pair[0].isascii() and pair[1].isascii()]
    # Case comes before looks, because "the same but for case" must hold in every alphabet; then capitals, whose
    # shapes differ least between alphabets.
    capitals_first = sorted(pairs, key=lambda pair: (not any(map(str.isupper, pair)), pair))
    for one, other in (*plain, *cases, *capitals_first):
        join(one, other)

    table: dict[int, str] = {}
    for alike in {id(alike): alike for alike in class_of.values()}.values():
        stand_in = min(alike, key=lambda char: (not char.isascii(), not char.isalpha(), char.isupper(), char))
        table |= dict.fromkeys(map(ord, alike), stand_in)
    spelled = {char: several.casefold().translate(table) for char, several in multiples.items()}
    return {char: spelled.get(stand_in, stand_in) for char, stand_in in table.items()}


def _confusables() -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Read the pairs of characters that look alike, and the characters that look like several ("m" like "rn").

    Characters that normal forms take apart or replace are left out: a key is folded after them.
    """
    data = (files("confusable_homoglyphs") / "confusables.json").read_bytes()
    pairs: list[tuple[str, str]] = []
    multiples: dict[str, str] = {}
    for raw, homoglyphs in msgspec.json.decode(data, type=dict[str, list[_Homoglyph]]).items():
        # The data puts marks of direction around right-to-left letters.
        char = raw.strip("\u200e")
        if len(char) > 1 or not unicodedata.is_normalized("NFKD", char):
            continue
        for homoglyph in homoglyphs:
            other = unicodedata.normalize("NFD", homoglyph.c.strip("\u200e"))
            if len(other) > 1:
                multiples[char] = other
            elif char < other and unicodedata.is_normalized("NFKD", other):
                pairs.append((char, other))
    return pairs, multiples


def _has_ascii(chars: Iterable[str]) -> bool:
    return any(char.isascii() for char in chars)


_LOOKALIKES: Final = _lookalikes()
