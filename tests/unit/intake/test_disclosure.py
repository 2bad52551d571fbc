"""Disclosures: no identity without a consent in force that names the receiver, or a legal basis that two persons name."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from services.contracts import intake as public
from services.intake.domain import disclosure as domain
from services.intake.domain.known import ConsentFact, Known
from services.kernel.errors import NotFound
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import DISCLOSED, DISCLOSURE, LATER, PEOPLE, PERSON, REFERRAL, REQUEST, TEAM, YES

disclosure = Spec(domain.DECIDER)

FACTS = Known(itself=DISCLOSURE, person=PEOPLE, consents=(YES,))
ON_ACCEPTANCE = public.DiscloseIdentity(
    person_id=PERSON, receiver=TEAM, purpose="referral", matter_id=REQUEST, need_id=REFERRAL
)
BY_HAND = replace(ON_ACCEPTANCE, need_id=None)
REFUSED = public.IdentityDisclosureRefused(
    disclosure_id=DISCLOSURE,
    person_id=PERSON,
    receiver=TEAM,
    purpose="referral",
    reason_code="no-consent",
    matter_id=REQUEST,
    need_id=REFERRAL,
)
REVOKED = public.IdentityAccessRevoked(
    disclosure_id=DISCLOSURE,
    person_id=PERSON,
    receiver=TEAM,
    reason_code="consent-withdrawn",
    matter_id=REQUEST,
    need_id=REFERRAL,
)
NOT_COVERING = [
    replace(YES, state="withdrawn"),
    replace(YES, receivers=("charity:fund",)),
    replace(YES, purposes=("casework",)),
    replace(YES, valid_until=NOON),
]


def test_identity_goes_to_the_receiver_that_a_consent_names_now() -> None:
    disclosure.given().when(ON_ACCEPTANCE, facts=FACTS).then(DISCLOSED)


@pytest.mark.parametrize("consent", NOT_COVERING)
def test_a_need_taken_on_without_such_a_consent_is_put_on_record_and_nothing_is_released(consent: ConsentFact) -> None:
    disclosure.given().when(ON_ACCEPTANCE, facts=replace(FACTS, consents=(consent,))).then(REFUSED)


@pytest.mark.parametrize("consent", NOT_COVERING)
def test_by_hand_it_is_refused(consent: ConsentFact) -> None:
    refused = disclosure.given().when(BY_HAND, facts=replace(FACTS, consents=(consent,))).then_refused("no-consent")
    assert refused.allowed == ("grant-consent",)


def test_more_than_the_consent_names_is_not_released() -> None:
    command = replace(BY_HAND, categories=("identity", "health"))
    disclosure.given().when(command, facts=FACTS).then_refused("no-consent")
    fewer = replace(BY_HAND, categories=("contact",))
    disclosure.given().when(fewer, facts=FACTS).then(replace(DISCLOSED, need_id=None, categories=("contact",)))


def test_of_several_consents_the_widest_counts() -> None:
    wide = replace(YES, consent_id=REQUEST, categories=("identity", "contact", "narrative"))
    disclosure.given().when(ON_ACCEPTANCE, facts=replace(FACTS, consents=(YES, wide))).then(
        replace(DISCLOSED, consent_id=REQUEST, categories=("identity", "contact", "narrative"))
    )


def test_access_ends_with_the_consent_or_before() -> None:
    until = replace(FACTS, consents=(replace(YES, valid_until=LATER),))
    disclosure.given().when(ON_ACCEPTANCE, facts=until).then(replace(DISCLOSED, expires_at=LATER))
    sooner = replace(ON_ACCEPTANCE, expires_at=LATER - timedelta(days=30))
    disclosure.given().when(sooner, facts=until).then(replace(DISCLOSED, expires_at=LATER - timedelta(days=30)))


def test_nothing_is_disclosed_about_the_dead() -> None:
    dead = replace(FACTS, person=replace(PEOPLE, alive=False))
    disclosure.given().when(ON_ACCEPTANCE, facts=dead).then(replace(REFUSED, reason_code="person-deceased"))
    disclosure.given().when(BY_HAND, facts=dead).then_refused("no-consent")


def test_on_a_legal_basis_categories_are_named_and_somebody_else_approves() -> None:
    command = replace(BY_HAND, legal_basis="life-safety")
    facts = replace(FACTS, consents=())
    assert disclosure.given().when(command, facts=facts).then_refused("approval-needed").field == "categories"
    consent = replace(command, legal_basis="pipl13-1", categories=("contact",), approver="w-02")
    disclosure.given().when(consent, facts=facts).then_refused("consent-is-no-basis-here")
    named = replace(command, categories=("contact",))
    assert disclosure.given().when(named, facts=facts).then_refused("approval-needed").field == "approver"
    for oneself in ("w-01", "worker:w-01"):
        disclosure.given().when(replace(named, approver=oneself), facts=facts).then_refused("second-person-needed")
    disclosure.given().when(replace(named, approver="w-02"), facts=facts).then(
        replace(
            DISCLOSED,
            need_id=None,
            categories=("contact",),
            consent_id=None,
            legal_basis="life-safety",
            approver="w-02",
        )
    )


def test_nobody_is_disclosed_who_is_not_registered() -> None:
    disclosure.given().when(ON_ACCEPTANCE, facts=Known(itself=DISCLOSURE)).then_refused("no-such-person")


def test_a_disclosure_is_made_once() -> None:
    disclosure.given(DISCLOSED).when(ON_ACCEPTANCE, facts=FACTS).then_refused("already-there")


def test_access_is_revoked_once() -> None:
    command = public.RevokeIdentityAccess(reason_code="consent-withdrawn")
    disclosure.given(DISCLOSED).when(command).then(REVOKED)
    disclosure.given(DISCLOSED, REVOKED).when(command).then_nothing()
    disclosure.given(REFUSED).when(command).then_nothing()
    with pytest.raises(NotFound):
        disclosure.given().when(command).decided()


def test_to_a_pair_of_school_and_community_nothing_is_released_before_both_mentors_are_there() -> None:
    """INV-25: not on a consent, and not on a legal basis either."""
    lacking = replace(FACTS, mentors_missing=True)
    disclosure.given().when(ON_ACCEPTANCE, facts=lacking).then_refused("mentors-missing")
    by_law = replace(ON_ACCEPTANCE, legal_basis="pipl13-3", approver="worker:w-02", categories=("identity",))
    disclosure.given().when(by_law, facts=lacking).then_refused("mentors-missing")
