"""Settings: what the environment may say, and what is answered when it says something else."""

from __future__ import annotations

import stat
from pathlib import Path

import msgspec
import pytest

from quiz.config import BadSettings, Environment, read_settings, sqlite_file

README = Path(__file__).parent.parent.parent / "README.md"
KEY = "k" * 64


def url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'quiz.db'}"


def test_without_a_word_it_is_sqlite_in_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = read_settings({})
    assert settings.storage.url == "sqlite+aiosqlite:///quiz.db"
    assert (tmp_path / "quiz.db.key").is_file()


def test_the_key_is_made_once_kept_beside_the_file_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": url(tmp_path)}
    first, second = read_settings(environ), read_settings(environ)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) == 64
    assert stat.S_IMODE((tmp_path / "quiz.db.key").stat().st_mode) == 0o600


def test_a_key_that_is_given_is_used_and_none_is_written(tmp_path: Path) -> None:
    assert read_settings({"DATABASE_URL": url(tmp_path), "QUIZ_SECRET_KEY": KEY}).secret_key == KEY
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("environ", "says"),
    [
        ({"QUIZ_SECRET_KEY": "short"}, "QUIZ_SECRET_KEY should be at least 32 bytes"),
        ({"DATABASE_URL": "postgresql+asyncpg://db/quiz"}, "QUIZ_SECRET_KEY is missing"),
        ({"QUIZ_SEATZ_MAX": "5"}, "QUIZ_SEATZ_MAX is not a setting"),
        ({"QUIZ_SEATS_MAX": "many"}, "The environment, QUIZ_SEATS_MAX: it should be a whole number, but is a text."),
        ({"QUIZ_PING_TIMEOUT_S": ""}, "QUIZ_PING_TIMEOUT_S: it should be a number with decimals, but is a text."),
        ({"QUIZ_LOG_LEVEL": "loud"}, "QUIZ_LOG_LEVEL is 'loud'; it should be one of"),
        ({"QUIZ_PUBLIC_URL": "quiz.example"}, "QUIZ_PUBLIC_URL should be an address"),
        ({"QUIZ_TRUSTED_PROXIES": "everybody"}, "QUIZ_TRUSTED_PROXIES should list networks"),
        ({"REDIS_URL": "redis://there"}, "REDIS_URL connects nodes that share a PostgreSQL"),
        (
            {"DATABASE_URL": "mysql://there/quiz"},
            "DATABASE_URL: There is no storage on mysql; use sqlite or postgresql.",
        ),
        ({"DATABASE_URL": "quiz.db"}, "DATABASE_URL: The database URL cannot be read"),
        ({"DATABASE_URL": "sqlite://"}, "DATABASE_URL: SQLite needs a file"),
        ({"QUIZ_JOINS": "many"}, "QUIZ_JOINS is 'many'; a limit is one number of attempts in a time"),
        ({"QUIZ_LOGIN_FAILURES_OF_ORIGIN": "0/minute"}, "QUIZ_LOGIN_FAILURES_OF_ORIGIN is '0/minute'; a limit is"),
        ({"QUIZ_PIN_FAILURES": "10/minute; 50/hour"}, "QUIZ_PIN_FAILURES is '10/minute; 50/hour'; a limit is one"),
    ],
)
def test_a_mistake_is_named(environ: dict[str, str], says: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refusal:
        read_settings({"DATABASE_URL": url(tmp_path), **environ})
    assert says in str(refusal.value)
    assert "`" not in str(refusal.value)


@pytest.mark.parametrize(
    ("names", "least", "too_little", "most", "too_much"),
    [
        ("SEATS_MAX CONNECTIONS_MAX ANSWER_QUEUE_ROWS", "1", "0", "1000000", "1000001"),
        ("SESSION_LIFETIME_HOURS", "1", "0", "8760", "8761"),
        ("PING_INTERVAL_S PING_TIMEOUT_S UNJOINED_TIMEOUT_S", "0.1", "0", "3600", "3600.5"),
        ("PING_INTERVAL_S PING_TIMEOUT_S UNJOINED_TIMEOUT_S", "1", "-1", "2", "inf"),
        ("DEADLINE_GRACE_MS DEADLINE_JITTER_MS CROWD_INTERVAL_MS ANSWER_LINGER_MS", "0", "-1", "60000", "60001"),
        ("ANSWER_BATCH_ROWS", "1", "0", "5000", "5001"),
        ("DATABASE_LOCK_TIMEOUT_MS", "1", "0", "600000", "600001"),
    ],
)
def test_a_number_is_taken_up_to_its_bounds_and_refused_beyond_them(
    names: str, least: str, too_little: str, most: str, too_much: str, tmp_path: Path
) -> None:
    for name in (f"QUIZ_{name}" for name in names.split()):
        for good in (least, most):
            read_settings({"DATABASE_URL": url(tmp_path), name: good})
        for bad, says in ((too_little, "at least|more than"), (too_much, "at most")):
            with pytest.raises(BadSettings, match=rf"^The environment, {name}: it should be ({says}) [0-9]+\.$"):
                read_settings({"DATABASE_URL": url(tmp_path), name: bad})


def test_a_database_that_is_not_spoken_is_refused_before_a_key_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="no storage on oracle"):
        read_settings({"DATABASE_URL": "oracle://there/quiz"})
    with pytest.raises(BadSettings, match="no storage on sqlite3"):
        read_settings({"DATABASE_URL": f"sqlite3:///{tmp_path / 'quiz.db'}"})
    assert not list(tmp_path.iterdir())


def test_a_session_can_be_prepared_the_evening_before(tmp_path: Path) -> None:
    assert read_settings({"DATABASE_URL": url(tmp_path)}).session_lifetime_ms == 72 * 3_600_000


def test_the_file_of_a_sqlite_address_is_found(tmp_path: Path) -> None:
    assert sqlite_file(url(tmp_path)) == tmp_path / "quiz.db"
    assert sqlite_file("sqlite+aiosqlite:////var/lib/quiz.db?x=1") == Path("/var/lib/quiz.db")
    assert sqlite_file("postgresql+asyncpg://db/quiz") is None
    assert sqlite_file("sqlite+aiosqlite://") is None


def test_no_settings_object_shows_its_secrets(tmp_path: Path) -> None:
    settings = read_settings(
        {"DATABASE_URL": url(tmp_path), "QUIZ_SECRET_KEY": KEY, "QUIZ_ADMIN_PASSWORD": "hush hush"}
    )
    assert KEY not in repr(settings)
    assert "hush hush" not in repr(settings)


def test_the_readme_names_every_setting_and_no_other() -> None:
    text = README.read_text(encoding="utf-8")
    named = {word.strip("`,|") for word in text.split() if word.strip("`,|").startswith("QUIZ_")}
    named = {word.partition("=")[0] for word in named}
    assert named == {field.encode_name for field in msgspec.structs.fields(Environment)} | {"QUIZ_…"}
