"""JSON Schema of our structs, for documents that others read."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Final

import msgspec

Json = dict[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_TEMPLATE: Final = "#/components/schemas/{name}"


def components(shapes: Iterable[type]) -> dict[str, Json]:
    """The schemas of structs and of everything they hold, by name, for `#/components/schemas`."""
    _, schemas = msgspec.json.schema_components(
        sorted(set(shapes), key=lambda shape: shape.__name__), ref_template=_TEMPLATE
    )
    return {name: _tidy(schema) for name, schema in sorted(schemas.items())}


def reference(shape: type) -> Json:
    """Where a struct's schema stands among the `components`, which must know it."""
    (found,), _ = msgspec.json.schema_components([shape], ref_template=_TEMPLATE)
    return found


def fields_of(shape: type) -> list[tuple[str, bool, Json]]:
    """The fields of a struct: name, whether it must be given, and its schema. They hold no other structs."""
    (schema,) = components([shape]).values()
    properties, required = schema.get("properties"), schema.get("required")
    if not isinstance(properties, dict) or not isinstance(required, list):
        raise TypeError(f"{shape.__name__} is not a struct with fields")
    return [(name, name in required, field) for name, field in properties.items()]


def summary(shape: type) -> str:
    """The first line of a struct's docstring."""
    return (inspect.getdoc(shape) or shape.__name__).partition("\n")[0]


def _tidy(schema: Json) -> Json:
    """Take the source's indentation and line ends out of descriptions."""
    description = schema.get("description")
    if isinstance(description, str):
        paragraphs = inspect.cleandoc(description).split("\n\n")
        schema = {**schema, "description": "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)}
    return schema
