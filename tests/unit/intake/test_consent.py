"""Consents: by whoever may give them, for named purposes, categories and receivers; a withdrawal is never refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.contracts import intake as public
from services.intake.domain import consent as domain
from services.intake.domain.consent_state import Granted, Over
from services.intake.domain.known import GuardianFact, Known
from services.kernel.errors import NotFound
from tests.support.spec import NOON, Spec
from tests.unit.intake.stories import CHILD, CONSENT, GRANTED, LATER, MOTHER, OTHER, PEOPLE, PERSON, TEAM, YES

consent = Spec(domain.DECIDER)

OF_CHILD = Known(itself=CONSENT, person=CHILD)
OF_ADULT = Known(itself=CONSENT, person=PEOPLE)
GRANT = public.GrantConsent(
    person_id=PERSON,
    by="guardian",
    purposes=("casework", "referral"),
    categories=("identity", "contact"),
    receivers=(TEAM, "charity:fund"),
    method="written",
    notice_version="v1",
    by_person_id=MOTHER,
)
BY_SELF = replace(GRANT, by="self", by_person_id=None)
REQUEST = public.RequestConsent(
    person_id=PERSON,
    purposes=("casework", "referral"),
    categories=("identity", "contact"),
    receivers=(TEAM, "charity:fund"),
    notice_version="v1",
)
REQUESTED = public.ConsentRequested(
    consent_id=CONSENT,
    person_id=PERSON,
    purposes=("casework", "referral"),
    categories=("identity", "contact"),
    receivers=(TEAM, "charity:fund"),
    notice_version="v1",
)
NO = public.ConsentRefused(
    consent_id=CONSENT,
    person_id=PERSON,
    by="self",
    purposes=("casework", "referral"),
    categories=("identity", "contact"),
    receivers=(TEAM, "charity:fund"),
    method="oral",
)
WITHDRAWN = public.ConsentWithdrawn(consent_id=CONSENT, person_id=PERSON, by="self", scope="all")


def test_a_guardian_consents_for_a_child_or_one_who_may_be_a_child() -> None:
    """INV-8"""
    consent.given().when(GRANT, facts=OF_CHILD).then(GRANTED)


def test_one_who_may_be_a_child_does_not_consent_himself() -> None:
    refused = consent.given().when(BY_SELF, facts=OF_CHILD).then_refused("guardian-needed")
    assert refused.allowed == ("link-guardian", "amend-person-details")


def test_a_grown_up_consents_himself() -> None:
    consent.given().when(BY_SELF, facts=OF_ADULT).then(replace(GRANTED, by="self", by_person_id=None))


@pytest.mark.parametrize(
    "guardians",
    [
        (),
        (GuardianFact(guardian_id=OTHER),),
        (GuardianFact(guardian_id=MOTHER, until=date(2026, 3, 1)),),
        (GuardianFact(guardian_id=MOTHER, since=date(2026, 3, 3)),),
    ],
)
def test_a_guardian_is_one_on_record_today(guardians: tuple[GuardianFact, ...]) -> None:
    facts = replace(OF_CHILD, person=replace(CHILD, guardians=guardians))
    consent.given().when(GRANT, facts=facts).then_refused("not-the-guardian")


def test_a_child_of_eight_or_more_is_asked_too() -> None:
    """INV-9"""
    facts = replace(OF_CHILD, person=replace(CHILD, age_band="from_8_to_13"))
    consent.given().when(GRANT, facts=facts).then_refused("child-not-asked")
    asked = replace(GRANT, child_asked="agrees")
    consent.given().when(asked, facts=facts).then(replace(GRANTED, child_asked="agrees"))


def test_an_agent_shows_the_authority() -> None:
    command = replace(BY_SELF, by="agent")
    consent.given().when(command, facts=OF_ADULT).then_refused("evidence-needed")
    shown = replace(command, evidence_ref="paper:17")
    consent.given().when(shown, facts=OF_ADULT).then(
        replace(GRANTED, by="agent", by_person_id=None, evidence_ref="paper:17")
    )


def test_health_is_consented_to_separately() -> None:
    command = replace(BY_SELF, categories=("health",))
    consent.given().when(command, facts=OF_ADULT).then_refused("separate-consent-needed")
    consent.given().when(replace(command, sensitive=True), facts=OF_ADULT).then(
        replace(GRANTED, by="self", by_person_id=None, categories=("health",), sensitive=True)
    )


@pytest.mark.parametrize(
    ("person", "code"), [(None, "no-such-person"), (replace(PEOPLE, alive=False), "person-deceased")]
)
def test_consents_are_of_registered_living_persons(person: Any, code: str) -> None:
    for command in (GRANT, REQUEST, public.RefuseConsent(person_id=PERSON, by="self", purposes=("casework",),
                                                         categories=("identity",), method="oral")):  # fmt: skip
        consent.given().when(command, facts=replace(OF_ADULT, person=person)).then_refused(code)


def test_a_consent_is_given_once() -> None:
    consent.given(GRANTED).when(GRANT, facts=OF_CHILD).then_refused("already-there")
    consent.given(GRANTED, WITHDRAWN).when(GRANT, facts=OF_CHILD).then_refused("already-there")


def test_an_answer_says_yes_or_no_to_just_what_was_asked() -> None:
    consent.given().when(REQUEST, facts=OF_ADULT).then(REQUESTED)
    yes = public.AnswerConsentRequest(answer="yes", by="self", method="written")
    consent.given(REQUESTED).when(yes, facts=OF_ADULT).then(replace(GRANTED, by="self", by_person_id=None))
    no = public.AnswerConsentRequest(answer="no", by="self", method="oral")
    consent.given(REQUESTED).when(no, facts=OF_ADULT).then(NO)
    consent.given(REQUESTED, NO).when(no, facts=OF_ADULT).then_nothing()
    consent.given(REQUESTED, NO).when(yes, facts=OF_ADULT).then_refused("answered-already")


def test_an_answer_keeps_the_rules_of_a_consent() -> None:
    yes = public.AnswerConsentRequest(answer="yes", by="self", method="written")
    consent.given(REQUESTED).when(yes, facts=OF_CHILD).then_refused("guardian-needed")


def test_who_said_no_is_not_asked_again_for_the_same() -> None:
    said_no = replace(YES, state="refused", receivers=(TEAM, "charity:fund"))
    before = replace(OF_ADULT, consents=(said_no,))
    consent.given().when(REQUEST, facts=before).then_refused("asked-before")
    consent.given().when(replace(REQUEST, own_wish=True), facts=before).then(REQUESTED)
    new = replace(REQUEST, purposes=("grant",))
    consent.given().when(new, facts=before).then(replace(REQUESTED, purposes=("grant",)))


def test_a_no_is_written_down() -> None:
    command = public.RefuseConsent(
        person_id=PERSON, by="self", purposes=("casework", "referral"), categories=("identity", "contact"),
        receivers=(TEAM, "charity:fund"), method="oral",
    )  # fmt: skip
    consent.given().when(command, facts=OF_ADULT).then(NO)


def test_a_withdrawal_is_never_refused_and_final() -> None:
    consent.given(GRANTED).when(public.WithdrawConsent()).then(WITHDRAWN)
    consent.given(GRANTED, WITHDRAWN).when(public.WithdrawConsent()).then_nothing()
    assert consent.given(GRANTED, WITHDRAWN).state == Over(consent_id=CONSENT, person_id=PERSON, how="withdrawn")


def test_withdrawing_from_one_receiver_leaves_the_others_alive() -> None:
    command = public.WithdrawConsent(scope="receiver", receivers=(TEAM,))
    partly = replace(
        WITHDRAWN, scope="receiver", receivers=(TEAM,), receivers_left=("charity:fund",),
        categories_left=("identity", "contact"),
    )  # fmt: skip
    consent.given(GRANTED).when(command).then(partly)
    consent.given(GRANTED, partly).when(command).then_nothing()
    state = consent.given(GRANTED, partly).state
    assert isinstance(state, Granted)
    assert state.receivers == ("charity:fund",)


def test_withdrawing_the_last_category_ends_the_consent() -> None:
    command = public.WithdrawConsent(scope="category", categories=("identity", "contact"))
    over = replace(WITHDRAWN, scope="category", categories=("identity", "contact"))
    consent.given(GRANTED).when(command).then(over)
    assert isinstance(consent.given(GRANTED, over).state, Over)


def test_withdrawing_one_category_keeps_the_receivers() -> None:
    command = public.WithdrawConsent(scope="category", categories=("contact",))
    consent.given(GRANTED).when(command).then(
        replace(WITHDRAWN, scope="category", categories=("contact",), receivers_left=GRANTED.receivers,
                categories_left=("identity",))
    )  # fmt: skip


def test_what_was_not_granted_cannot_be_withdrawn() -> None:
    consent.given(REQUESTED).when(public.WithdrawConsent()).then_refused("nothing-granted")
    consent.given(REQUESTED).when(public.SupersedeConsent(by_consent_id=OTHER)).then_refused("nothing-granted")
    for command in (public.WithdrawConsent(), public.SupersedeConsent(by_consent_id=OTHER),
                    public.AnswerConsentRequest(answer="no", by="self", method="oral")):  # fmt: skip
        with pytest.raises(NotFound):
            consent.given().when(command).decided()


def test_a_consent_expires_when_its_time_is_over_and_not_before() -> None:
    until = replace(GRANTED, valid_until=LATER)
    expired = public.ConsentExpired(consent_id=CONSENT, person_id=PERSON)
    consent.given(until).when(public.ExpireConsent()).then_nothing()
    consent.given(until).when(public.ExpireConsent(), now=LATER + timedelta(seconds=1)).then(expired)
    consent.given(until, expired).when(public.ExpireConsent(), now=LATER + timedelta(days=1)).then_nothing()
    consent.given(GRANTED).when(public.ExpireConsent(), now=NOON + timedelta(days=9999)).then_nothing()


def test_a_later_consent_takes_the_place_of_an_earlier_one() -> None:
    command = public.SupersedeConsent(by_consent_id=OTHER)
    superseded = public.ConsentSuperseded(consent_id=CONSENT, person_id=PERSON, by_consent_id=OTHER)
    later = Known(consents=(YES,))
    consent.given(GRANTED).when(command, facts=later).then(superseded)
    consent.given(GRANTED, superseded).when(command).then_nothing()
    consent.given(GRANTED).when(replace(command, by_consent_id=CONSENT)).then_refused("superseded-by-itself")


def test_what_takes_its_place_is_the_same_persons_and_in_force() -> None:
    """Facts hold the later consent where it is of the same human being, and nothing else."""
    command = public.SupersedeConsent(by_consent_id=OTHER)
    for found in ((), (replace(YES, state="withdrawn"),), (replace(YES, valid_until=NOON),)):
        consent.given(GRANTED).when(command, facts=Known(consents=found)).then_refused("no-later-consent")


def test_a_consent_does_not_end_before_it_begins() -> None:
    """A paper may tell later of one that is over by now."""
    short = replace(GRANT, valid_until=NOON)
    consent.given().when(short, facts=OF_CHILD).then_refused("validity-wrong")
    earlier = NOON - timedelta(days=40)
    (granted,) = consent.given().when(short, facts=OF_CHILD, at=earlier).decided()
    assert (granted.valid_from, granted.valid_until) == (earlier, NOON)


def test_a_purpose_is_one_of_the_table() -> None:
    consent.given().when(replace(GRANT, purposes=("marketing",)), facts=OF_CHILD).then_refused("unknown-code")
