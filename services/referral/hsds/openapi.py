"""How the answers are described in the hub's OpenAPI: what HSDS requires of each, and that there are more fields. Data."""

from __future__ import annotations

from typing import Any


def _object(*required: str, **properties: Any) -> dict[str, Any]:
    text = {"type": "string"}
    return {"type": "object", "required": list(required), "properties": dict.fromkeys(required, text) | properties}


COUNT: dict[str, Any] = {"type": "integer", "minimum": 0}
YES: dict[str, Any] = {"type": "boolean"}
PAGE: dict[str, Any] = {
    "type": "object",
    "required": ["total_items", "total_pages", "page_number", "size", "first_page", "last_page", "empty", "contents"],
    "properties": {
        "total_items": COUNT, "total_pages": COUNT, "page_number": COUNT, "size": COUNT, "first_page": YES, "last_page": YES,
        "empty": YES, "contents": {"type": "array", "items": _object("id", id={"type": "string", "format": "uuid"})},
    },
}  # fmt: skip

SCHEMAS: dict[str, dict[str, Any]] = {
    "organization": _object("id", "name", "description"),
    "service": _object(
        "id", "name", "status",
        status={"enum": ["active", "inactive", "defunct", "temporarily closed"]}, organization=_object("id", "name", "description"),
    ),
    "service_at_location": _object("id", "service_id", "location_id", location=_object("id", "location_type")),
}  # fmt: skip
