"""The game that the pages' tests replay is one that a node plays today."""

from __future__ import annotations

import json
from functools import reduce

from tests.node.people import JSON, Api
from tests.node.recording import PAGE, Step, record


def merged(one: JSON, other: JSON) -> JSON:
    """The names of fields found in either of two values, and in what they hold."""
    if isinstance(one, dict) or isinstance(other, dict):
        mine, its = (side if isinstance(side, dict) else {} for side in (one, other))
        return {name: merged(mine.get(name), its.get(name)) for name in mine.keys() | its.keys()}
    if isinstance(one, list) or isinstance(other, list):
        items = [item for side in (one, other) if isinstance(side, list) for item in side]
        return [reduce(merged, items, None)]
    return None


def told(steps: list[Step]) -> JSON:
    """What a whole game tells, without its values: what it was that happened, and the fields by event and phase.

    Not by step: who answers within the same millisecond draws level, and events that come at most so often are joined.
    """
    events = [event for step in steps for event in step["events"]]
    return (
        [step["step"] for step in steps],
        reduce(merged, [{event["name"]: event["payload"]} for event in events]),
        reduce(merged, [{step["fresh"]["phase"]: step["fresh"]} for step in steps]),
    )


async def test_a_node_sends_what_was_recorded(api: Api) -> None:
    recorded: dict[str, list[Step]] = json.loads(PAGE.read_text())
    played = await record(api)
    assert played.keys() == recorded.keys()
    for role, steps in recorded.items():
        assert told(played[role]) == told(steps), "run `python -m tests.node.recording` if this is meant"
