"""The AsyncAPI 3.0 document of the Socket.IO side, drawn from the table of calls and the union of server events."""

from __future__ import annotations

from typing import Final, get_args

from quiz.domain.messages import Event, ServerEvent
from quiz.game.calls import CALLS, ErrorAck, Row
from quiz.http.openapi import VERSION
from quiz.http.schema import Json, components, reference, summary

_CHANNEL: Final = "session"
_ABOUT: Final = (
    "A running game over Socket.IO, protocol 5 (Engine.IO 4), path `/socket.io/`, namespace `/`. Connect with "
    "`auth: {token}`, a player, host or screen token from the REST API, and with the query `affinity` that came with "
    "it. A bad token is a `connect_error` whose `data.code` is `unauthorized`, a full node says `try_again`. The name "
    "of a message is the name of its event, its payload the event's one argument; a reply is the argument of the ack. "
    "Times are integers, milliseconds since the epoch."
)


def asyncapi_document() -> Json:
    """The whole document, from the server's point of view: it receives calls and sends events."""
    events: tuple[type[Event], ...] = get_args(ServerEvent)
    messages: dict[str, Json] = {}
    operations: dict[str, Json] = {}
    shapes: set[type] = {ErrorAck, *events}
    for name, row in CALLS.items():
        shapes |= {row.payload, row.ack}
        messages[f"call.{name}"] = _message(name, row.payload)
        operations[f"receive.{name}"] = _call(name, row)
        messages.setdefault(_ack_key(row.ack), _message("ack", row.ack))
    messages[_ack_key(ErrorAck)] = _message("ack", ErrorAck)
    for event in events:
        messages[f"event.{event.event}"] = _message(event.event, event)
        operations[f"send.{event.event}"] = {
            "action": "send",
            "summary": summary(event),
            "channel": {"$ref": f"#/channels/{_CHANNEL}"},
            "messages": [_of_channel(f"event.{event.event}")],
        }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Live quiz: Socket.IO",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "MIT"},
        },
        "defaultContentType": "application/json",
        "channels": {
            _CHANNEL: {
                "address": "/",
                "title": "A session",
                "description": "What clients of one session and the server tell each other.",
                "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in messages},
            }
        },
        "operations": operations,
        "components": {"messages": messages, "schemas": components(shapes)},
    }


def _call(name: str, row: Row) -> Json:
    return {
        "action": "receive",
        "summary": summary(row.payload),
        "channel": {"$ref": f"#/channels/{_CHANNEL}"},
        "messages": [_of_channel(f"call.{name}")],
        "reply": {
            "channel": {"$ref": f"#/channels/{_CHANNEL}"},
            "messages": [_of_channel(_ack_key(row.ack)), _of_channel(_ack_key(ErrorAck))],
        },
        "x-roles": sorted(role.value for role in row.roles),
    }


def _ack_key(ack: type) -> str:
    return f"ack.{ack.__name__}"


def _of_channel(key: str) -> Json:
    return {"$ref": f"#/channels/{_CHANNEL}/messages/{key}"}


def _message(name: str, shape: type) -> Json:
    return {"name": name, "title": name, "summary": summary(shape), "payload": reference(shape)}
