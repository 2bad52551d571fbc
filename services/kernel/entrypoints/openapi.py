"""The OpenAPI 3.1 document of a process or of one of its services, made from its routes by apispec."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from services.kernel.approvals import FIELDS
from services.kernel.contract import about, schema_for
from services.kernel.entrypoints.problems import PROBLEM
from services.kernel.entrypoints.showing import kind_of
from services.kernel.entrypoints.site import Route, Site

JSON_TYPE: dict[type, dict[str, Any]] = {
    UUID: {"type": ["string", "null"], "format": "uuid"}, datetime: {"type": ["string", "null"], "format": "date-time"},
    date: {"type": ["string", "null"], "format": "date"}, bool: {"type": ["boolean", "null"]}, int: {"type": ["integer", "null"]},
    str: {"type": ["string", "null"]},
}  # fmt: skip

PROBLEMS = {
    "400": "a header is not valid", "401": "no valid token", "403": "not for this role", "404": "nothing here", "405": "not this method",
    "409": "the rules do not allow this now", "412": "the stream has changed since", "413": "the body is too large",
    "415": "not JSON", "422": "the contract is broken", "503": "not now; try again with the same key",
}  # fmt: skip

PROBLEM_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail", "detail_zh"],
    "properties": {
        "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "code": {"type": "string"},
        "detail": {"type": "string"}, "detail_zh": {"type": "string"}, "allowed": {"type": "array", "items": {"type": "string"}},
        "errors": {"type": "array", "items": {"type": "object"}},
    },
}  # fmt: skip

KEYED: list[dict[str, Any]] = [
    {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200, "pattern": "^[!-~]*$"}},
    {"name": "Idempotency-Scope", "in": "header", "schema": {"type": "string", "enum": ["org"]}},
]
"""By which a request that is sent again is known."""

DONE_SCHEMA = {
    "type": "object",
    "required": ["id", "version", "position", "events"],
    "properties": {
        "id": {"type": "string", "format": "uuid"}, "version": {"type": "integer"}, "position": {"type": "integer"},
        "events": {"type": "array", "items": {"type": "string"}},
    },
}  # fmt: skip


def document(site: Site, service: str | None = None) -> dict[str, Any]:
    """The document of the whole process, or of one service in it; pages for people are left out."""
    spec = APISpec(
        title=f"Wushe {service or 'hub'}",
        version="1",
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_name)],
    )
    spec.components.schema("Problem", PROBLEM_SCHEMA)
    spec.components.schema("Done", DONE_SCHEMA)
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for route in site.routes:
        if route.document.get("kind", "page") != "page" and service in (None, route.service):
            spec.path(
                path=route.path, operations={route.method.lower(): operation(route)}, parameters=_path_parameters(route)
            )
    return spec.to_dict()


def _name(schema: Any) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return f"{cls.__name__}"


def operation(route: Route) -> dict[str, Any]:
    """One operation, from what its route says of itself."""
    kind = route.document["kind"]
    described = {"operationId": f"{route.service}-{route.method.lower()}-{re.sub('[^a-z0-9]+', '-', route.path.lower()).strip('-')}",
                 "tags": [route.service], "security": [{"token": []}] if route.roles is not None else []}  # fmt: skip
    made: dict[str, Any] = described | {"responses": {}}
    if kind == "command":
        made |= _command(route)
    elif kind in ("row", "rows"):
        made |= _rows(route)
    elif kind == "batch":
        made["parameters"] = [_query("dry_run", "boolean")]
        made["requestBody"] = _json({"type": "array", "minItems": 1, "maxItems": 500, "items": {"type": "object"}})
        made["responses"] = {"200": _response("one answer a command", {"type": "array", "items": {"type": "object"}})}
    elif kind == "events":
        made["parameters"] = [
            _query("after", "integer", minimum=0),
            _query("limit", "integer", minimum=0, maximum=1000),
        ]
        made["responses"] = {
            "200": {
                "description": "stored events",
                "content": {"application/cloudevents-batch+json": {"schema": {"type": "array"}}},
            }
        }
    else:
        made |= _free(route)
    made["responses"] |= _problems(route)
    return made


def _command(route: Route) -> dict[str, Any]:
    command = route.document["command"]
    status = str(route.document["status"])
    return {
        "summary": f"{about(command)['zh']} / {route.name}",
        "description": command.__doc__ or "",
        "parameters": [
            *KEYED,
            {
                "name": "If-Match",
                "in": "header",
                "schema": {"type": "string", "pattern": '^("[0-9]{1,9}"|[0-9]{1,9}|\\*)$'},
            },
            *([{"name": "Approval", "in": "header", "schema": {"type": "string"}}] if _needs_two(command) else []),
        ],
        "requestBody": _json(schema_for(command, True)),
        "responses": {status: _response("done", {"$ref": "#/components/schemas/Done"})},
    }


def _needs_two(command: type) -> bool:
    return any(field.name in FIELDS for field in fields(command))


def _json(schema: Any) -> dict[str, Any]:
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def _response(text: str, schema: Any) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def row_schema(table: sa.Table, hides: tuple[str, ...] = ()) -> dict[str, Any]:
    """The shape of a view's row."""
    shown = {
        str(c.name): {} if isinstance(c.type, sa.JSON) else JSON_TYPE[kind_of(c)]
        for c in table.columns
        if c.name not in hides
    }
    return {"type": "object", "properties": shown, "description": str(table.comment or table.name)}


def _rows(route: Route) -> dict[str, Any]:
    table, hides = route.document["table"], route.document["hides"]
    row = row_schema(table, hides)
    if route.document["kind"] == "row":
        return {"responses": {"200": _response("the row", row)}}
    page = {
        "type": "object",
        "required": ["items", "next"],
        "properties": {"items": {"type": "array", "items": row}, "next": {"type": ["string", "null"]}},
    }
    filters = [_query(name, **_plain(table.c[name])) for name in route.document["by"]]
    return {
        "parameters": [*filters, _query("limit", "integer", minimum=1, maximum=1000), _query("after", "string")],
        "responses": {"200": _response("a page of rows", page)},
    }


def _plain(column: sa.Column[Any]) -> dict[str, Any]:
    shape = dict(JSON_TYPE[kind_of(column)])
    return {"kind": shape.pop("type")[0]} | shape


def _free(route: Route) -> dict[str, Any]:
    parameters = [
        _query(name, **shape) if isinstance(shape, dict) else _query(name, shape)
        for name, shape in route.document.get("query", {}).items()
    ]
    if route.document.get("keyed"):
        parameters += KEYED
    says, answer = route.document.get("says", route.name), route.document.get("answer", {})
    status = str(route.document.get("status", 200))
    media = route.document.get("media", "application/json")
    made: dict[str, Any] = {
        "parameters": parameters,
        "responses": {status: {"description": says, "content": {media: {"schema": answer}}}},
    }
    made["responses"][status]["content"] |= {other: {"schema": {}} for other in route.document.get("also", ())}
    if media.startswith("application/cloudevents-batch"):
        made["responses"]["304"] = {"description": "nothing new since the page with this ETag"}
    if takes := route.document.get("takes"):
        made["requestBody"] = _json(takes)
    return made


def _query(name: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": {"type": kind} | more}


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    names = re.findall(r"{([a-z_]+)}", route.path)
    return [
        {
            "name": n,
            "in": "path",
            "required": True,
            "schema": {"type": "string"} | ({"format": "uuid"} if n.endswith("id") else {}),
        }
        for n in names
    ]


def _problems(route: Route) -> dict[str, Any]:
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    if "problem_media" in route.document:  # what does not even come to the route is said in the hub's own words
        content[route.document["problem_media"]] = {"schema": route.document["problem"]}
    return {status: {"description": text, "content": content} for status, text in PROBLEMS.items()}
