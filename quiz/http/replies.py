"""Answers that routes give."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Mapping
from typing import BinaryIO, Final
from urllib.parse import quote

import msgspec
from aiohttp import web
from msgspec import Struct

from quiz.game.files import FileKind

_JSON: Final = "application/json"
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._ -]+")
_FILE_NAME_MAX: Final = 80
_CHUNK: Final = 256 * 1024
"""Bytes read from a file at once."""


def json_reply(body: Struct, status: int = 200, etag: str | None = None) -> web.Response:
    """A struct as JSON; `etag` without its quotes."""
    reply = web.Response(body=msgspec.json.encode(body), status=status, content_type=_JSON)
    if etag is not None:
        reply.etag = etag
    return reply


def no_reply(status: int = 204, etag: str | None = None) -> web.Response:
    """Nothing but the status."""
    reply = web.Response(status=status)
    if etag is not None:
        reply.etag = etag
    return reply


def file_headers(title: str, kind: FileKind) -> dict[str, str]:
    """Headers that make a browser save a file under the title of what it holds."""
    name = title.strip()[:_FILE_NAME_MAX] or "quiz"
    plain = _UNSAFE.sub("_", name)
    return {
        "Content-Type": kind.media_type,
        "Content-Disposition": (
            f'attachment; filename="{plain}.{kind.suffix}"; '
            f"filename*=UTF-8''{quote(f'{name}.{kind.suffix}', safe='')}"
        ),
    }


async def send_file(request: web.Request, file: BinaryIO, headers: Mapping[str, str]) -> web.StreamResponse:
    """Send a whole open file, as fast as the client takes it. Disks are read in a thread."""
    response = web.StreamResponse(headers=headers)
    response.content_length = await asyncio.to_thread(file.seek, 0, os.SEEK_END)
    await response.prepare(request)
    if request.method != "HEAD":
        await asyncio.to_thread(file.seek, 0)
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            await response.write(chunk)
    await response.write_eof()
    return response
