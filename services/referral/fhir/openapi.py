"""How the answers are described in the hub's OpenAPI: what is required of each resource. Data."""

from __future__ import annotations

from typing import Any, get_args

from services.referral.fhir.machine import Status

TASK: dict[str, Any] = {
    "type": "object",
    "required": ["resourceType", "id", "status"],
    "properties": {
        "resourceType": {"const": "Task"}, "id": {"type": "string", "format": "uuid"}, "status": {"enum": list(get_args(Status))},
        "statusReason": {"type": "object"}, "output": {"type": "array", "items": {"type": "object"}},
        "executionPeriod": {"type": "object"},
    },
}  # fmt: skip
