"""Organizations, agreements and offerings: who stands in the directory, and what each takes where."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.kernel.errors import NotFound
from services.referral.domain import agreement, offering, organization
from services.referral.domain.facts import Known, OfferingFact, OrganizationFact
from tests.support.spec import Spec
from tests.unit.referral.samples import LEIFENG, LOTUS, OFFERING, STATION, facts, partner, team

directory, offerings, agreements = Spec(organization.DECIDER), Spec(offering.DECIDER), Spec(agreement.DECIDER)

REGISTER = public.RegisterOrganization(kind="volunteer_team", code="leifeng-nanguan", area="220102")
REGISTERED = public.OrganizationRegistered(
    organization_id=LEIFENG, kind="volunteer_team", party=team(LEIFENG), code="leifeng-nanguan", area="220102"
)
VERIFY = public.VerifyOrganization(evidence_kind="known-locally")
VERIFIED = public.OrganizationVerified(evidence_kind="known-locally", first=True)
ACTIVE = (REGISTERED, VERIFIED, public.OrganizationActivated())
SUSPEND = public.SuspendOrganization(reason_code="inspection")
SUSPENDED = public.OrganizationSuspended(reason_code="inspection", party=team(LEIFENG))
RETIRED = public.OrganizationRetired(reason_code="dissolved", party=team(LEIFENG))
ITSELF = Known(itself=LEIFENG)


def test_a_team_without_any_registration_may_stand_in_the_directory():
    directory.given().when(REGISTER, facts=ITSELF).then(REGISTERED)


def test_its_name_is_sealed():
    digest = ("A" * 43,)
    directory.given().when(REGISTER, facts=ITSELF, sealed=digest).then(replace(REGISTERED, sealed=digest))


@pytest.mark.parametrize(
    ("kind", "party"),
    [
        ("community", "community:220102"),
        ("social_organization", f"organization:{LEIFENG}"),
        ("charity", f"charity:{LEIFENG}"),
        ("university", f"university:{LEIFENG}"),
        ("authority", f"authority:{LEIFENG}"),
    ],
)
def test_each_kind_answers_as_its_own_kind_of_party(kind: public.OrganizationKind, party: str):
    directory.given().when(replace(REGISTER, kind=kind), facts=ITSELF).then(replace(REGISTERED, kind=kind, party=party))


def test_a_social_credit_code_that_fails_its_check_is_doubted_and_taken_with_a_reason():
    wrong = replace(REGISTER, uscc="91350211M0000XUF46")
    refused = directory.given().when(wrong, facts=ITSELF).then_refused("uscc-wrong")
    assert (refused.field, refused.allowed) == ("uscc", ("register-organization",))
    assert wrong.uscc not in refused.en + refused.zh
    insisted = replace(wrong, uscc_override="register-says")
    directory.given().when(insisted, facts=ITSELF).then(
        replace(REGISTERED, uscc=wrong.uscc, uscc_override="register-says")
    )
    directory.given().when(replace(wrong, uscc_override="because"), facts=ITSELF).then_refused("unknown-code")


def test_a_team_without_any_credit_code_stands_in_the_directory_too():
    directory.given().when(replace(REGISTER, uscc=None), facts=ITSELF).then(REGISTERED)


def test_it_is_verified_before_it_is_active():
    activate = public.ActivateOrganization()
    directory.given(REGISTERED).when(activate).then_refused("not-in-this-state")
    directory.given(REGISTERED).when(VERIFY).then(VERIFIED)
    directory.given(REGISTERED, VERIFIED).when(activate).then(public.OrganizationActivated())
    directory.given(*ACTIVE).when(activate).then_nothing()


def test_it_may_be_verified_again():
    directory.given(*ACTIVE).when(VERIFY).then(replace(VERIFIED, first=False))


def test_it_is_suspended_and_comes_back():
    directory.given(*ACTIVE).when(SUSPEND).then(SUSPENDED)
    directory.given(*ACTIVE, SUSPENDED).when(SUSPEND).then_nothing()
    directory.given(*ACTIVE, SUSPENDED).when(public.ActivateOrganization()).then(public.OrganizationActivated())


def test_who_has_left_does_not_come_back():
    directory.given(*ACTIVE).when(public.RetireOrganization(reason_code="dissolved")).then(RETIRED)
    directory.given(*ACTIVE, RETIRED).when(public.ActivateOrganization()).then_refused("not-in-this-state")


def test_it_may_have_other_names():
    alias = public.AddOrganizationAlias(alias="")
    aliased = public.OrganizationAliased(sealed=("B" * 43,))
    directory.given(*ACTIVE).when(alias, sealed=("B" * 43,)).then(aliased)


def test_of_an_unknown_organization_nothing_is_decided():
    with pytest.raises(NotFound):
        directory.given().when(SUSPEND).decided()


# --- offerings ------------------------------------------------------------------------------------------------------

PUBLISH = public.PublishOffering(organization_id=LEIFENG, service_codes=("goods",), areas=("220102",), capacity=3)
PUBLISHED = public.OfferingPublished(organization_id=LEIFENG, service_codes=("goods",), areas=("220102",), capacity=3)


def test_an_organization_says_what_it_takes():
    offerings.given().when(PUBLISH, actor=partner(LEIFENG), facts=facts()).then(PUBLISHED)
    offerings.given(PUBLISHED).when(PUBLISH, actor=partner(LEIFENG), facts=facts()).then_nothing()


def test_a_station_says_it_for_those_without_a_computer():
    offerings.given().when(PUBLISH, actor=STATION, facts=facts()).then(PUBLISHED)


def test_another_organization_does_not():
    offerings.given().when(PUBLISH, actor=partner(LOTUS), facts=facts()).then_refused("not-yours")
    change = public.ChangeCapacity(capacity=9)
    offerings.given(PUBLISHED).when(change, actor=partner(LOTUS)).then_refused("not-yours")


@pytest.mark.parametrize("state", [None, "retired"])
def test_who_is_not_in_the_directory_offers_nothing(state: str | None):
    gone = state and OrganizationFact(organization_id=LEIFENG, state=state, party=team(LEIFENG))
    offerings.given().when(PUBLISH, facts=facts(organization=gone or None)).then_refused("organization-unknown")


def test_a_service_has_a_code_of_the_table():
    offerings.given().when(replace(PUBLISH, service_codes=("magic",)), facts=facts()).then_refused("unknown-code")


def test_capacity_changes_and_may_become_unknown():
    unknown = public.CapacityChanged(organization_id=LEIFENG, capacity=None)
    offerings.given(PUBLISHED).when(public.ChangeCapacity(), actor=partner(LEIFENG)).then(unknown)
    offerings.given(PUBLISHED).when(public.ChangeCapacity(capacity=3), actor=partner(LEIFENG)).then_nothing()


def test_an_offering_ends_once():
    gone = public.OfferingWithdrawn(organization_id=LEIFENG, reason_code="no-time")
    end = public.WithdrawOffering(reason_code="no-time")
    offerings.given(PUBLISHED).when(end, actor=partner(LEIFENG)).then(gone)
    offerings.given(PUBLISHED, gone).when(end, actor=partner(LEIFENG)).then_nothing()


@pytest.mark.parametrize(
    ("areas", "places", "fits"),
    [
        ((), ("220104004",), True),
        (("220104",), ("220104004001",), True),
        (("220104004001",), ("220104",), False),
        (("220103", "cc-xinqu"), ("cc-xinqu",), True),
        (("cc",), ("cc-xinqu",), False),
        (("220103",), ("220104004", "220103001"), True),
        (("220103",), (), True),
    ],
)
def test_a_service_area_is_a_set_of_places(areas: tuple[str, ...], places: tuple[str, ...], fits: bool):
    fact = OfferingFact(offering_id=OFFERING, service_codes=("goods",), areas=areas)
    assert (offering.why_not(fact, ("goods",), places) == ()) is fits


# --- agreements -----------------------------------------------------------------------------------------------------

PARTIES = ("community:220104004001", f"university:{UUID(int=51)}")
SIGN = public.SignAgreement(parties=PARTIES, purpose_codes=("five-society-governance",))
SIGNED = public.CooperationAgreementSigned(parties=PARTIES, purpose_codes=("five-society-governance",))


def test_an_agreement_whose_day_nobody_knows_is_one():
    agreements.given().when(SIGN).then(SIGNED)
    agreements.given(SIGNED).when(SIGN).then_nothing()


def test_nobody_agrees_with_himself():
    agreements.given().when(replace(SIGN, parties=(PARTIES[0], PARTIES[0]))).then_refused("parties-alike")


def test_an_agreement_ends_once():
    ended = public.CooperationAgreementEnded(parties=PARTIES, reason_code="expired")
    end = public.EndAgreement(reason_code="expired")
    agreements.given(SIGNED).when(end).then(ended)
    agreements.given(SIGNED, ended).when(end).then_nothing()
