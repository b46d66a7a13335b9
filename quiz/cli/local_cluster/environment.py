"""What nodes are told by their environment."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from quiz.cli.local_cluster.home import Secrets

_PROXY: Final = "127.0.0.1/32"
_NOT_OURS: Final = ("DATABASE_URL", "DATABASE_REPLICA_URL", "REDIS_URL", "QUIZ_NODE_NAME")
"""What may be set here for another server, and would lead the nodes there."""


def node_environment(database_url: str, redis_url: str, secrets: Secrets, given: Mapping[str, str]) -> dict[str, str]:
    """This process's environment, with the settings that it has for nodes, and where their database and Redis are.

    Args:
        given: goes before all of it.
    """
    inherited = {name: value for name, value in os.environ.items() if name not in _NOT_OURS}
    made = {
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "QUIZ_SECRET_KEY": secrets.secret_key,
        "QUIZ_TRUSTED_PROXIES": _PROXY,
        "PYTHONUNBUFFERED": "1",
    }
    if secrets.admin_password is not None:
        # The one that was made at the first start, also when another is set at a later one: it is what opens.
        made["QUIZ_ADMIN_PASSWORD"] = secrets.admin_password
    return {**inherited, **made, **given}
