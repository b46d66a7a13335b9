"""Reading what a request carries: how much of it, and into which struct."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import msgspec
from aiohttp import web

from quiz.domain.problems import shape_problem
from quiz.domain.quiz import Quiz
from quiz.domain.validation import InvalidQuiz, read_quiz
from quiz.game.errors import Refused
from quiz.game.library import refusal_of
from quiz.http.payloads import Nothing
from quiz.http.settings import HttpSettings

T = TypeVar("T")
B = TypeVar("B")

_THREAD_FROM: Final = 32 * 1024
"""Bytes of a document from which on reading it takes a thread, so that the event loop goes on."""


@dataclass(frozen=True, slots=True)
class Body(Generic[B]):
    """What a route takes. `shape` is the struct that describes it: None for no body, `bytes` for a file."""

    shape: type | None
    most: Callable[[HttpSettings], int]
    """The bound in bytes."""
    parse: Callable[[bytes], Awaitable[B]]


def _plain(settings: HttpSettings) -> int:
    return settings.body_most


def json_body(shape: type[T]) -> Body[T]:
    """A small JSON document."""

    async def parse(data: bytes) -> T:
        return convert(decode(data), shape, "The body")

    return Body(shape, _plain, parse=parse)


async def _parse_nothing(data: bytes) -> None:
    if data.strip():
        convert(decode(data), Nothing, "The body")


async def _parse_quiz(data: bytes) -> Quiz:
    if len(data) < _THREAD_FROM:
        return _quiz(data)
    return await asyncio.to_thread(_quiz, data)


def _quiz(data: bytes) -> Quiz:
    try:
        return read_quiz(decode(data))
    except InvalidQuiz as invalid:
        raise refusal_of(invalid) from None


async def _parse_file(data: bytes) -> bytes:
    return data


NO_BODY: Final[Body[None]] = Body(None, _plain, parse=_parse_nothing)
QUIZ_BODY: Final[Body[Quiz]] = Body(Quiz, lambda settings: settings.quiz_most, parse=_parse_quiz)
FILE_BODY: Final[Body[bytes]] = Body(bytes, lambda settings: settings.file_most, parse=_parse_file)


async def read_body(request: web.Request, body: Body[B], settings: HttpSettings) -> B:
    """Read and check the body of a request. What it says of its own type is left aside: many clients say nothing true.

    Raises:
        Refused: `too_large`, `malformed` (it did not arrive in time), `invalid_json`, `invalid`, `not_this_format` (a
            form where a file belongs).
    """
    most = body.most(settings)
    if (request.content_length or 0) > most:
        raise _too_large(most)
    data = bytearray()
    try:
        async with asyncio.timeout(settings.body_timeout_s):
            async for chunk in request.content.iter_any():
                data += chunk
                if len(data) > most:
                    raise _too_large(most)
    except TimeoutError:
        raise Refused("malformed", "The body did not arrive in time.") from None
    except web.RequestPayloadError:
        raise Refused("malformed", "The body cannot be read.") from None
    if body.shape is bytes and request.content_type.startswith("multipart/"):
        raise Refused("not_this_format", "Send the file itself as the body, not a form that holds it.")
    return await body.parse(bytes(data))


def decode(data: bytes) -> object:
    """Read JSON.

    Raises:
        Refused: `invalid_json`, or `invalid` for numbers beyond all bounds.
    """
    try:
        return msgspec.json.decode(data)
    except msgspec.ValidationError:
        # Without a struct to read into nothing but the size of a number can be wrong; the field stays unnamed.
        message = "The body has a number that is too large."
        raise Refused("invalid", message, fields={"body": message}) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Refused("invalid_json") from None


def convert(raw: object, shape: type[T], where: str, *, strict: bool = True) -> T:
    """Bring decoded JSON, or with `strict=False` the texts of a query, into a struct.

    Raises:
        Refused: `invalid`, saying what is wrong with which field.
    """
    try:
        return msgspec.convert(raw, shape, strict=strict)
    except msgspec.ValidationError as error:
        raise _invalid(str(error), where) from None
    except UnicodeEncodeError:
        message = f"{where} has characters that cannot be shown."
        raise Refused("invalid", message, fields={"body": message}) from None


def read_query(request: web.Request, shape: type[T]) -> T:
    """Read the query of a request, every parameter of which may be given once.

    Raises:
        Refused: `invalid`.
    """
    query: Mapping[str, str] = request.query
    if len(query) != len(set(query)):
        raise Refused("invalid", "A parameter is given twice.", fields={"query": "A parameter is given twice."})
    return convert(dict(query), shape, "The query", strict=False)


def _invalid(complaint: str, where: str) -> Refused:
    problem = shape_problem(complaint, "", where)
    return Refused("invalid", problem.message, fields={problem.field or where.removeprefix("The "): problem.message})


def _too_large(most: int) -> Refused:
    return Refused("too_large", f"At most {most // 1024} KB fit.")
