"""An organization is suspended or leaves: it reads nothing any more, and says what became of what it was given (INV-43)."""

from __future__ import annotations

from uuid import UUID

import pytest

from services.contracts import intake as public
from services.contracts import referral
from services.intake import tables as t
from services.intake.domain import consent, disclosure, person
from tests.service.intake.desk import Desk
from tests.service.intake.test_policies import GRANT
from tests.unit.intake.stories import CONSENT, DISCLOSURE, OTHER, PERSON, STREET

ORGANIZATION = UUID(int=21)
PARTY = f"team:{ORGANIZATION}"


@pytest.fixture
def desk() -> Desk:
    """A person who is disclosed to the organization, and to another one."""
    desk = Desk()
    desk.asks(person.DECIDER, PERSON, public.RegisterPerson(station=STREET, age_band="adult"))
    named = public.GrantConsent(
        person_id=PERSON, by="self", purposes=GRANT.purposes, categories=GRANT.categories, method="written",
        notice_version="v1", receivers=(PARTY, "charity:fund"),
    )  # fmt: skip
    desk.asks(consent.DECIDER, CONSENT, named)
    for disclosure_id, receiver in ((DISCLOSURE, PARTY), (OTHER, "charity:fund")):
        told = public.DiscloseIdentity(person_id=PERSON, receiver=receiver, purpose="referral")
        desk.asks(disclosure.DECIDER, disclosure_id, told)
    return desk


def states(desk: Desk) -> dict[str, str]:
    """How each receiver stands."""
    return {row["receiver"]: row["state"] for row in desk.look.all(t.disclosures)}


def hears(desk: Desk, event: object) -> None:
    """The directory says so."""
    desk.hears("referral", "organization", ORGANIZATION, event)


@pytest.mark.parametrize("party", [PARTY, None])
def test_who_is_suspended_reads_nothing_any_more(desk: Desk, party: str | None):
    hears(desk, referral.OrganizationSuspended(reason_code="inspection", party=party))
    assert states(desk) == {PARTY: "revoked", "charity:fund": "live"}
    assert desk.row(t.disclosures, DISCLOSURE)["reason_code"] == "organization-suspended"
    assert desk.events(public.DeletionDemanded) == []


@pytest.mark.parametrize("party", [PARTY, None])
def test_who_leaves_is_told_to_delete_and_the_receipt_is_collected(desk: Desk, party: str | None):
    """PIPL 21, 22: what was given is deleted or returned when the work together ends."""
    hears(desk, referral.OrganizationRetired(reason_code="dissolved", party=party))
    assert states(desk) == {PARTY: "revoked", "charity:fund": "live"}
    (demanded,) = desk.events(public.DeletionDemanded)
    assert (demanded.disclosure_id, demanded.receiver, demanded.reason_code) == (DISCLOSURE, PARTY, "organization-left")
    assert desk.row(t.disclosures, DISCLOSURE)["deletion"] == "demanded"


def test_what_was_revoked_before_is_deleted_too(desk: Desk):
    hears(desk, referral.OrganizationSuspended(reason_code="inspection", party=PARTY))
    hears(desk, referral.OrganizationRetired(reason_code="dissolved", party=PARTY))
    assert len(desk.events(public.IdentityAccessRevoked)) == 1
    assert len(desk.events(public.DeletionDemanded)) == 1


def test_hearing_it_twice_demands_once(desk: Desk):
    for _ in range(2):
        hears(desk, referral.OrganizationRetired(reason_code="dissolved", party=PARTY))
    assert len(desk.events(public.DeletionDemanded)) == 1
