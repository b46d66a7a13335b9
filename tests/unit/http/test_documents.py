from __future__ import annotations

import re
from typing import Any, get_args

import msgspec
import pytest
from jsonschema import Draft202012Validator

from quiz.domain.messages import ServerEvent
from quiz.game.calls import CALLS
from quiz.game.errors import ERRORS
from quiz.http.routes import ROUTES
from tests.unit.http.stand_ins import QUIZ
from tests.unit.http.world import World


@pytest.fixture
async def openapi(world: World) -> Any:
    return (await world.call("GET", "/openapi.json")).json


@pytest.fixture
async def asyncapi(world: World) -> Any:
    return (await world.call("GET", "/asyncapi.json")).json


async def test_the_openapi_document_has_the_parts_that_version_3_1_asks_for(openapi: Any) -> None:
    assert openapi["openapi"] == "3.1.0"
    assert openapi["info"].keys() >= {"title", "version"}
    schemes = openapi["components"]["securitySchemes"]
    assert all(scheme == {**scheme, "type": "http", "scheme": "bearer"} for scheme in schemes.values())
    for path, operations in openapi["paths"].items():
        assert path.startswith("/")
        assert operations.keys() <= {"get", "post", "put", "delete"}
        for operation in operations.values():
            assert operation.keys() <= {"operationId", "summary", "parameters", "requestBody", "responses", "security"}
            assert all(name in schemes for alternative in operation["security"] for name in alternative)
            for status, response in operation["responses"].items():
                assert re.fullmatch("[2-5][0-9][0-9]", status)
                assert response["description"]


async def test_every_parameter_is_described_once_and_those_of_paths_are_required(openapi: Any) -> None:
    for path, operations in openapi["paths"].items():
        for operation in operations.values():
            named = [(parameter["in"], parameter["name"]) for parameter in operation["parameters"]]
            assert len(named) == len(set(named))
            assert {name for place, name in named if place == "path"} == set(re.findall(r"{(\w+)}", path))
            for parameter in operation["parameters"]:
                Draft202012Validator.check_schema(parameter["schema"])
                assert parameter.get("required") is True or parameter["in"] != "path"


async def test_it_describes_every_call_of_the_contract(openapi: Any) -> None:
    described = {
        f"{method.upper()} {path.removeprefix('/api/v1')}"
        for path, operations in openapi["paths"].items()
        for method in operations
    }
    assert described == {
        "POST /auth/login",
        "GET /quizzes",
        "POST /quizzes",
        "GET /quizzes/{id}",
        "PUT /quizzes/{id}",
        "DELETE /quizzes/{id}",
        "POST /quizzes/import",
        "GET /quizzes/{id}/export",
        "POST /sessions",
        "GET /sessions",
        "GET /sessions/{pin}",
        "GET /sessions/{pin}/qr.svg",
        "POST /sessions/{pin}/players",
        "POST /sessions/{id}/tokens",
        "GET /sessions/{id}/standings",
        "GET /sessions/{id}/report",
        "GET /sessions/{id}/players/{player_id}/answers",
        "GET /sessions/{id}/results",
        "GET /sessions/{id}/bots",
        "POST /sessions/{id}/bots",
        "DELETE /sessions/{id}/bots",
        "GET /openapi.json",
        "GET /asyncapi.json",
    }


async def test_operations_have_names_of_their_own(openapi: Any) -> None:
    names = [operation["operationId"] for path in openapi["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == len(ROUTES)


async def test_every_schema_is_a_schema_and_used(openapi: Any, asyncapi: Any) -> None:
    for document in (openapi, asyncapi):
        text = msgspec.json.encode(document).decode()
        for name, schema in document["components"]["schemas"].items():
            Draft202012Validator.check_schema(schema)
            assert f'"#/components/schemas/{name}"' in text, name


async def test_request_schemas_take_what_the_server_takes(openapi: Any) -> None:
    def accepts(name: str, value: object) -> bool:
        schema = {"$ref": f"#/components/schemas/{name}", "components": openapi["components"]}
        return Draft202012Validator(schema).is_valid(value)

    assert accepts("Quiz", QUIZ)
    assert not accepts("Quiz", {**QUIZ, "surprise": 1})
    assert accepts("SessionRequest", {"quiz_id": "abc", "settings": {"scoring": "accuracy"}})
    assert not accepts("SessionRequest", {"quiz_id": "abc", "settings": {"scoring": "luck"}})
    assert not accepts("JoinRequest", {})


async def test_descriptions_are_free_of_the_sources_indentation(openapi: Any, asyncapi: Any) -> None:
    for document in (openapi, asyncapi):
        assert "   " not in msgspec.json.encode(document).decode()


def test_every_code_that_a_route_names_is_in_the_table_of_errors() -> None:
    assert {code for route in ROUTES for code in route.errors} <= ERRORS.keys()


async def test_the_asyncapi_document_has_the_parts_that_version_3_asks_for(asyncapi: Any) -> None:
    assert asyncapi["asyncapi"] == "3.0.0"
    assert asyncapi["info"].keys() >= {"title", "version"}
    assert asyncapi.keys() <= {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    key = re.compile(r"[A-Za-z0-9._-]+")
    for names in (asyncapi["channels"], asyncapi["operations"], *asyncapi["components"].values()):
        assert all(key.fullmatch(name) for name in names)
    for operation in asyncapi["operations"].values():
        assert operation["action"] in {"send", "receive"}
        assert operation["channel"] == {"$ref": "#/channels/session"}


async def test_every_reference_leads_somewhere(openapi: Any, asyncapi: Any) -> None:
    for document in (openapi, asyncapi):
        found = 0
        for reference in references(document):
            target = document
            for step in reference.removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            found += 1
        assert found > 10


async def test_messages_of_operations_are_messages_of_their_channel(asyncapi: Any) -> None:
    of_channel = {f"#/channels/session/messages/{name}" for name in asyncapi["channels"]["session"]["messages"]}
    for operation in asyncapi["operations"].values():
        both = [*operation["messages"], *operation.get("reply", {"messages": []})["messages"]]
        assert {message["$ref"] for message in both} <= of_channel


async def test_every_call_is_received_from_its_roles_and_acked_and_every_event_is_sent(asyncapi: Any) -> None:
    received = {name: op for name, op in asyncapi["operations"].items() if op["action"] == "receive"}
    assert {name.removeprefix("receive."): op["x-roles"] for name, op in received.items()} == {
        name: sorted(role.value for role in row.roles) for name, row in CALLS.items()
    }
    for operation in received.values():
        ack, refusal = operation["reply"]["messages"]
        assert ack != refusal
        assert refusal["$ref"].endswith("/ack.ErrorAck")
    sent = {name.removeprefix("send.") for name, op in asyncapi["operations"].items() if op["action"] == "send"}
    assert sent == {event.event for event in get_args(ServerEvent)}


async def test_events_on_the_wire_are_as_the_asyncapi_document_says(asyncapi: Any) -> None:
    schema = {"$ref": "#/components/schemas/Reveal", "components": asyncapi["components"]}
    reveal = {"version": 3, "question": 1, "correct": [0], "counts": [1, 0], "answered": 1, "closed_at": 5}
    assert Draft202012Validator(schema).is_valid(reveal)
    assert Draft202012Validator(schema).is_valid({**reveal, "correct": ["Paris"], "counts": {"right": 1, "wrong": 0}})
    assert not Draft202012Validator(schema).is_valid({**reveal, "correct": None})


def references(node: Any) -> list[str]:
    """Every `$ref` of a document."""
    match node:
        case {"$ref": str(reference)}:
            return [reference]
        case dict():
            return [found for child in node.values() for found in references(child)]
        case list():
            return [found for child in node for found in references(child)]
        case _:
            return []
