from __future__ import annotations

import pytest

from quiz.cluster.address import Endpoint, Login, RedisAddress, read_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("redis://redis", RedisAddress(kind="single", endpoints=(Endpoint("redis", 6379),))),
        ("redis://redis:7000/3", RedisAddress(kind="single", endpoints=(Endpoint("redis", 7000),), db=3)),
        ("redis://[::1]:7000", RedisAddress(kind="single", endpoints=(Endpoint("::1", 7000),))),
        (
            "redis://:p%40ss@redis",
            RedisAddress(kind="single", endpoints=(Endpoint("redis", 6379),), login=Login(None, "p@ss")),
        ),
        (
            "rediss://me:p:w@redis?ssl_ca_certs=/ca.pem",
            RedisAddress(
                kind="single",
                endpoints=(Endpoint("redis", 6379),),
                tls=True,
                tls_options={"ssl_ca_certs": "/ca.pem"},
                login=Login("me", "p:w"),
            ),
        ),
        (
            "unix://me:pw@/run/redis.sock?db=2",
            RedisAddress(kind="single", endpoints=(Endpoint(path="/run/redis.sock"),), db=2, login=Login("me", "pw")),
        ),
        (
            "redis+sentinel://me:pw@one:1,two/4/quiz?sentinel_password=watch",
            RedisAddress(
                kind="sentinel",
                endpoints=(Endpoint("one", 1), Endpoint("two", 26379)),
                db=4,
                service="quiz",
                login=Login("me", "pw"),
                sentinel_login=Login(None, "watch"),
            ),
        ),
        (
            "redis+sentinel://one/quiz",
            RedisAddress(kind="sentinel", endpoints=(Endpoint("one", 26379),), service="quiz"),
        ),
        (
            "redis+cluster://one:7001,two",
            RedisAddress(kind="cluster", endpoints=(Endpoint("one", 7001), Endpoint("two", 6379))),
        ),
        (
            "rediss+cluster://one/0?ssl_cert_reqs=none",
            RedisAddress(
                kind="cluster", endpoints=(Endpoint("one", 6379),), tls=True, tls_options={"ssl_cert_reqs": "none"}
            ),
        ),
    ],
)
def test_every_form_of_address_is_read(url: str, address: RedisAddress) -> None:
    assert read_address(url) == address


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("", "should begin with one of redis://"),
        ("localhost:6379", "should begin with one of redis://"),
        ("http://redis:s3cret@host", "should begin with one of redis://"),
        ("redis://", "HOST or HOST:PORT"),
        ("redis://host:port", "HOST or HOST:PORT"),
        ("redis://host:70000", "HOST or HOST:PORT"),
        ("redis://one,two", "names one server"),
        ("redis://host/zero", "should be a number"),
        ("redis://host/0/1", "should end in /DB"),
        ("redis://s3cret@host", "USER:PASSWORD@"),
        ("redis://:s3cret@host?decode_responses=true", "'decode_responses' is not an option"),
        ("redis://:s3cret@host?ssl_ca_certs=/ca.pem", "'ssl_ca_certs' is not an option"),
        ("unix://", "should name a socket"),
        ("unix://run/redis.sock", "should name a socket"),
        ("redis+sentinel://one,two", "should end in /SERVICE"),
        ("redis+sentinel://one/quiz/0", "should be a number"),
        ("redis+sentinel://one,,two/quiz", "HOST or HOST:PORT"),
        ("redis+cluster://one/1", "one database only"),
    ],
)
def test_what_cannot_be_an_address_is_refused_without_telling_its_password(url: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("(", r"\(")) as caught:
        read_address(url)
    assert "s3cret" not in str(caught.value)


def test_a_password_never_shows() -> None:
    assert "s3cret" not in repr(read_address("redis://:s3cret@host"))
