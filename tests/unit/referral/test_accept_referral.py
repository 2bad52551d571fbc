"""An organization takes a need on; one at a time, in time, and as the person's consent stands at that moment."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.contracts import referral as public
from services.contracts.codes_times import wait
from services.kernel.errors import Refused
from services.referral.domain.facts import ConsentFact, OfferingFact
from tests.support.spec import NOON
from tests.unit.referral.samples import (
    CONSENT,
    DRAFTED,
    HARBOR,
    LEIFENG,
    LOTUS,
    MATTER,
    OFFERING,
    READY,
    REPLY_BY,
    STARTED,
    STATION,
    accepted,
    declined,
    facts,
    handoff,
    offer_id,
    offered,
    partner,
    phoned,
    referral,
    refused,
    superseded,
    team,
)

YES = public.AcceptReferral(organization_id=LEIFENG)
LOTUS_YES = public.AcceptReferral(organization_id=LOTUS)
BROADCAST = (
    DRAFTED,
    READY,
    offered(LEIFENG, mode="broadcast"),
    offered(LOTUS, mode="broadcast"),
    offered(HARBOR, mode="broadcast"),
)


def test_the_organization_asked_may_accept():
    referral.given(DRAFTED, READY, offered()).when(YES, actor=partner(LEIFENG), facts=facts()).then(accepted())


def test_who_will_come_and_when_may_be_said():
    yes = replace(YES, worker_ref="v-07", planned_start=NOON.date())
    asked = referral.given(DRAFTED, READY, offered()).when(yes, actor=partner(LEIFENG), facts=facts())
    asked.then(accepted(worker_ref="v-07", planned_start=NOON.date()))


def test_saying_yes_twice_changes_nothing():
    given = referral.given(DRAFTED, READY, offered(), accepted())
    given.when(YES, actor=partner(LEIFENG), facts=facts()).then_nothing()


def test_saying_yes_again_while_serving_changes_nothing():
    given = referral.given(DRAFTED, READY, offered(), accepted(), STARTED)
    given.when(YES, actor=partner(LEIFENG), facts=facts()).then_nothing()


def test_an_organization_that_was_not_asked_may_not_accept():
    given = referral.given(DRAFTED, READY, offered())
    given.when(LOTUS_YES, actor=partner(LOTUS), facts=facts(LOTUS)).then_refused("not-yours")


def test_nobody_accepts_for_another_organization():
    given = referral.given(DRAFTED, READY, offered())
    given.when(YES, actor=partner(LOTUS), facts=facts()).then_refused("not-yours")


def test_a_partner_cannot_claim_to_speak_for_another():
    given = referral.given(DRAFTED, READY, offered())
    given.when(YES, actor=partner(LOTUS), behalf=phoned(LEIFENG), facts=facts()).then_refused("not-yours")


def test_a_station_may_write_down_what_was_said_by_phone():
    asked = referral.given(DRAFTED, READY, offered()).when(YES, actor=STATION, behalf=phoned(LEIFENG), facts=facts())
    asked.then(accepted(answered_via="phone"))


def test_a_station_that_shows_no_evidence_may_not():
    referral.given(DRAFTED, READY, offered()).when(YES, actor=STATION, facts=facts()).then_refused("not-yours")


def test_the_first_yes_supersedes_all_other_offers():
    asked = referral.given(*BROADCAST).when(YES, actor=partner(LEIFENG), facts=facts())
    asked.then(accepted(), superseded(LOTUS), superseded(HARBOR))


def test_the_second_yes_is_put_on_record_as_refused():
    taken = referral.given(*BROADCAST, accepted(), superseded(LOTUS), superseded(HARBOR))
    taken.when(LOTUS_YES, actor=partner(LOTUS), facts=facts(LOTUS)).then(refused(LOTUS, "already_accepted"))


def test_a_refused_yes_said_again_changes_nothing():
    taken = referral.given(*BROADCAST, accepted(), superseded(LOTUS), superseded(HARBOR))
    again = referral.given(*taken.past, refused(LOTUS, "already_accepted"))
    again.when(LOTUS_YES, actor=partner(LOTUS), facts=facts(LOTUS)).then_nothing()


def test_of_fifty_who_accept_one_has_it():
    teams = [replace(YES, organization_id=type(LEIFENG)(int=100 + n)) for n in range(50)]
    everybody = ConsentFact(consent_id=CONSENT, granted=True, receivers=tuple(team(t.organization_id) for t in teams))
    past = [DRAFTED, READY, *(offered(t.organization_id, mode="broadcast") for t in teams)]
    said = []
    for yes in teams:
        actor = partner(yes.organization_id)
        events = referral.given(*past).when(yes, actor=actor, facts=facts(consents=(everybody,))).decided()
        past += events
        said += [type(event) for event in events]
    assert said.count(public.ReferralAccepted) == 1
    assert said.count(public.OfferSuperseded) == said.count(public.AcceptanceRefused) == 49


def test_a_late_yes_expires_the_offer_and_is_refused():
    late = REPLY_BY + timedelta(minutes=1)
    expired = public.OfferExpired(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG,
        offers_left=0,
        handoff=handoff("refused", team(LEIFENG), "worker:w-zsl"), wait=wait("first-action-normal", late, late),
    )  # fmt: skip
    asked = referral.given(DRAFTED, READY, offered()).when(
        YES, actor=partner(LEIFENG), now=late, at=late, facts=facts()
    )
    asked.then(expired, refused(LEIFENG, "expired"))


def test_a_yes_given_in_time_counts_though_it_is_written_down_late():
    told, typed = REPLY_BY - timedelta(minutes=1), REPLY_BY + timedelta(hours=5)
    circumstances = {"actor": STATION, "behalf": phoned(LEIFENG), "at": told, "now": typed, "facts": facts()}
    events = referral.given(DRAFTED, READY, offered()).when(YES, **circumstances).decided()
    assert [type(event) for event in events] == [public.ReferralAccepted]


def test_a_consent_withdrawn_meanwhile_makes_the_yes_void():
    gone = (ConsentFact(consent_id=CONSENT, granted=False, receivers=(team(LEIFENG),)),)
    asked = referral.given(DRAFTED, READY, offered()).when(YES, actor=partner(LEIFENG), facts=facts(consents=gone))
    asked.then(refused(LEIFENG, "consent_withdrawn", left=0))


def test_a_consent_withdrawn_for_one_receiver_leaves_the_others():
    partly = (ConsentFact(consent_id=CONSENT, granted=True, receivers=(team(LEIFENG),), receivers_gone=(team(LOTUS),)),)
    referral.given(*BROADCAST).when(LOTUS_YES, actor=partner(LOTUS), facts=facts(LOTUS, consents=partly)).then(
        refused(LOTUS, "consent_withdrawn", left=2)
    )
    left = referral.given(*BROADCAST, refused(LOTUS, "consent_withdrawn", left=2))
    left.when(YES, actor=partner(LEIFENG), facts=facts(consents=partly)).then(accepted(), superseded(HARBOR))


def test_without_a_consent_that_names_the_organization_it_may_not_accept():
    unnamed = (ConsentFact(consent_id=CONSENT, granted=True, receivers=(team(LOTUS),)),)
    asked = referral.given(DRAFTED, READY, offered()).when(YES, actor=partner(LEIFENG), facts=facts(consents=unnamed))
    asked.then_refused("consent-missing")


def test_a_consent_that_has_run_out_covers_nothing():
    over = (ConsentFact(consent_id=CONSENT, granted=True, receivers=(team(LEIFENG),), valid_until=NOON),)
    asked = referral.given(DRAFTED, READY, offered()).when(YES, actor=partner(LEIFENG), facts=facts(consents=over))
    asked.then(refused(LEIFENG, "consent_withdrawn", left=0))


def test_a_legal_basis_stands_in_for_consent():
    ready = replace(READY, consent_id=None, legal_basis="life-safety")
    asked = referral.given(DRAFTED, ready, offered()).when(YES, actor=partner(LEIFENG), facts=facts(consents=()))
    asked.then(accepted(consent_id=None, legal_basis="life-safety"))


def test_an_organization_that_is_full_is_told_so():
    full = (OfferingFact(offering_id=OFFERING, service_codes=("one-to-one-support",), capacity=3, taken=3),)
    asked = referral.given(DRAFTED, READY, offered()).when(YES, actor=partner(LEIFENG), facts=facts(offerings=full))
    asked.then(refused(LEIFENG, "capacity", left=0))


def test_who_declined_cannot_accept_without_being_asked_again():
    given = referral.given(DRAFTED, READY, offered(), declined())
    given.when(YES, actor=partner(LEIFENG), facts=facts()).then_refused("offer-ended")


@pytest.mark.parametrize("reason", ["consent-withdrawn", "organization-suspended"])
def test_a_yes_to_an_offer_that_was_taken_back_is_refused(reason: str):
    back = public.OfferWithdrawn(
        matter_id=MATTER, offer_id=offer_id(LEIFENG), organization_id=LEIFENG, reason_code=reason, offers_left=0
    )
    expected = "consent_withdrawn" if reason == "consent-withdrawn" else "withdrawn"
    given = referral.given(DRAFTED, READY, offered(), back)
    given.when(YES, actor=partner(LEIFENG), facts=facts()).then(refused(LEIFENG, expected))


def test_to_an_organization_what_another_was_asked_and_what_there_is_not_are_the_same():
    told = []
    for given, command in (
        (referral.given(), LOTUS_YES),
        (referral.given(DRAFTED, READY, offered()), LOTUS_YES),
        (referral.given(DRAFTED, READY, offered()), YES),
        (referral.given(DRAFTED, READY, offered(), offered(LOTUS)), public.AcceptReferral(organization_id=HARBOR)),
        (referral.given(DRAFTED, READY, offered(), offered(LOTUS)), YES),
        (referral.given(DRAFTED, READY, offered()), public.StartService()),
    ):
        with pytest.raises(Refused) as refusal:
            given.when(command, actor=partner(LOTUS), facts=facts()).decided()
        told.append((refusal.value.code, str(refusal.value)))
    assert len(set(told)) == 1
