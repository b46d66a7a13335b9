"""Bare Socket.IO servers side by side: `python -m loadtests.bench`."""
