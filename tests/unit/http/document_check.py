"""Holds every answer of a test against the OpenAPI document."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import msgspec
from jsonschema import Draft202012Validator

from quiz.http.openapi import openapi_document
from quiz.http.routes import ROUTES

_WITHOUT_BODY: Final = {204, 304}


@cache
def published_document() -> dict[str, Any]:
    """The document as clients get it."""
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(openapi_document(ROUTES)))
    return document


class DocumentCheck:
    """Knows the document and what of it has been seen in answers: `seen` holds (method, path, status)."""

    def __init__(self) -> None:
        self.document = published_document()
        self.seen: set[tuple[str, str, int]] = set()
        self._paths = {
            re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))): path for path in self.document["paths"]
        }

    def check(self, method: str, path: str, status: int, headers: Mapping[str, str], body: bytes) -> None:
        """Fail unless the document says that this call may be answered like this."""
        template = self._template(path.partition("?")[0])
        operation = self.document["paths"].get(template, {}).get(("GET" if method == "HEAD" else method).lower())
        if operation is None:
            assert status in {404, 405, 413}, f"{method} {path} is not in the document and was answered with {status}"
            self._check_schema({"$ref": "#/components/schemas/ErrorBody"}, body)
            return
        assert str(status) in operation["responses"], f"{method} {template} may not answer {status}: {body!r}"
        described = operation["responses"][str(status)]
        self.seen.add((method, template, status))
        for name in described.get("headers", {}):
            assert name in headers, f"{method} {template} {status} has no {name}"
        content = described.get("content", {})
        if method == "HEAD" or status in _WITHOUT_BODY:
            assert body == b""
            return
        media_type = headers.get("Content-Type", "").partition(";")[0]
        assert media_type in content, f"{method} {template} {status} came as {media_type}"
        if (schema := content[media_type].get("schema")) is not None:
            self._check_schema(schema, body)

    def _template(self, path: str) -> str:
        found = [template for pattern, template in self._paths.items() if pattern.fullmatch(path)]
        # A path without parameters comes before one with them.
        return min(found, key=lambda template: template.count("{"), default="")

    def _check_schema(self, schema: Mapping[str, Any], body: bytes) -> None:
        validator = Draft202012Validator({**schema, "components": self.document["components"]})
        validator.validate(msgspec.json.decode(body))
