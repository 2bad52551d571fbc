"""What this server can do: the CapabilityStatement, for the whole of /fhir, whichever service answers. Pure."""

from __future__ import annotations

from typing import Any

from services.referral.fhir import systems as s
from services.referral.fhir.searching import QUERY

SINCE = "2026-11-28"
KINDS = {"_id": "token", "status": "token", "owner": "reference", "focus": "reference", "_lastUpdated": "date"}


def statement(base: str) -> dict[str, Any]:
    """Resources, what may be done with each, and by which filters they are found."""
    return {
        "resourceType": "CapabilityStatement", "status": "active", "date": SINCE, "kind": "instance",
        "software": {"name": "Wushe"}, "implementation": {"description": "Wushe", "url": base}, "fhirVersion": "4.0.1",
        "format": [s.MEDIA, "json"], "implementationGuide": [f"{s.GUIDE}/ImplementationGuide/hl7.fhir.us.sdoh-clinicalcare|3.0.0"],
        "rest": [{"mode": "server", "security": {"description": "bearer tokens of the hub"}, "resource": _resources()}],
    }  # fmt: skip


def _resources() -> list[dict[str, Any]]:
    searched = [{"name": name, "type": KINDS[name]} for name in QUERY if name in KINDS]
    return [
        _resource("Task", s.TASK_PROFILE, "read", "vread", "history-instance", "search-type", "update")
        | {"versioning": "versioned-update", "searchParam": searched, "searchInclude": ["Task:focus"], "updateCreate": False},
        _resource("ServiceRequest", s.REQUEST_PROFILE, "read", "vread", "history-instance") | {"versioning": "versioned"},
        _resource("Consent", f"{s.GUIDE}/StructureDefinition/SDOHCC-Consent", "read", "search-type"),
        _resource("Organization", "", "read"),
        _resource("HealthcareService", s.SERVICE_PROFILE, "read", "search-type")
        | {"searchParam": [{"name": "organization", "type": "reference"}]},
    ]  # fmt: skip


def _resource(kind: str, profile: str, *can: str) -> dict[str, Any]:
    supported = {"supportedProfile": [profile]} if profile else {}
    return {"type": kind, "interaction": [{"code": each} for each in can]} | supported
