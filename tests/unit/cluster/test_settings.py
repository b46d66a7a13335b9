from __future__ import annotations

from quiz.cluster.settings import RedisSettings


def test_settings_do_not_show_the_password() -> None:
    shown = repr(RedisSettings(url="redis://:s3cret@host"))
    assert "s3cret" not in shown
    assert "redis" in shown
