"""A consent in the fields of R4 and of the guide's profile. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from services.contracts.codes import PERSONAL_CATEGORY
from services.contracts.codes_people import PURPOSE
from services.contracts.fhir import GUIDE, OURS, PARTY, PERSON, concept
from services.contracts.tables import Table
from services.intake.tables import split

PROFILE = f"{GUIDE}/StructureDefinition/SDOHCC-Consent"
STATUS = {"requested": "proposed", "granted": "active", "refused": "rejected"}
"""What R4 calls a consent's state; one that is over is inactive."""
SCOPE = "http://terminology.hl7.org/CodeSystem/consentscope"
ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"


def consent(row: Mapping[str, Any], whose: Collection[str] | None = None) -> dict[str, Any]:
    """A consent's row; of its receivers all, or those alone whose id is among these."""
    receivers = [each for each in split(row["receivers"]) if whose is None or each.rpartition(":")[2] in whose]
    made: dict[str, Any] = {
        "resourceType": "Consent", "id": str(row["consent_id"]),
        "meta": {"versionId": str(row["version"]), "profile": [PROFILE]}, "status": STATUS.get(row["state"], "inactive"),
        "scope": concept(SCOPE, "patient-privacy", "Privacy Consent"),
        "category": [concept(ACT, "IDSCL", "information disclosure")],
        "patient": {"type": "Patient", "identifier": {"system": PERSON, "value": str(row["person_id"])}},
        "dateTime": row["valid_from"].isoformat(timespec="milliseconds") if row["valid_from"] else None,
        "policyRule": concept("urn:wushe:law", "pipl", text="中华人民共和国个人信息保护法"),
        "provision": _provision(row, receivers),
    }  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}


def _provision(row: Mapping[str, Any], receivers: list[str]) -> dict[str, Any]:
    """For what, which kinds of data, for whom, from when until when."""
    times = {name: row[column].isoformat(timespec="milliseconds")
             for name, column in (("start", "valid_from"), ("end", "valid_until")) if row[column]}  # fmt: skip
    recipient = concept(PARTICIPATION, "IRCP", "information recipient")
    made: dict[str, Any] = {
        "type": "permit", "period": times,
        "actor": [{"role": recipient, "reference": {"identifier": {"system": PARTY, "value": each}}} for each in receivers],
        "purpose": [_coding(PURPOSE, code) for code in split(row["purposes"])],
        "code": [{"coding": [_coding(PERSONAL_CATEGORY, code)]} for code in split(row["categories"])],
    }  # fmt: skip
    return {name: value for name, value in made.items() if value}


def _coding(table: Table, code: str) -> dict[str, Any]:
    return {"system": f"{OURS}:{table.name}", "code": code, "display": table.label(code, "en")}
