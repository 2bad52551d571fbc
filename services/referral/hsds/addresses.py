"""The profile for Chinese addresses: a division's code, and its levels in the fields of an HSDS address. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.contracts.codes_divisions import MUNICIPALITIES, name_of, padded, parts_of
from services.kernel.ids import named

SPACE = UUID("5a1f4f0e-3b0c-5c55-8a3e-6a6c1c0f7d21")
"""The namespace of ids that HSDS wants and the hub has not."""
IDENTIFIER_TYPE = "CN-statistical-division"

PROFILE = {
    "name": "wushe-cn", "version": "1", "extends": "HSDS 3.0",
    "address": {
        "country": "CN",
        "state_province": "province (省), the first 2 digits",
        "city": "city (市), the first 4 digits; of a municipality (直辖市) the municipality",
        "region": "county or district (区/县), the first 6 digits",
        "address_2": "street or township (街道/乡镇), the first 9 digits, where address_1 is a community",
        "address_1": "the smallest division that is known, usually the community (社区/村), 12 digits",
        "postal_code": "empty: not known",
        "address_type": "physical",
    },
    "location": {
        "external_identifier": "the code of the division in twelve digits, filled up with zeros",
        "external_identifier_type": IDENTIFIER_TYPE,
    },
    "service_area": {"extent": "the code of the division", "extent_type": IDENTIFIER_TYPE},
    "filters": {"division": "services that may be had in the division with this code"},
}  # fmt: skip
"""What is served under /hsds/profile."""


def address(code: str, location_id: UUID) -> dict[str, Any]:
    """A division as an address: each level in its field, by name where a name is known."""
    parts = parts_of(code)
    names = {level: name_of(part) for level, part in parts.items()}
    if parts["province"] in MUNICIPALITIES:
        names["city"] = names["province"]
    smallest = list(names.values())[-1]
    made = {
        "id": str(named(SPACE, f"address/{location_id}")), "location_id": str(location_id), "address_1": smallest,
        "city": names.get("city", names["province"]), "region": names.get("county"),
        "state_province": names["province"], "postal_code": "", "country": "CN", "address_type": "physical",
    }  # fmt: skip
    return filled(made | ({"address_2": names["street"]} if "community" in names else {}))


def location(code: str, location_id: UUID, name: str, organization_id: UUID) -> dict[str, Any]:
    """Where an organization, or a station that leans on it, is found."""
    return {
        "id": str(location_id), "location_type": "physical", "organization_id": str(organization_id), "name": name,
        "external_identifier": padded(code), "external_identifier_type": IDENTIFIER_TYPE,
    }  # fmt: skip


def area(code: str, service_id: UUID) -> dict[str, Any]:
    """A place in which a service may be had; one that has a name and no code is named."""
    made = {
        "id": str(named(SPACE, f"area/{service_id}/{code}")), "service_id": str(service_id), "name": name_of(code),
        "extent": code if code.isdigit() else None, "extent_type": IDENTIFIER_TYPE if code.isdigit() else None,
    }  # fmt: skip
    return filled(made)


def filled(fields: dict[str, Any]) -> dict[str, Any]:
    """Without what is not known: HSDS knows no null."""
    return {name: value for name, value in fields.items() if value not in (None, [], ())}
