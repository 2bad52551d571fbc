"""Organizations and offerings in the fields of HSDS 3.0, and in no others. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from services.contracts.codes import CLIENT_GROUP
from services.contracts.codes_referral import ORGANIZATION_KIND
from services.kernel.ids import named
from services.referral.hsds import addresses, terms
from services.referral.hsds.addresses import SPACE, filled
from services.referral.hsds.facts import Listed, Offered, Seat

Shape = dict[str, Any]

STATUS = {"active": "active", "suspended": "temporarily closed", "retired": "defunct"}
"""What an organization's state makes of its services; of one that is not in use yet, they are inactive."""

TIES = {"residence": "居住", "work": "工作", "life": "生活", "hukou": "户籍"}
YEARS: dict[str, tuple[int, int | None]] = {
    "under_8": (0, 7), "from_8_to_13": (8, 13), "from_14_to_17": (14, 17), "adult": (18, None), "from_60": (60, None),
    "from_80": (80, None),
}  # fmt: skip
"""Age bands in years; the last ones have no end."""
AGES = {"under_8": "不满 8 岁", "from_8_to_13": "8–13 岁", "from_14_to_17": "14–17 岁", "adult": "成年", "from_60": "60 岁以上",
        "from_80": "80 岁以上"}  # fmt: skip


def organization_basic(listed: Listed) -> Shape:
    """An organization's own fields."""
    kind = ORGANIZATION_KIND
    made = {
        "id": str(listed.organization_id), "name": listed.name,
        "alternate_name": listed.names[1] if len(listed.names) > 1 else None,
        "description": f"{kind.label(listed.kind)} / {kind.label(listed.kind, 'en')}",
        "parent_organization_id": str(listed.parent_id) if listed.parent_id else None,
    }  # fmt: skip
    return filled(made)


def organization(listed: Listed) -> Shape:
    """An organization with all that belongs to it."""
    own = str(listed.organization_id)
    more = {
        "locations": [location(seat, listed) for seat in listed.seats],
        "organization_identifiers": _identifiers(listed),
        "attributes": [terms.attribute(ORGANIZATION_KIND, listed.kind, "organization", own)],
    }
    return filled(organization_basic(listed) | more)


def _identifiers(listed: Listed) -> list[Shape]:
    found = [("wushe", "directory code", listed.code), ("CN-USCC", "unified social credit code", listed.uscc)]
    return [
        {
            "id": str(named(SPACE, f"identifier/{listed.organization_id}/{scheme}")),
            "organization_id": str(listed.organization_id), "identifier_scheme": scheme, "identifier_type": said,
            "identifier": identifier,
        }
        for scheme, said, identifier in found
        if identifier
    ]  # fmt: skip


def location_basic(seat: Seat, listed: Listed) -> Shape:
    """A location's own fields."""
    return addresses.location(seat.code, seat.location_id, seat.name, listed.organization_id)


def location(seat: Seat, listed: Listed) -> Shape:
    """A location with its address."""
    return location_basic(seat, listed) | {"addresses": [addresses.address(seat.code, seat.location_id)]}


def service_basic(offered: Offered) -> Shape:
    """A service's own fields, with its organization's."""
    ages = _ages(offered)
    made = {
        "id": str(offered.offering_id), "organization_id": str(offered.by.organization_id),
        "name": "、".join(terms.of_service(code).label(code) for code in offered.service_codes),
        "alternate_name": ", ".join(terms.of_service(code).label(code, "en") for code in offered.service_codes),
        "status": status(offered), "eligibility_description": _eligibility(offered) or None,
        "minimum_age": ages[0], "maximum_age": ages[1],
        "last_modified": modified(offered), "organization": organization_basic(offered.by),
    }  # fmt: skip
    return filled(made)


def status(offered: Offered) -> str:
    """Whether it can be had."""
    return "inactive" if offered.state != "published" else STATUS.get(offered.by.state, "inactive")


def changed_at(offered: Offered) -> datetime | None:
    """When anything about it was written down last; its organization's state is part of it."""
    known = [at for at in (offered.changed_at, offered.by.changed_at) if at is not None]
    return max(known, default=None)


def modified(offered: Offered) -> str | None:
    """The same as HSDS has it."""
    at = changed_at(offered)
    return at.isoformat() if at else None


def _ages(offered: Offered) -> tuple[int | None, int | None]:
    """From which age to which; nothing where a band is not said in years."""
    years = [YEARS.get(band) for band in offered.age_bands]
    known = [found for found in years if found is not None]
    if not known or len(known) < len(years):
        return None, None
    ends = [high for _, high in known if high is not None]
    return min(low for low, _ in known), max(ends) if len(ends) == len(known) else None


def _eligibility(offered: Offered) -> str:
    """Whom it takes, in a sentence."""
    said = [
        ("服务对象", [CLIENT_GROUP.label(code) for code in offered.group_codes]),
        ("年龄段", [AGES.get(band, band) for band in offered.age_bands]),
        ("与服务区域的关系", [TIES[tie] for tie in offered.ties]),
        ("条件", list(offered.conditions)),
        ("前提", ["须签订合作协议"] if offered.agreement_needed else []),
    ]
    return "; ".join(f"{what}: {'、'.join(which)}" for what, which in said if which)


def service(offered: Offered) -> Shape:
    """A service with all that belongs to it."""
    own = str(offered.offering_id)
    more = {
        "service_areas": [addresses.area(code, offered.offering_id) for code in offered.areas],
        "service_at_locations": [_at(offered, seat) | {"location": location(seat, offered.by)} for seat in offered.by.seats],
        "attributes": [terms.attribute(terms.of_service(code), code, "service", own) for code in offered.service_codes],
        "organization": organization(offered.by),
    }  # fmt: skip
    return filled(service_basic(offered) | more)


def at_location_id(offered: Offered, seat: Seat) -> str:
    """The id of a service at a location."""
    return str(named(SPACE, f"at/{offered.offering_id}/{seat.location_id}"))


def _at(offered: Offered, seat: Seat) -> Shape:
    return {
        "id": at_location_id(offered, seat), "service_id": str(offered.offering_id), "location_id": str(seat.location_id),
    }  # fmt: skip


def at_location_basic(offered: Offered, seat: Seat) -> Shape:
    """A service at a location, with the location's own fields."""
    return _at(offered, seat) | {"location": location_basic(seat, offered.by)}


def at_location(offered: Offered, seat: Seat) -> Shape:
    """A service at a location, with the address."""
    return _at(offered, seat) | {"location": location(seat, offered.by)}
