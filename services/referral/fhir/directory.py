"""Organizations and offerings of the directory as R4 has them, with whether there is capacity. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec

from services.contracts.codes_referral import ORGANIZATION_KIND
from services.kernel.errors import ContractBroken, FieldProblem
from services.referral.fhir import systems as s
from services.referral.hsds.facts import Listed, Offered
from services.referral.hsds.terms import of_service

USCC = "urn:wushe:uscc"


def organization(listed: Listed) -> dict[str, Any]:
    """An organization of the directory."""
    made: dict[str, Any] = {
        "resourceType": "Organization", "id": str(listed.organization_id), "active": listed.state == "active",
        "identifier": [{"system": s.DIRECTORY, "value": listed.code}]
        + ([{"system": USCC, "value": listed.uscc}] if listed.uscc else []),
        "type": [s.of_table(ORGANIZATION_KIND, listed.kind)], "name": listed.name,
        "alias": list(listed.names[1:]) or None,
        "partOf": {"reference": f"Organization/{listed.parent_id}"} if listed.parent_id else None,
    }  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}


def service(offered: Offered, taken: int) -> dict[str, Any]:
    """An offering, with its capacity in the guide's extension where anybody knows it."""
    made: dict[str, Any] = {
        "resourceType": "HealthcareService", "id": str(offered.offering_id), "meta": {"profile": [s.SERVICE_PROFILE]},
        "extension": _capacity(offered, taken), "active": offered.state == "published" and offered.by.state == "active",
        "providedBy": {"reference": f"Organization/{offered.by.organization_id}"},
        "category": [s.concept(s.SDOHCC, s.DOMAINS.get(code, s.UNSPECIFIED)) for code in offered.service_codes],
        "type": [s.need(code) for code in offered.service_codes],
        "name": "、".join(of_service(code).label(code) for code in offered.service_codes),
        "characteristic": [s.group(code) for code in offered.group_codes] or None,
    }  # fmt: skip
    return {name: value for name, value in made.items() if value is not None}


def _capacity(offered: Offered, taken: int) -> list[dict[str, Any]] | None:
    if offered.capacity is None:
        return None
    has = taken < offered.capacity
    code, said = ("capacity", "Has Capacity") if has else ("no-capacity", "No Capacity")
    status = {"url": "capacityStatus", "valueCodeableConcept": s.concept(s.SDOHCC, code, said)}
    return [{"url": s.CAPACITY, "extension": [status]}]


def asked_for(query: Mapping[str, str]) -> UUID | None:
    """Whose services are asked for."""
    if unknown := query.keys() - {"organization"}:
        raise ContractBroken(*(_problem(name, "organization", "organization") for name in sorted(unknown)))
    if "organization" not in query:
        return None
    try:
        return msgspec.convert(query["organization"].removeprefix("Organization/"), UUID)
    except msgspec.ValidationError as wrong:
        raise ContractBroken(_problem("organization", "Organization/<id>", "Organization/<id>")) from wrong


def _problem(name: str, en: str, zh: str) -> FieldProblem:
    return FieldProblem(field=name, code="invalid", expected_en=en, expected_zh=zh)
