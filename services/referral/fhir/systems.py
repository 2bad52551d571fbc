"""Names of code systems and profiles, and codes of ours in FHIR's form. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.contracts.codes import CLIENT_GROUP, DECLINE_REASON, NEED, OUTCOME
from services.contracts.codes_referral import SERVICE
from services.contracts.fhir import GUIDE, MEDIA, OURS, PARTY, PERSON, concept
from services.contracts.tables import TABLES, Table

__all__ = ["GUIDE", "MEDIA", "OURS", "PARTY", "PERSON", "concept"]

SDOHCC = f"{GUIDE}/CodeSystem/SDOHCC-CodeSystemTemporaryCodes"
TASK_PROFILE = f"{GUIDE}/StructureDefinition/SDOHCC-TaskForReferralManagement"
REQUEST_PROFILE = f"{GUIDE}/StructureDefinition/SDOHCC-ServiceRequest"
SERVICE_PROFILE = f"{GUIDE}/StructureDefinition/SDOHCC-HealthcareServiceForReferralManagement"
CAPACITY = f"{GUIDE}/StructureDefinition/SDOHCC-ExtensionHealthcareServiceCapacityStatus"
TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
SUBJECT, DIRECTORY = "urn:wushe:referral-subject", "urn:wushe:directory"

AT_CAPACITY = "at-capacity"
"""What the guide calls our `no-capacity`."""

PRIORITY = {"emergency": "stat", "urgent": "urgent", "normal": "routine", "low": "routine"}

DOMAINS = {
    "economic-hardship": "financial-insecurity", "goods": "material-hardship", "peer-contact": "social-connection",
    "companionship": "social-connection", "counselling": "stress", "medical-aid": "medical-cost-burden",
}  # fmt: skip
UNSPECIFIED = "sdoh-category-unspecified"
"""The guide's domains of need, as far as ours are the same."""

REASONS: tuple[Table, ...] = (DECLINE_REASON, OUTCOME)
SAID: dict[str, tuple[str, str]] = {
    "expired": ("超时未复", "no answer in time"), "superseded": ("他方已接", "another organization has accepted"),
    "withdrawn": ("已撤回", "withdrawn"), "consent-withdrawn": ("同意已撤回", "consent was withdrawn"),
    "already-accepted": ("他方已接", "another organization has accepted"), "closed": ("已办结", "closed"),
    "no-longer-needed": ("不再需要", "no longer needed"), "no-first-contact": ("受案后未联系", "no first contact"),
    "viewed": ("已阅", "viewed"), "information-requested": ("请求补充信息", "information was asked for"),
    "information-supplied": ("已补充信息", "information was supplied"), "outcome-reported": ("成效已报", "outcome reported"),
    "outcome-confirmed": ("成效已确认", "outcome confirmed"), "outcome-disputed": ("成效有异议", "outcome disputed"),
}  # fmt: skip
"""Reasons and stages that stand in no code table."""


def of_table(table: Table, code: str) -> dict[str, Any]:
    """A code of one of our tables."""
    return concept(f"{OURS}:{table.name}", code, table.label(code, "en"), table.label(code))


def need(code: str) -> dict[str, Any]:
    """A need, or a way of helping."""
    table = NEED if any(code in edition.terms for edition in NEED.editions) else SERVICE
    return of_table(table, code)


def group(code: str) -> dict[str, Any]:
    """A group of clients."""
    return of_table(CLIENT_GROUP, code)


def reason(code: str) -> dict[str, Any]:
    """Why: in our code and, where the guide has one, in its own; the text is the code's, for nobody's words are kept."""
    zh, en = _labels(code)
    codings = [{"system": f"{OURS}:reason", "code": code, "display": en}]
    if code == "no-capacity":
        codings.append({"system": SDOHCC, "code": AT_CAPACITY, "display": "At Capacity"})
    return {"coding": codings, "text": zh}


def _labels(code: str) -> tuple[str, str]:
    if code in SAID:
        return SAID[code]
    tables = (*REASONS, TABLES["reason_code"])
    table = next((one for one in tables if any(code in edition.terms for edition in one.editions)), None)
    return (code, code) if table is None else (table.label(code), table.label(code, "en"))


def instant(at: datetime) -> str:
    """A moment as FHIR writes it: to the millisecond, so that a program may send it back."""
    return at.isoformat(timespec="milliseconds")
