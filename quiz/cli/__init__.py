"""The `quiz` command."""
