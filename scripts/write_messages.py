"""Write the messages' types for the pages: running this writes quiz/web/src/protocol.ts.

Their source are the structs of `quiz/domain/messages.py` and the table of calls; a test fails when the two differ.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final, get_args

from hatch_build import npm
from quiz.domain.messages import ROSTER_MAX, Event, ServerEvent
from quiz.game.calls import CALLS, Ack
from quiz.http.schema import components

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "quiz" / "web" / "src" / "protocol.ts"

_BANNER: Final = """/**
 * What travels over Socket.IO: written by `make messages` from the service's own types. A test fails when they differ.
 *
 * A field that holds its default is left out on the wire, hence the many optional ones. Times are milliseconds since
 * the epoch in the service's clock, durations milliseconds unless a name says otherwise.
 */"""
_OPTIONS: Final = ("--no-additionalProperties", "--style.printWidth=120", "--bannerComment", _BANNER)

Json = dict[str, Any]


def schema() -> Json:
    """One schema of all events and calls, with a table of either by name."""
    events: tuple[type[Event], ...] = get_args(ServerEvent)
    shapes = {*events, *get_args(Ack), *(row.payload for row in CALLS.values())}
    tables = {
        "ServerEvents": _table(
            "Every event the server sends, by its name.", {event.event: _reference(event) for event in events}
        ),
        "Calls": _table(
            "What each call takes, and what acks it when it is granted.",
            {
                name: _table("", {"payload": _reference(row.payload), "ack": _reference(row.ack)})
                for name, row in CALLS.items()
            },
        ),
    }
    found = {name: _as_sent(shape) for name, shape in components(shapes).items()}
    shapes_by_name = json.loads(json.dumps(found).replace("#/components/schemas/", "#/$defs/")) | tables
    return {
        "title": "Protocol",
        "description": "Anything of this file.",
        "anyOf": [{"$ref": f"#/$defs/{name}"} for name in shapes_by_name],
        "$defs": shapes_by_name,
    }


def page() -> str:
    """The whole file."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "protocol.json"), Path(folder, "protocol.ts")
        source.write_text(json.dumps(schema()))
        step = ("exec", "--", "json2ts", "--input", str(source), "--output", str(made), *_OPTIONS)
        done = npm(ROOT, step, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            sys.exit(f"{done.stdout}\nThe types could not be made by json2ts, see above.")
        return f"{made.read_text()}\n{_constants()}"


def _constants() -> str:
    names = "\n".join(f'  "{event.event}",' for event in get_args(ServerEvent))
    return f"""/** Most seats listed in one snapshot, and kept from the events after it. */
export const ROSTER_MAX = {ROSTER_MAX};

export const EVENT_NAMES = [
{names}
] as const;
"""


def _reference(shape: type) -> Json:
    return {"$ref": f"#/$defs/{shape.__name__}"}


def _table(description: str, rows: Json) -> Json:
    return {"type": "object", "description": description, "properties": rows, "required": list(rows)}


def _as_sent(shape: Json) -> Json:
    """Without the nulls of fields whose default is null: at their default they are left out."""
    required = shape.get("required", [])
    properties = {
        name: field if name in required or field.get("default", 0) is not None else _without_null(field)
        for name, field in shape.get("properties", {}).items()
    }
    return {**shape, "properties": properties}


def _without_null(field: Json) -> Json:
    kinds = [kind for kind in field["anyOf"] if kind != {"type": "null"}]
    return kinds[0] if len(kinds) == 1 else {"anyOf": kinds}


if __name__ == "__main__":
    PAGE.write_text(page())
