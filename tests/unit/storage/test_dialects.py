"""Which databases can be named, and what each of their complaints means."""

from __future__ import annotations

import pytest
from sqlalchemy.exc import DBAPIError

from quiz.storage.dialects import dialect_of, read_url


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("sqlite:///quiz.db", "sqlite+aiosqlite:///quiz.db"),
        ("sqlite+aiosqlite:////srv/quiz.db", "sqlite+aiosqlite:////srv/quiz.db"),
        ("postgresql://a:b@host/quiz", "postgresql+asyncpg://a:b@host/quiz"),
        ("postgres://host/quiz", "postgresql+asyncpg://host/quiz"),
        ("postgresql+psycopg2://host/quiz", "postgresql+asyncpg://host/quiz"),
    ],
)
def test_the_driver_is_always_ours(given: str, read: str) -> None:
    assert read_url(given).render_as_string(hide_password=False) == read


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/quiz", "quiz.db", ""])
def test_a_url_that_cannot_be_served_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_url(url)


class ServerSays(Exception):
    """An error of PostgreSQL, as the driver raises it."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate
        super().__init__(sqlstate)


@pytest.mark.parametrize(
    ("sqlstate", "outage"),
    [
        ("08006", True),  # connection failure
        ("25006", True),  # read-only transaction: it has become a standby
        ("40P01", True),  # deadlock
        ("53100", True),  # disk full
        ("53300", True),  # too many connections
        ("55P03", True),  # lock not available in time
        ("57014", True),  # statement timeout
        ("57P01", True),  # shutting down
        ("58030", True),  # I/O error
        ("22021", False),  # a character that its encoding does not have
        ("23505", False),  # unique violation
        ("42P01", False),  # undefined table
        ("42601", False),  # syntax error
    ],
)
def test_a_complaint_of_postgresql_is_an_outage_or_an_error(sqlstate: str, outage: bool) -> None:
    dialect = dialect_of(read_url("postgresql://host/quiz"))
    assert dialect.is_outage(DBAPIError("SELECT 1", {}, ServerSays(sqlstate))) is outage


@pytest.mark.parametrize("url", ["sqlite:///quiz.db", "postgresql://host/quiz"])
def test_a_connection_that_was_lost_is_an_outage(url: str) -> None:
    lost = DBAPIError("SELECT 1", {}, Exception("gone"), connection_invalidated=True)
    assert dialect_of(read_url(url)).is_outage(lost)
