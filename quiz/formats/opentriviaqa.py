"""OpenTriviaQA: plain text, one entry after another.

    #Q the question, which may go on
    over several lines, blank ones too
    ^ the right choice, word for word
    A one choice
    B another

An entry ends with a blank line after its choices or with the next `#Q`. Real files mix encodings and line ends, repeat
entries, give two choices the same words, and have lines of the question that begin like choices ("I am ..."). So the
choices are what follows `^`, lettered in order from A, and everything before `^` is the question.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from quiz.formats.decoding import damage, read_lines
from quiz.formats.entries import Entry, NotThisFormat, Parsed, QuizFormat, Refused, Skipped

_QUESTION: Final = "#Q"
_RIGHT: Final = "^"
_LETTERS: Final = "ABCDEFGH"

_Lines = list[tuple[int, str]]
"""Lines with their numbers, stripped."""


def parse(data: bytes) -> Parsed:
    """Take a file of OpenTriviaQA apart.

    Raises:
        NotThisFormat: no line begins with `#Q`, or the file is not text.
    """
    lines = [(number, text.strip()) for number, text in read_lines(data)]
    if not any(text.startswith(_QUESTION) for _, text in lines):
        raise NotThisFormat("This is not a file of OpenTriviaQA: no line begins with #Q.")
    return Parsed(_entries(lines))


def recognise(data: bytes) -> bool:
    """Whether there is a line with `#Q` and one with `^`."""
    lines = data.splitlines()
    return any(line.startswith(b"#Q") for line in lines) and any(line.startswith(b"^") for line in lines)


def _entries(lines: _Lines) -> Iterator[Entry | Skipped]:
    for block in _blocks(lines):
        entry, rest = _split_off_rest(block)
        if entry:
            line = entry[0][0]
            try:
                yield Entry(line, _read(entry, rest))
            except Refused as refused:
                yield Skipped(line, str(refused))
        if rest:
            yield Skipped(rest[0][0], "The text here belongs to no question: a question begins with #Q.")


def _blocks(lines: _Lines) -> Iterator[_Lines]:
    """Cut the file before each `#Q`."""
    block: _Lines = []
    for line in lines:
        if line[1].startswith(_QUESTION):
            yield block
            block = []
        block.append(line)
    yield block


def _split_off_rest(block: _Lines) -> tuple[_Lines, _Lines]:
    """The entry, which a blank line after choices ends, and what stands between it and the next; without blank ends."""
    if not block or not block[0][1].startswith(_QUESTION):
        return [], _without_blanks(block)
    answered = choosing = False
    for index, (_, text) in enumerate(block):
        if not text and choosing:
            return block[:index], _without_blanks(block[index:])
        choosing = choosing or (answered and bool(text))
        answered = answered or text.startswith(_RIGHT)
    return block, []


def _without_blanks(lines: _Lines) -> _Lines:
    return [(number, text) for number, text in lines if text]


def _read(entry: _Lines, rest: _Lines) -> dict[str, object]:
    """The question of an entry; `rest` is what follows it after a blank line.

    Raises:
        Refused: the entry is broken.
    """
    for number, text in entry:
        if found := damage(text):
            raise Refused(f"Line {number} {found}.")
    marks = [index for index, (_, text) in enumerate(entry) if text.startswith(_RIGHT)]
    if not marks:
        raise Refused("There is no line with the right answer (^).")
    if len(marks) > 1:
        raise Refused(f"There are {len(marks)} lines with a right answer (^); perhaps a #Q is missing between them.")
    split = marks[0]
    right = _fold(entry[split][1].removeprefix(_RIGHT))
    if not right:
        raise Refused("The line with the right answer (^) is empty.")
    choices = _choices(_without_blanks(entry[split + 1 :]))
    if rest and _letter(rest[0][1]) not in (None, "A"):
        raise Refused(f"A blank line parts choice {rest[0][1][0]} in line {rest[0][0]} from those before it.")
    folded = [_fold(choice) for choice in choices]
    if len(set(folded)) < len(folded):
        raise Refused("Two choices say the same.")
    if right not in folded:
        raise Refused("The right answer (^) is not among the choices.")
    return {
        "type": "choice",
        "text": "\n".join(text for _, text in entry[:split]).removeprefix(_QUESTION).strip(),
        "choices": [{"text": text, "correct": key == right} for text, key in zip(choices, folded, strict=True)],
    }


def _choices(lines: _Lines) -> list[str]:
    if len(lines) > len(_LETTERS):
        raise Refused(f"{len(lines)} lines follow the right answer (^); at most {len(_LETTERS)} choices fit.")
    choices = []
    for expected, (number, text) in zip(_LETTERS, lines, strict=False):
        if _letter(text) != expected:
            raise Refused(f"Line {number} should be choice {expected}, but is something else.")
        choices.append(text[1:].strip())
        if not choices[-1]:
            raise Refused(f"Choice {expected} in line {number} is empty.")
    return choices


def _letter(text: str) -> str | None:
    """The letter that a line begins with if it is a choice: one capital, alone or before a space."""
    return text[0] if text and text[0] in _LETTERS and not text[1:2].strip() else None


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


FORMAT: Final = QuizFormat("opentriviaqa", (), recognise, parse)
