"""Rehearsal players."""
