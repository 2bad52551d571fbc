"""Strict validation against the schemas of HSDS 3.0: required fields, types, formats, and no field that HSDS does not know."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

SCHEMAS = Path(__file__).parents[1] / "vectors/hsds-3.0"


@cache
def _registry() -> Registry[Any]:
    found = {file.name: json.loads(file.read_text(encoding="utf-8")) for file in SCHEMAS.glob("*.json")}
    closed = {name: schema | {"additionalProperties": False} for name, schema in found.items()}
    kept = [(name, Resource.from_contents(_plain(schema), DRAFT202012)) for name, schema in closed.items()]
    return Registry().with_resources(kept)


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Without `constraints`, `example` and the like, which are for tables and mean nothing to JSON Schema."""
    properties = {
        name: {key: value for key, value in field.items() if key in ("type", "format", "enum", "items", "$ref")}
        for name, field in schema["properties"].items()
    }
    return {"type": "object", "required": schema["required"], "additionalProperties": False, "properties": properties}


def faults(kind: str, instance: Any) -> list[str]:
    """Everything about this that HSDS does not allow, each with its place."""
    validator = Draft202012Validator(
        {"$ref": f"{kind}.json"}, registry=_registry(), format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(instance)]
