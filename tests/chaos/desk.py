"""REST calls, by somebody who does not give up."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp

JSON = Any
"""Decoded JSON, looked at as it is."""

PATIENCE_S: Final = 30.0
_TRY_AGAIN_S: Final = 0.3


class Refused(Exception):
    """The server will not, however often it is asked."""


class Desk:
    """Signs in, uploads quizzes, makes sessions and gives out seats, each call on a connection of its own."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._token = ""

    async def sign_in(self, password: str) -> None:
        """Become the quiz master."""
        self._token = (await self._insist("/auth/login", {"username": "admin", "password": password}))["token"]

    async def make_session(self, document: JSON) -> JSON:
        """Upload a quiz and open its doors."""
        quiz = await self._insist("/quizzes", document)
        return await self._insist("/sessions", {"quiz_id": quiz["id"]})

    async def join(self, pin: str, nickname: str) -> JSON:
        """Take a seat; under a second name when the word on the first one was lost."""
        try:
            return await self._insist(f"/sessions/{pin}/players", {"nickname": nickname})
        except Refused:
            return await self._insist(f"/sessions/{pin}/players", {"nickname": f"{nickname} again"})

    async def _insist(self, path: str, body: JSON) -> JSON:
        """Call until it is done.

        Raises:
            Refused: it never will be.
            TimeoutError: nobody answers.
        """
        async with asyncio.timeout(PATIENCE_S), aiohttp.ClientSession() as http:
            while True:
                headers = {"Authorization": f"Bearer {self._token}"} if self._token else {}
                try:
                    async with http.post(f"{self.url}/api/v1{path}", json=body, headers=headers) as reply:
                        answer = await reply.json()
                        if reply.status in (200, 201):
                            return answer
                        if reply.status not in (429, 503):
                            raise Refused(f"{path}: {reply.status} {answer}")
                except (aiohttp.ClientError, OSError):
                    pass
                await asyncio.sleep(_TRY_AGAIN_S)
