"""What an organization sees of a referral at each point of its course: its own offer always, whose need it is while it holds it."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake
from services.contracts import referral as public
from services.referral.scopes import OFFERS, REFERRALS
from tests.service.referral.shelf import Shelf
from tests.service.referral.test_policies import GONE, GONE_FOR_LOTUS, OTHER_CONSENT, granted
from tests.support.spec import NOON
from tests.unit.referral.samples import (
    CASE,
    CLOSED,
    CONSENT,
    DRAFTED,
    LEIFENG,
    LOTUS,
    OF_THE_OFFER,
    PERSON,
    READY,
    REFERRAL,
    REPORTED,
    RETURNED,
    STARTED,
    STATION,
    accepted,
    declined,
    offered,
    partner,
    superseded,
    team,
)

WITHDRAWN = public.ReferralWithdrawn(**OF_THE_OFFER, by="client", reason_code="consent-withdrawn")
OF_OTHERS = ("holder", "organization_id", "offers_count", "sequence", "outcome", "accepted_at")


def shelf(*course: Any, consents: tuple[Any, ...] = (granted(),)) -> Shelf:
    """Views after this course of a referral."""
    made = Shelf()
    for consent in consents:
        made.hear(consent)
    made.play(REFERRAL, DRAFTED, READY, *course)
    return made


def row(made: Shelf, organization_id: UUID = LEIFENG) -> dict[str, Any]:
    """The referral as this team finds it."""
    (found,) = made.run(REFERRALS.select(partner(organization_id)))
    return found


def whose(made: Shelf, organization_id: UUID = LEIFENG) -> tuple[Any, ...]:
    """Everything in it that would lead to a person, offers included."""
    offers = made.run(OFFERS.select(partner(organization_id)))
    found = row(made, organization_id)
    return (found["person_id"], found["case_id"], found["consent_id"], *(offer["case_id"] for offer in offers))


KNOWN = (PERSON, CASE, CONSENT, CASE)
NOBODY = (None, None, None, None)
TAKEN = (offered(), accepted())


@pytest.mark.parametrize(
    ("course", "seen"),
    [
        ((offered(),), NOBODY),
        (TAKEN, KNOWN),
        ((*TAKEN, STARTED), KNOWN),
        ((*TAKEN, STARTED, REPORTED), KNOWN),
        ((*TAKEN, STARTED, REPORTED, CLOSED), NOBODY),
        ((*TAKEN, RETURNED), NOBODY),
        ((*TAKEN, WITHDRAWN), NOBODY),
        ((offered(), declined()), NOBODY),
    ],
    ids=["offered", "accepted", "in service", "reported", "closed", "returned", "withdrawn", "declined"],
)
def test_whose_need_it_is_is_shown_from_acceptance_to_the_end_and_not_after(course: tuple[Any, ...], seen: Any):
    assert whose(shelf(*course)) == seen


ENDS = {
    "withdrawn": GONE,
    "withdrawn for this receiver": replace(GONE_FOR_LOTUS, receivers=(team(LEIFENG),), receivers_left=(team(LOTUS),)),
    "run out": intake.ConsentExpired(consent_id=CONSENT, person_id=PERSON),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("course", [TAKEN, (*TAKEN, STARTED), (*TAKEN, STARTED, REPORTED)])
def test_with_the_consent_it_ends_whatever_the_referral_is_in(course: tuple[Any, ...], end: Any):
    """INV-5, INV-7: at the moment when it is heard, before anything else has followed from it."""
    made = shelf(*course)
    made.hear(end)
    assert whose(made) == NOBODY
    assert row(made)["need_codes"] == ["one-to-one-support"], "its own codes stay"


def test_it_ends_when_the_consents_time_is_over_though_nobody_has_said_so_yet():
    assert whose(shelf(*TAKEN, consents=(replace(granted(), valid_until=NOON.replace(year=2020)),))) == NOBODY


def test_another_consent_that_names_it_keeps_it_open():
    made = shelf(*TAKEN, consents=(granted(), granted(OTHER_CONSENT, team(LEIFENG))))
    made.hear(GONE)
    assert whose(made) == KNOWN


def test_a_consent_to_somebody_else_opens_nothing():
    assert whose(shelf(*TAKEN, consents=(granted(CONSENT, team(LOTUS)),))) == NOBODY


def test_what_stands_on_a_legal_basis_needs_no_consent():
    made = Shelf()
    made.play(REFERRAL, DRAFTED, replace(READY, consent_id=None, legal_basis="pipl13-4"), *TAKEN)
    assert whose(made)[0] == PERSON


def test_who_was_asked_in_vain_learns_neither_who_else_was_asked_nor_who_took_it_nor_what_came_of_it():
    made = shelf(offered(), offered(LOTUS), accepted(), superseded(LOTUS), STARTED, REPORTED)
    theirs = row(made, LOTUS)
    assert [theirs[name] for name in OF_OTHERS] == [None] * len(OF_OTHERS)
    assert theirs["need_codes"] == ["one-to-one-support"]
    assert row(made)["outcome"] == "delivered", "whoever took it sees it"
    (station,) = made.run(REFERRALS.select(STATION))
    assert station["organization_id"] == LEIFENG
