"""Where Redis is: the URL, read."""

from __future__ import annotations

import re
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from msgspec import Struct

REDIS_PORT: Final = 6379
SENTINEL_PORT: Final = 26379

Kind = Literal["single", "sentinel", "cluster"]

_KINDS: Final[dict[str, tuple[Kind, bool]]] = {
    "redis": ("single", False),
    "rediss": ("single", True),
    "unix": ("single", False),
    "redis+sentinel": ("sentinel", False),
    "rediss+sentinel": ("sentinel", True),
    "redis+cluster": ("cluster", False),
    "rediss+cluster": ("cluster", True),
}
"""The schemes: what is found there, and whether through TLS."""
_TLS: Final = frozenset({"ssl_ca_certs", "ssl_cert_reqs", "ssl_certfile", "ssl_check_hostname", "ssl_keyfile"})
_SENTINEL: Final = frozenset({"sentinel_username", "sentinel_password"})
_HOST: Final = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^:\[\]]+)(?::(?P<port>\d{1,5}))?")


class Endpoint(Struct, frozen=True):
    """One server's address: a host and a port, or the path of a socket."""

    host: str = ""
    port: int = 0
    path: str = ""

    def __str__(self) -> str:
        return self.path or f"{self.host}:{self.port}"


class Login(Struct, frozen=True):
    """What a server asks for before it talks."""

    username: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return "Login(…)"


class RedisAddress(Struct, frozen=True, kw_only=True):
    """What a URL says. `endpoints` are the server itself, the sentinels, or some servers of the cluster."""

    kind: Kind
    endpoints: tuple[Endpoint, ...]
    tls: bool = False
    tls_options: dict[str, str] = {}
    db: int = 0
    service: str = ""
    login: Login = Login()
    sentinel_login: Login = Login()


def read_address(url: str) -> RedisAddress:
    """Read the address of Redis.

    Forms:
        redis://[USER:PASSWORD@]HOST[:PORT][/DB]
        unix://[USER:PASSWORD@]/PATH[?db=DB]
        redis+sentinel://[USER:PASSWORD@]SENTINEL[:PORT],…[/DB]/SERVICE
        redis+cluster://[USER:PASSWORD@]HOST[:PORT],…

    The login is the Redis servers'; sentinels take `?sentinel_username=` and `?sentinel_password=`. A scheme that
    begins with `rediss` uses TLS, with the options `ssl_ca_certs`, `ssl_cert_reqs`, `ssl_certfile`, `ssl_keyfile` and
    `ssl_check_hostname` behind the question mark.

    Raises:
        ValueError: saying what is wrong, without the URL, which may hold a password.
    """
    parts = urlsplit(url)
    if parts.scheme not in _KINDS:
        raise ValueError(f"the address of Redis should begin with one of {', '.join(f'{name}://' for name in _KINDS)}")
    kind, tls = _KINDS[parts.scheme]
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    login, hosts = _login(parts)
    if parts.scheme == "unix":
        db = _number(options.pop("db", "0"))
        _refuse_others(options, frozenset())
        if hosts or not parts.path.strip("/"):
            raise ValueError("a unix:// address of Redis should name a socket, like unix:///run/redis.sock")
        return RedisAddress(kind=kind, endpoints=(Endpoint(path=unquote(parts.path)),), db=db, login=login)
    _refuse_others(options, (_TLS if tls else frozenset()) | (_SENTINEL if kind == "sentinel" else frozenset()))
    db, service = _place(kind, [part for part in parts.path.split("/") if part])
    endpoints = tuple(_endpoint(host, SENTINEL_PORT if kind == "sentinel" else REDIS_PORT) for host in hosts.split(","))
    if kind == "single" and len(endpoints) > 1:
        raise ValueError("a redis:// address names one server; several need redis+sentinel:// or redis+cluster://")
    return RedisAddress(
        kind=kind,
        endpoints=endpoints,
        tls=tls,
        tls_options={name: value for name, value in options.items() if name in _TLS},
        db=db,
        service=service,
        login=login,
        sentinel_login=Login(options.get("sentinel_username"), options.get("sentinel_password")),
    )


def _login(parts: SplitResult) -> tuple[Login, str]:
    """Take the login off the front of the hosts."""
    front, at, hosts = parts.netloc.rpartition("@")
    if not at:
        return Login(), parts.netloc
    username, colon, password = front.partition(":")
    if not colon:
        raise ValueError("the login of Redis should be written USER:PASSWORD@, or :PASSWORD@ without a user")
    return Login(unquote(username) or None, unquote(password) or None), hosts


def _endpoint(text: str, port: int) -> Endpoint:
    found = _HOST.fullmatch(text)
    if found is None or (given := int(found["port"] or port)) > 65_535 or given == 0:
        raise ValueError("the address of Redis should name HOST or HOST:PORT, and several with commas between them")
    return Endpoint(found["host"].strip("[]"), given)


def _place(kind: Kind, path: list[str]) -> tuple[int, str]:
    """The number of the database and the name of the service, which stand in the path."""
    match kind, path:
        case "sentinel", [service]:
            return 0, unquote(service)
        case "sentinel", [db, service]:
            return _number(db), unquote(service)
        case "sentinel", _:
            raise ValueError("a redis+sentinel:// address should end in /SERVICE or /DB/SERVICE")
        case "cluster", [] | ["0"]:
            return 0, ""
        case "cluster", _:
            raise ValueError("a Redis Cluster has one database only; its address should end after the hosts")
        case _, []:
            return 0, ""
        case _, [db]:
            return _number(db), ""
        case _:
            raise ValueError("a redis:// address should end in /DB or after the host")


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise ValueError("the database in the address of Redis should be a number")
    return int(text)


def _refuse_others(options: dict[str, str], known: frozenset[str]) -> None:
    if unknown := sorted(options.keys() - known):
        raise ValueError(f"{unknown[0]!r} is not an option of this kind of address of Redis")
