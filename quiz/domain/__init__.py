"""The rules of the game: questions, grading, scoring, the session's states. Pure: no I/O, no clock."""
