"""Every error code a client can be given: one table.

`http` is the REST status, `retry` tells whether the same call may succeed later without a change.
"""

from __future__ import annotations

from typing import Final

from msgspec import Struct


class ErrorKind(Struct, frozen=True):
    """How a code travels, and what it says when nothing more particular is known."""

    http: int
    message: str
    retry: bool = False


ERRORS: Final[dict[str, ErrorKind]] = {
    # What was sent
    "invalid": ErrorKind(422, "The request cannot be understood."),
    "invalid_json": ErrorKind(400, "The body is not valid JSON."),
    "too_large": ErrorKind(413, "That is too much at once."),
    "unknown_event": ErrorKind(400, "There is no such event."),
    "malformed": ErrorKind(400, "The packet cannot be read."),
    "not_this_format": ErrorKind(422, "The file is not of this format."),
    # Who sent it
    "unauthorized": ErrorKind(401, "Sign in, or join again."),
    "forbidden": ErrorKind(403, "This role may not do that."),
    "try_again": ErrorKind(503, "The server is full or restarting; try again.", retry=True),
    "rate_limited": ErrorKind(429, "Too many attempts; wait a little.", retry=True),
    # Joining
    "not_found": ErrorKind(404, "There is nothing here."),
    "nickname_taken": ErrorKind(409, "Somebody in this game has this name or one that looks like it."),
    "nickname_invalid": ErrorKind(422, "This cannot be used as a name."),
    "session_locked": ErrorKind(403, "The host has closed the doors."),
    "session_full": ErrorKind(403, "Every seat is taken."),
    # Answering
    "closed": ErrorKind(409, "The question has closed."),
    "not_open": ErrorKind(409, "No question is open yet."),
    "wrong_question": ErrorKind(409, "That is not the current question."),
    "already_answered": ErrorKind(409, "An answer to this question has been saved before."),
    "unavailable": ErrorKind(503, "The answer could not be saved just now; it is tried again.", retry=True),
    # Hosting
    "stale": ErrorKind(409, "The session has moved on; look again."),
    "wrong_phase": ErrorKind(409, "This cannot be done now."),
    "not_due": ErrorKind(409, "The question is not due."),
    # Editing
    "precondition_failed": ErrorKind(412, "It was changed since you read it."),
    "precondition_required": ErrorKind(428, "Say with If-Match which version you mean."),
    "method_not_allowed": ErrorKind(405, "This cannot be done here."),
    "internal": ErrorKind(500, "Something broke on our side.", retry=True),
}


class Refused(Exception):
    """A use case will not do what was asked; nothing has changed. `code` is a key of `ERRORS`."""

    def __init__(
        self,
        code: str,
        message: str | None = None,
        *,
        fields: dict[str, str] | None = None,
        version: int | None = None,
    ) -> None:
        self.code = code
        self.kind = ERRORS[code]
        self.message = message or self.kind.message
        self.fields = fields
        self.version = version
        super().__init__(f"{code}: {self.message}")


class Unavailable(Exception):
    """The database did not answer within its bound. Trying the same again later is safe."""
