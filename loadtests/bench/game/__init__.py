"""Measures of real nodes that play the real game over PostgreSQL: `python -m loadtests.bench.game`."""
