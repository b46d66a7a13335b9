"""Ids with types of their own, so that a player can never be passed where a session is meant."""

from typing import NewType

UserId = NewType("UserId", str)
QuizId = NewType("QuizId", str)
SessionId = NewType("SessionId", str)
PlayerId = NewType("PlayerId", str)

Pin = NewType("Pin", str)
"""Seven digits that players type to find a session."""

SubmissionId = NewType("SubmissionId", str)
"""Made by the client for one answer and the same on every retry of it."""

Millis = NewType("Millis", int)
"""Milliseconds: since the epoch for an instant, plain for a duration."""
