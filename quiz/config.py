"""Settings: read once from the environment, checked, and handed down as frozen structs.

Every variable that begins with `QUIZ_` must be one of those named here, so that a misspelt one is not passed over.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from quiz.cluster.address import read_address
from quiz.cluster.limiter import read_limit
from quiz.cluster.settings import ClockSettings, RedisSettings
from quiz.domain.ids import Millis
from quiz.domain.problems import shape_problem
from quiz.game.rehearsal import BOTS_MAX
from quiz.game.sessions import SESSION_LIFETIME
from quiz.game.taking import TakingSettings
from quiz.game.throttle import DEFAULT_LIMITS, Limit
from quiz.http.settings import HttpSettings, Network
from quiz.realtime.settings import RealtimeSettings
from quiz.storage.dialects import read_url
from quiz.storage.settings import GroupCommitSettings, StorageSettings

DATABASE_URL: Final = "sqlite+aiosqlite:///quiz.db"
SECRET_BYTES_MIN: Final = 32
_HOUR_MS: Final = 3_600_000
_SHARDED: Final[dict[str, Literal["auto", "on", "off"]]] = {"auto": "auto", "on": "on", "off": "off"}

# How far the variables may go: wide enough for every purpose, narrow enough to catch a slip of the unit.
_People = Annotated[int, Meta(ge=1, le=1_000_000)]
_Bots = Annotated[int, Meta(ge=0, le=1_000)]
_Hours = Annotated[int, Meta(ge=1, le=8_760)]
_Seconds = Annotated[float, Meta(gt=0, le=3_600)]
_Bytes = Annotated[int, Meta(ge=1_024, le=64 * 1024 * 1024)]
_Events = Annotated[float, Meta(gt=0, le=1_000_000)]
_Pause = Annotated[int, Meta(ge=0, le=60_000)]
_Patience = Annotated[int, Meta(ge=1, le=600_000)]
_BatchRows = Annotated[int, Meta(ge=1, le=5_000)]  # one query names four values a row, and databases take 32,766
_Interval = Annotated[int, Meta(ge=10, le=60_000)]
_Lifetime = Annotated[int, Meta(ge=1, le=604_800)]
_Spread = Annotated[float, Meta(ge=0, le=20)]  # what stops a node waits half a minute
_Connections = Annotated[int, Meta(ge=2, le=500)]
_QueueRows = Annotated[int, Meta(ge=1, le=1_000_000)]


class BadSettings(ValueError):
    """The environment asks for something that cannot be; the message names the variable and what it should be."""


class Environment(Struct, frozen=True, kw_only=True, rename=lambda name: f"QUIZ_{name.upper()}"):
    """The variables that begin with `QUIZ_`, by name without it. Units are in the names.

    `secret_key` signs tokens, `public_url` is what links and QR codes show, `allowed_origins` and `trusted_proxies` are
    lists separated by commas, the `…_failures` and `joins` limits read like "10/minute".
    """

    secret_key: str = ""
    public_url: str = ""
    allowed_origins: str = ""
    trusted_proxies: str = ""
    admin_password: str = ""
    log_level: str = "info"
    log_format: str = "auto"
    seats_max: _People = 20_000
    bots_max: _Bots = BOTS_MAX
    connections_max: _People = 15_000
    session_lifetime_hours: _Hours = SESSION_LIFETIME // _HOUR_MS
    ping_interval_s: _Seconds = 25
    ping_timeout_s: _Seconds = 20
    idle_timeout_s: _Seconds = 75
    unjoined_timeout_s: _Seconds = 10
    unjoined_max: _People = 3_000
    connections_of_player: _People = 8
    outbound_budget_bytes: _Bytes = 64 * 1024
    outbound_max_bytes: _Bytes = 256 * 1024
    stalled_timeout_s: _Seconds = 4
    events_per_s: _Events = 10
    events_burst: _People = 20
    deadline_grace_ms: _Pause = 150
    deadline_jitter_ms: _Pause = 50
    deadline_late_ms: _Patience = 400
    deadline_sweep_ms: _Interval = 300
    versions_interval_ms: _Interval = 1_000
    picture_lifetime_ms: _Pause = 1_000
    seats_together: _People = 2_000
    crowd_interval_ms: _Pause = 250
    answer_batch_rows: _BatchRows = 500
    answer_linger_ms: _Pause = 20
    answer_queue_rows: _QueueRows = 20_000
    database_connections: _Connections = 10
    database_connection_wait_ms: _Patience = 5_000
    database_connect_timeout_ms: _Patience = 3_000
    database_lock_timeout_ms: _Patience = 5_000
    database_statement_timeout_ms: _Patience = 5_000
    slow_query_ms: _Patience = 100
    clock_uncertain_ms: _Patience = 250
    overflow_patience_ms: _Patience = 1_500
    overflow_max: _QueueRows = 1_000_000
    bus_sharded: str = "auto"
    bus_publish_timeout_ms: _Patience = 250
    bus_deaf_after_ms: _Patience = 3_000
    redis_call_timeout_ms: _Patience = 250
    content_lifetime_s: _Lifetime = 3_600
    standings_lifetime_s: _Lifetime = 21_600
    drain_spread_s: _Spread = 10
    node_name: str = ""
    login_failures: str = DEFAULT_LIMITS[Limit.LOGIN_FAILURES]
    login_failures_of_origin: str = DEFAULT_LIMITS[Limit.LOGIN_FAILURES_OF_ORIGIN]
    pin_failures: str = DEFAULT_LIMITS[Limit.PIN_FAILURES]
    joins: str = DEFAULT_LIMITS[Limit.JOINS]


class Settings(Struct, frozen=True, kw_only=True):
    """Everything a node needs to know before it starts."""

    secret_key: str
    admin_password: str | None
    log_level: str
    log_json: bool | None
    """None: lines for people on a terminal, JSON elsewhere."""
    seats_max: int
    bots_max: int
    session_lifetime_ms: Millis
    deadline_grace_ms: Millis
    deadline_jitter_ms: Millis
    deadline_late_ms: Millis
    """A question so long after its deadline is closed by whichever node sees it."""
    deadline_sweep_ms: Millis
    versions_interval_ms: Millis
    """How often a node looks whether it has missed something."""
    picture_lifetime_ms: Millis
    """How long a session that nobody here plays is believed to be as it was."""
    seats_together: int
    node_name: str
    taking: TakingSettings
    clock: ClockSettings
    redis: RedisSettings | None
    crowd_interval_ms: Millis
    limits: dict[str, str]
    storage: StorageSettings
    http: HttpSettings
    realtime: RealtimeSettings

    def __repr__(self) -> str:
        """Without the secrets: whatever is logged of it."""
        return f"Settings(storage={self.storage.url.partition('://')[0]}, http={self.http}, realtime={self.realtime})"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Turn environment variables into settings.

    Raises:
        BadSettings: naming the variable that is at fault.
    """
    own = {name: value for name, value in environ.items() if name.startswith("QUIZ_")}
    known = {field.encode_name for field in msgspec.structs.fields(Environment)}
    if unknown := sorted(own.keys() - known):
        raise BadSettings(f"{unknown[0]} is not a setting; those there are begin with QUIZ_ and are in the README.")
    try:
        env = msgspec.convert(own, Environment, strict=False)
    except msgspec.ValidationError as error:
        raise BadSettings(shape_problem(str(error), "", "The environment").message) from None
    url = _database_url(environ.get("DATABASE_URL") or DATABASE_URL)
    limits = {limit.value: _limit(f"QUIZ_{limit.upper()}", getattr(env, limit.value)) for limit in Limit}
    return Settings(
        secret_key=_secret_key(env.secret_key, url),
        admin_password=env.admin_password or None,
        log_level=_one_of("QUIZ_LOG_LEVEL", env.log_level.lower(), ("debug", "info", "warning", "error")),
        log_json={"auto": None, "json": True, "text": False}[
            _one_of("QUIZ_LOG_FORMAT", env.log_format, ("auto", "json", "text"))
        ],
        seats_max=env.seats_max,
        bots_max=env.bots_max,
        session_lifetime_ms=Millis(env.session_lifetime_hours * _HOUR_MS),
        deadline_grace_ms=Millis(env.deadline_grace_ms),
        deadline_jitter_ms=Millis(env.deadline_jitter_ms),
        deadline_late_ms=Millis(env.deadline_late_ms),
        deadline_sweep_ms=Millis(env.deadline_sweep_ms),
        versions_interval_ms=Millis(env.versions_interval_ms),
        picture_lifetime_ms=Millis(env.picture_lifetime_ms),
        seats_together=env.seats_together,
        node_name=env.node_name or f"{socket.gethostname()}-{os.getpid()}",
        taking=TakingSettings(patience_ms=Millis(env.overflow_patience_ms)),
        clock=ClockSettings(uncertain_ms=Millis(env.clock_uncertain_ms)),
        redis=_redis(environ.get("REDIS_URL", ""), url, env),
        crowd_interval_ms=Millis(env.crowd_interval_ms),
        limits=limits,
        storage=StorageSettings(
            url=url,
            replica_url=_replica_url(environ.get("DATABASE_REPLICA_URL", ""), url),
            connections=env.database_connections,
            connection_wait_ms=Millis(env.database_connection_wait_ms),
            connect_timeout_ms=Millis(env.database_connect_timeout_ms),
            lock_timeout_ms=Millis(env.database_lock_timeout_ms),
            statement_timeout_ms=Millis(env.database_statement_timeout_ms),
            slow_query_ms=Millis(env.slow_query_ms),
            answers=GroupCommitSettings(
                batch_rows=env.answer_batch_rows,
                linger_ms=Millis(env.answer_linger_ms),
                queue_rows=env.answer_queue_rows,
            ),
        ),
        http=HttpSettings(
            public_url=_public_url(env.public_url),
            allowed_origins=_list(env.allowed_origins),
            trusted_proxies=_networks(env.trusted_proxies),
            idle_timeout_s=env.idle_timeout_s,
        ),
        realtime=RealtimeSettings(
            ping_interval_s=env.ping_interval_s,
            ping_timeout_s=env.ping_timeout_s,
            body_timeout_s=env.idle_timeout_s,
            unjoined_timeout_s=env.unjoined_timeout_s,
            unjoined_max=env.unjoined_max,
            connections_of_player=env.connections_of_player,
            outbound_budget_bytes=env.outbound_budget_bytes,
            outbound_max_bytes=env.outbound_max_bytes,
            stalled_timeout_s=env.stalled_timeout_s,
            events_per_s=env.events_per_s,
            events_burst=env.events_burst,
            connections_max=env.connections_max,
            drain_spread_s=env.drain_spread_s,
        ),
    )


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite URL; None for another database, or one in memory."""
    scheme, _, path = url.partition("://")
    if not scheme.startswith("sqlite") or path in ("", "/", "/:memory:"):
        return None
    return Path(path.partition("?")[0][1:])


def _secret_key(given: str, url: str) -> str:
    """The key that signs tokens; on SQLite one is made at the first start and kept beside the file."""
    if given:
        if len(given.encode()) < SECRET_BYTES_MIN:
            raise BadSettings(
                f"QUIZ_SECRET_KEY should be at least {SECRET_BYTES_MIN} bytes, e.g. 64 random hex digits."
            )
        return given
    if (database := sqlite_file(url)) is None:
        raise BadSettings("QUIZ_SECRET_KEY is missing: all nodes need the same one, e.g. 64 random hex digits.")
    beside = database.with_name(database.name + ".key")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        if key := beside.read_text(encoding="ascii").strip():
            return key
        raise BadSettings(f"{beside} should hold the key that signs tokens, but is empty. Remove it.") from None
    except OSError as error:
        raise BadSettings(f"The key that signs tokens cannot be kept in {beside}: {error.strerror}.") from None
    key = secrets.token_hex(32)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key + "\n")
    return key


def _database_url(url: str) -> str:
    try:
        read_url(url)
    except ValueError as error:
        raise BadSettings(f"DATABASE_URL: {error}") from None
    return url


def _replica_url(url: str, primary: str) -> str | None:
    if not url:
        return None
    if sqlite_file(primary) is not None:
        raise BadSettings("DATABASE_REPLICA_URL is set, but there are no replicas of a SQLite file.")
    try:
        read_url(url)
    except ValueError as error:
        raise BadSettings(f"DATABASE_REPLICA_URL: {error}") from None
    if url.startswith("sqlite"):
        raise BadSettings("DATABASE_REPLICA_URL should be a replica of the PostgreSQL that DATABASE_URL names.")
    return url


def _redis(url: str, database: str, env: Environment) -> RedisSettings | None:
    if not url:
        return None
    if sqlite_file(database) is not None:
        raise BadSettings("REDIS_URL connects nodes that share a PostgreSQL; a SQLite file is for one node only.")
    try:
        read_address(url)
    except ValueError as error:
        raise BadSettings(f"REDIS_URL: {error}.") from None
    return RedisSettings(
        url=url,
        sharded=_SHARDED[_one_of("QUIZ_BUS_SHARDED", env.bus_sharded, tuple(_SHARDED))],
        publish_timeout_ms=Millis(env.bus_publish_timeout_ms),
        deaf_after_ms=Millis(env.bus_deaf_after_ms),
        call_timeout_ms=Millis(env.redis_call_timeout_ms),
        overflow_max=env.overflow_max,
        content_lifetime_ms=Millis(env.content_lifetime_s * 1000),
        standings_lifetime_ms=Millis(env.standings_lifetime_s * 1000),
    )


def _limit(name: str, notation: str) -> str:
    try:
        read_limit(notation)
    except ValueError as error:
        raise BadSettings(f"{name} is {notation!r}; {error}.") from None
    return notation


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise BadSettings(f"{name} is {value!r}; it should be one of {', '.join(allowed)}.")
    return value


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())


def _public_url(text: str) -> str | None:
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadSettings("QUIZ_PUBLIC_URL should be an address like https://quiz.example.")
    return text.rstrip("/")


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(part, strict=False) for part in _list(text))
    except ValueError as error:
        raise BadSettings(f"QUIZ_TRUSTED_PROXIES should list networks like 10.0.0.0/8: {error}.") from None
