"""The directory in the words of HSDS 3.0: valid by its schemas, strictly, and addresses by the profile for China."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.contracts import tables
from services.contracts.codes import NEED
from services.contracts.tables import edition
from services.kernel.errors import ContractBroken
from services.referral.hsds import addresses, asking, shapes, terms
from services.referral.hsds.asking import SERVICES, Asked
from services.referral.hsds.facts import Listed, Offered, Seat
from tests.support.hsds import faults

DAY = datetime(2026, 7, 1, 8, tzinfo=UTC)
LOTUS = Listed(
    organization_id=UUID(int=22), state="active", kind="social_organization", code="lotus", names=("莲花社工", "莲花"),
    uscc="51220000MJ0000000X", parent_id=UUID(int=23), changed_at=DAY,
    seats=(Seat(location_id=UUID(int=41), code="220104004001", name="义和社区"),),
)  # fmt: skip
BARE = Listed(organization_id=UUID(int=24), state="registered", kind="volunteer_team", code="dawn")
HOUSEWORK = Offered(
    offering_id=UUID(int=31), by=LOTUS, state="published", service_codes=("housework", "outing"), areas=("220104", "cc-xinqu"),
    conditions=("two-visits",), ties=("residence",), group_codes=("living-alone",), age_bands=("from_60", "from_80"),
    agreement_needed=True, changed_at=DAY,
)  # fmt: skip
PLAIN = Offered(offering_id=UUID(int=32), by=BARE, state="published", service_codes=("legal-aid",))


@pytest.mark.parametrize(
    ("kind", "instance"),
    [
        ("organization", shapes.organization(LOTUS)),
        ("organization", shapes.organization_basic(LOTUS)),
        ("organization", shapes.organization(BARE)),
        ("service", shapes.service(HOUSEWORK)),
        ("service", shapes.service_basic(HOUSEWORK)),
        ("service", shapes.service(PLAIN)),
        ("service_at_location", shapes.at_location(HOUSEWORK, LOTUS.seats[0])),
        ("service_at_location", shapes.at_location_basic(HOUSEWORK, LOTUS.seats[0])),
        ("taxonomy", terms.taxonomy(NEED)),
        ("taxonomy_term", next(terms.terms())),
    ],
)
def test_what_is_shown_is_valid_strictly(kind, instance):
    assert faults(kind, instance) == []


def test_the_strict_schemas_do_find_what_is_wrong():
    service = shapes.service(HOUSEWORK)
    assert faults("service", service | {"capacity": 3}) != []
    assert faults("service", service | {"status": "open"}) != []
    assert faults("service", {name: value for name, value in service.items() if name != "name"}) != []
    inner = service["service_at_locations"][0] | {"surprise": 1}
    assert faults("service", service | {"service_at_locations": [inner]}) != []


def test_each_level_of_a_division_stands_in_its_field(monkeypatch):
    own = edition("changchun-2023", DAY.date(), """
        22 | 吉林省 | Jilin
        2201 | 长春市 | Changchun
        220104 | 朝阳区 | Chaoyang
        220104004 | 永昌街道 | Yongchang
        220104004001 | 义和社区 | Yihe
    """)  # fmt: skip
    monkeypatch.setattr(tables.TABLES["division"], "_shipped", (own,))
    made = addresses.address("220104004001", UUID(int=41))
    levels = ("country", "state_province", "city", "region", "address_2", "address_1", "postal_code")
    assert [made[name] for name in levels] == ["CN", "吉林省", "长春市", "朝阳区", "永昌街道", "义和社区", ""]
    street = addresses.address("220104004000", UUID(int=41))
    assert (street["address_1"], "address_2" in street) == ("永昌街道", False)


def test_a_division_without_a_name_is_its_code_and_a_municipality_is_its_own_city():
    made = addresses.address("110101001002", UUID(int=41))
    assert (made["state_province"], made["city"], made["region"]) == ("北京市", "北京市", "110101")
    assert made["address_1"] == "110101001002"


@pytest.mark.parametrize(
    ("state", "of_organization", "status"),
    [
        ("published", "active", "active"), ("published", "suspended", "temporarily closed"), ("published", "retired", "defunct"),
        ("published", "verified", "inactive"), ("withdrawn", "active", "inactive"),
    ],
)  # fmt: skip
def test_a_service_is_as_open_as_its_organization(state, of_organization, status):
    listed = Listed(organization_id=UUID(int=22), state=of_organization, kind="charity", code="x")
    assert shapes.status(Offered(offering_id=UUID(int=31), by=listed, state=state, service_codes=("goods",))) == status


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [HOUSEWORK, PLAIN]),
        ({"search": "家务"}, [HOUSEWORK]),
        ({"search": "LEGAL"}, [PLAIN]),
        ({"search": "莲花 housework"}, [HOUSEWORK]),
        ({"organization_id": str(BARE.organization_id)}, [PLAIN]),
        ({"taxonomy_term_id": terms.term_id(NEED, "housework")}, [HOUSEWORK]),
        ({"taxonomy_id": terms.taxonomy_id(NEED)}, [HOUSEWORK, PLAIN]),
        ({"modified_after": "2026-07-01T16:00:00+08:00"}, [HOUSEWORK]),
        ({"modified_after": "2026-07-01T16:00:01+08:00"}, []),
        ({"division": "220104004001"}, [HOUSEWORK, PLAIN]),
        ({"division": "220102001"}, [PLAIN]),
        ({"search": "家务", "division": "220102001"}, []),
    ],
)
def test_all_filters_hold_together(query, found):
    assert asking.services(Asked(query, SERVICES), [HOUSEWORK, PLAIN]) == found


@pytest.mark.parametrize(
    "query", [{"proximity": "100"}, {"page": "0"}, {"modified_after": "2026-07-01T00:00:00"}, {"full": "perhaps"},
              {"format": "xml"}],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_and_not_passed_over(query):
    with pytest.raises(ContractBroken):
        answered(query)


def answered(query):
    asked = Asked(query, SERVICES)
    page = asked.page(asking.services(asked, []), str)
    return page, asked.flag("full"), asked.lines


def test_pages_follow_each_other_without_a_gap():
    found = list(range(5))
    pages = [Asked({"page": str(n), "per_page": "2"}, SERVICES).page(found, int) for n in (1, 2, 3, 4)]
    assert [each for page in pages for each in page["contents"]] == found
    assert [(p["first_page"], p["last_page"], p["empty"], p["size"]) for p in pages] == [
        (True, False, False, 2), (False, False, False, 2), (False, True, False, 1), (False, True, True, 0),
    ]  # fmt: skip
    assert {(p["total_items"], p["total_pages"]) for p in pages} == {(5, 3)}
