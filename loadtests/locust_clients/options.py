"""What a scenario may be told: on locust's command line, in the environment, or in its web page."""

from __future__ import annotations

from argparse import Namespace

import msgspec
from locust import events
from locust.argument_parser import LocustArgumentParser
from msgspec import Struct


class Options(Struct, frozen=True, kw_only=True):
    """What a scenario does unless it is told otherwise. Times are seconds.

    Players answer within `think_s` of a question, which is closed after `question_s`; 0 leaves the session in its
    lobby. `updates_per_s` is how often the deadline of an open question is moved, which all are told. All clients are
    cut off together every `storm_every_s`; 0: never.
    """

    sessions: int = 1
    updates_per_s: float = 0.0
    question_s: float = 10.0
    think_s: float = 5.0
    storm_every_s: float = 0.0
    username: str = "admin"
    password: str = ""


_HELP = {
    "sessions": "How many sessions the players (-u) are spread over, each with a quiz master of its own.",
    "updates_per_s": "Updates to all players of a session a second, while a question is open.",
    "question_s": "Seconds a question stays open; 0: the game is not started.",
    "think_s": "Longest time a player takes to answer, in seconds.",
    "storm_every_s": "Every so many seconds all players lose their connection at once; 0: never.",
    "username": "The quiz master.",
    "password": "The quiz master's password.",
}


def offer(defaults: Options) -> None:
    """Have locust take these options; a scenario's file calls it once."""

    def add(parser: LocustArgumentParser) -> None:
        for field in msgspec.structs.fields(Options):
            flag = f"--{field.name.replace('_', '-')}"
            default = getattr(defaults, field.name)
            variable = f"LOADTEST_{field.name.upper()}"
            text = _HELP[field.name]
            if field.name == "password":
                # Not shown in the web page, nor kept among what it tells browsers.
                parser.add_argument(
                    flag,
                    type=str,
                    default=default,
                    env_var=variable,
                    include_in_web_ui=False,
                    is_secret=True,
                    help=text,
                )
            else:
                parser.add_argument(flag, type=field.type, default=default, env_var=variable, help=text)

    events.init_command_line_parser.add_listener(add)  # type: ignore[no-untyped-call]


def chosen(parsed: Namespace) -> Options:
    """The options that this run has been given."""
    return msgspec.convert({field: getattr(parsed, field) for field in Options.__struct_fields__}, Options)
