"""`quiz migrate`, run before the first node."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Final

from quiz.cli.local_cluster.events import CannotStart
from quiz.cli.local_cluster.home import Home
from quiz.cli.local_cluster.node import quiz
from quiz.cli.local_cluster.part import LINES_SHOWN
from quiz.cli.local_cluster.process import Command, last_lines, run_to_end
from quiz.cli.local_cluster.sweeper import Sweeper

_NAME: Final = "migrate"
_LIMIT_S: Final = 120.0


async def migrate(home: Home, sweeper: Sweeper, environment: Mapping[str, str]) -> float:
    """Bring the database to this code's tables; gives how many seconds that took.

    Raises:
        CannotStart: it failed, or did not come to an end in time.
    """
    began, log = time.monotonic(), home.log(_NAME)
    command = Command(arguments=quiz("migrate"), log=log, environment=environment)
    try:
        status = await run_to_end(command, sweeper, _LIMIT_S)
    except TimeoutError:
        raise CannotStart(_NAME, f"took more than {_LIMIT_S:g} s", last_lines(log, LINES_SHOWN)) from None
    if status:
        raise CannotStart(_NAME, f"ended with status {status}", last_lines(log, LINES_SHOWN))
    return time.monotonic() - began
