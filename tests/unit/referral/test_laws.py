"""The laws of deciders, on histories of this service's commands that hypothesis makes up."""

from uuid import UUID

from hypothesis import strategies as st

from services.contracts import referral as public
from services.kernel.decider import members
from services.referral.domain import agreement, grant, in_kind, offering, organization, referral
from services.referral.domain.facts import ConsentFact, Known, MatterFact, OfferingFact, OrganizationFact
from tests.support.laws import check_laws

IDS = [UUID(int=n) for n in (1, 2, 3)]
PARTIES = ("team:lotus", "worker:w-01", "community:220104004001")
POOLS = {
    "need_codes": st.sampled_from([("goods",), ("goods", "tuition")]),
    "service_codes": st.just(("goods", "tuition")),
    "legal_basis": st.sampled_from([None, None, "life-safety"]),
    "reason_code": st.sampled_from(["no-capacity", "other", "consent-withdrawn"]),
    "organization_id": st.sampled_from(IDS[:2]),
    "code": st.just("leifeng"),
    "uscc": st.none(),
}


def known(command: object) -> st.SearchStrategy[Known]:
    """Facts in which most commands find what they need."""
    asked = getattr(command, "organization_id", IDS[0])
    return st.builds(
        lambda state, party, capacity, consents, is_open: Known(
            itself=IDS[2],
            matter=MatterFact(is_open=is_open, holder="worker:w-01"),
            organization=OrganizationFact(organization_id=asked, state=state, party=party),
            offerings=(OfferingFact(offering_id=IDS[1], service_codes=("goods", "tuition"), capacity=capacity),),
            consents=consents,
        ),
        st.sampled_from(["active", "active", "active", "suspended"]),
        st.sampled_from(PARTIES),
        st.sampled_from([None, 1, 0]),
        st.lists(
            st.builds(
                ConsentFact, consent_id=st.sampled_from(IDS), granted=st.booleans(),
                receivers=st.sampled_from([PARTIES, PARTIES[:1]]), receivers_gone=st.just(PARTIES[1:]),
            ),
            max_size=2,
        ).map(tuple),
        st.sampled_from([True, True, True, False]),
    )  # fmt: skip


def test_a_referral_keeps_the_laws():
    check_laws(referral.DECIDER, *members(referral.Command), pools=POOLS, facts=known, examples=60)


def test_a_referral_that_is_offered_keeps_the_laws():
    asking = (
        public.DraftReferral,
        public.MarkReferralReady,
        public.OfferReferral,
        public.AcceptReferral,
        public.StartService,
    )
    check_laws(referral.DECIDER, *asking, pools=POOLS, facts=known, examples=40)


def test_an_organization_keeps_the_laws():
    repeatable = (public.AddOrganizationAlias, public.VerifyOrganization)
    check_laws(organization.DECIDER, *members(organization.Command), pools=POOLS, facts=known, repeatable=repeatable)


def test_an_agreement_keeps_the_laws():
    check_laws(agreement.DECIDER, *members(agreement.Command))


def test_an_offering_keeps_the_laws():
    check_laws(offering.DECIDER, *members(offering.Command), pools=POOLS, facts=known, examples=40)


def test_a_grant_keeps_the_laws():
    repeatable = (public.DisburseGrant, public.ReturnGrant)
    check_laws(grant.DECIDER, *members(grant.Command), pools=POOLS, facts=known, repeatable=repeatable)


def test_support_in_kind_keeps_the_laws():
    check_laws(in_kind.DECIDER, public.RecordInKindSupport)
