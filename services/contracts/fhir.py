"""What the services that answer by FHIR R4 say alike: media type, code systems, and what stands against a request. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

ID_LENGTH = 36
MEDIA = "application/fhir+json"
GUIDE = "http://hl7.org/fhir/us/sdoh-clinicalcare"
"""SDOH Clinical Care, 3.0.0."""
OURS = "urn:wushe:code"
"""Code tables of the hub are systems under this name."""
PARTY, PERSON, PROBLEM = "urn:wushe:party", "urn:wushe:person", "urn:wushe:problem"

KINDS = {
    400: "invalid", 401: "login", 403: "forbidden", 404: "not-found", 405: "not-supported", 409: "business-rule",
    412: "conflict", 413: "too-long", 415: "invalid", 422: "invalid", 429: "throttled", 503: "transient",
}  # fmt: skip
"""Issue types of R4 by HTTP's status."""

TEXT: dict[str, Any] = {"type": "string"}
RESOURCE: dict[str, Any] = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": TEXT}}
BUNDLE: dict[str, Any] = {
    "type": "object", "required": ["resourceType", "type"],
    "properties": {
        "resourceType": {"const": "Bundle"}, "type": {"enum": ["searchset", "history"]},
        "entry": {"type": "array", "items": {"type": "object", "required": ["resource"]}},
    },
}  # fmt: skip
OPERATION_OUTCOME: dict[str, Any] = {
    "type": "object", "required": ["resourceType", "issue"],
    "properties": {
        "resourceType": {"const": "OperationOutcome"},
        "issue": {"type": "array", "minItems": 1, "items": {"type": "object", "required": ["severity", "code"]}},
    },
}  # fmt: skip
"""How answers are described in the hub's OpenAPI: what is required of each."""


def id_of(text: str) -> UUID | None:
    """A resource's id, which is a UUID here; None where it is none of ours."""
    try:
        return UUID(text) if len(text) == ID_LENGTH else None
    except ValueError:
        return None


def concept(system: str, code: str, display: str | None = None, text: str | None = None) -> dict[str, Any]:
    """A code as a CodeableConcept."""
    coding = {"system": system, "code": code} | ({"display": display} if display else {})
    return {"coding": [coding]} | ({"text": text} if text else {})


def words(problem: dict[str, Any]) -> tuple[str, Any]:
    """A problem document as an OperationOutcome: its code, sentences in both languages, and what would be allowed."""
    issues = [_issue(problem, each) for each in problem.get("errors", ())] or [_issue(problem, {})]
    return MEDIA, {"resourceType": "OperationOutcome", "issue": issues}


def _issue(problem: dict[str, Any], error: dict[str, Any]) -> dict[str, Any]:
    allowed = problem.get("allowed") or problem.get("allowed_roles") or problem.get("allowed_scopes") or ()
    en, zh, expected = problem["detail"], problem["detail_zh"], error or problem
    if "expected" in expected:
        en, zh = f"{en} Expected: {expected['expected']}.", f"{zh}应为: {expected['expected_zh']}。"
    could = f" Allowed / 允许: {', '.join(allowed)}" if allowed else ""
    could += f" Version / 现版本: {problem['version']}" if "version" in problem else ""
    field = error.get("field") or problem.get("field")
    made = {
        "severity": "error", "code": KINDS.get(problem["status"], "exception"),
        "details": {"coding": [{"system": PROBLEM, "code": problem["code"]}], "text": en}, "diagnostics": f"{zh}{could}",
    }  # fmt: skip
    return made | ({"expression": [field]} if field else {})


def searchset(
    base: str, found: list[dict[str, Any]], included: list[dict[str, Any]], links: dict[str, str]
) -> dict[str, Any]:
    """One page of what was found, and what was to be included."""
    entries = [_found(base, one, "match") for one in found] + [_found(base, one, "include") for one in included]
    listed = [{"relation": relation, "url": url} for relation, url in links.items()]
    made: dict[str, Any] = {"resourceType": "Bundle", "type": "searchset", "link": listed}
    return made | ({"entry": entries} if entries else {})


def _found(base: str, one: dict[str, Any], mode: str) -> dict[str, Any]:
    return {"fullUrl": f"{base}/{one['resourceType']}/{one['id']}", "resource": one, "search": {"mode": mode}}
