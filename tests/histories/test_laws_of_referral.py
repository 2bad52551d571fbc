"""The laws of deciders, on histories of this service's commands that hypothesis makes up."""

from uuid import UUID

from hypothesis import strategies as st

from services.contracts import referral as public
from services.kernel.decider import members
from services.referral.domain import (
    agreement,
    code_table,
    grant,
    in_kind,
    mailing,
    offering,
    organization,
    project,
    referral,
    staff,
    station,
    training,
)
from services.referral.domain.facts import ConsentFact, Known, MatterFact, OfferingFact, OrganizationFact, Whom
from services.referral.domain.staffing import Staffing, StationFact
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
    repeatable = (public.ContactPerson,)
    check_laws(
        referral.DECIDER, *members(referral.Command), pools=POOLS, facts=known, examples=60, repeatable=repeatable
    )


def willing(command: object) -> st.SearchStrategy[Known]:
    """Facts in which everybody may be asked and may accept; the one who is asked, and two in turn."""
    asked = getattr(command, "organization_id", IDS[0])
    offers = (OfferingFact(offering_id=IDS[1], service_codes=("goods", "tuition")),)
    organizations = [OrganizationFact(organization_id=each, state="active", party="team:lotus") for each in IDS[:2]]
    return st.just(
        Known(
            itself=IDS[2],
            matter=MatterFact(is_open=True, holder="worker:w-01"),
            organization=OrganizationFact(organization_id=asked, state="active", party="team:lotus"),
            offerings=offers,
            consents=tuple(ConsentFact(consent_id=each, granted=True, receivers=PARTIES) for each in IDS),
            in_turn=tuple(Whom(organization=each, offerings=offers) for each in organizations),
        )
    )


def test_a_referral_that_is_offered_keeps_the_laws():
    asking = (
        public.DraftReferral,
        public.MarkReferralReady,
        public.OfferReferral,
        public.PlanSequence,
        public.AskNext,
        public.DeclineOffer,
        public.AcceptReferral,
        public.StartService,
    )
    pools = POOLS | {
        "mode": st.just("broadcast"),
        "organization_ids": st.sampled_from([tuple(IDS[:2]), (IDS[1], IDS[0])]),
    }
    check_laws(referral.DECIDER, *asking, pools=pools, facts=willing, examples=40)


def test_an_organization_keeps_the_laws():
    repeatable = (public.AddOrganizationAlias, public.VerifyOrganization)
    check_laws(organization.DECIDER, *members(organization.Command), pools=POOLS, facts=known, repeatable=repeatable)


def test_an_organization_that_is_told_by_mail_keeps_the_laws():
    check_laws(mailing.DECIDER, *members(mailing.Command), facts=known, repeatable=(public.ChooseMail,))


def test_an_agreement_keeps_the_laws():
    check_laws(agreement.DECIDER, *members(agreement.Command))


def test_an_offering_keeps_the_laws():
    check_laws(offering.DECIDER, *members(offering.Command), pools=POOLS, facts=known, examples=40)


def test_a_grant_keeps_the_laws():
    repeatable = (public.DisburseGrant, public.ReturnGrant)
    check_laws(grant.DECIDER, *members(grant.Command), pools=POOLS, facts=known, repeatable=repeatable)


def test_support_in_kind_keeps_the_laws():
    check_laws(in_kind.DECIDER, public.RecordInKindSupport)


def staffing(command: object) -> st.SearchStrategy[Staffing]:
    """A directory in which most commands find what they need."""
    return st.builds(
        lambda station, held, matters: Staffing(
            itself=IDS[2], station=station, held=held, matters=matters, staff=frozenset(IDS)
        ),
        st.sampled_from([None, StationFact(station_id=IDS[1], kind="station", state="open")]),
        st.sampled_from([0, 0, 1]),
        st.sampled_from([0, 0, 2]),
    )


STAFFING = {
    "places": st.sampled_from([(), (public.ServedPlace(code="220104004", edition="nbs-2023"),)]),
    "role": st.sampled_from(["grid_worker", "station_head"]),
    "level": st.just("assistant"),
    "reason_code": st.sampled_from(["other", "resigned", "merged"]),
    "left_open_reason": st.sampled_from([None, "ill"]),
    "kind": st.sampled_from(["micro-class", "monthly"]),
    "group_codes": st.just(("youth-b1",)),
    "code": st.just("w-07"),
}


def test_a_code_table_keeps_the_laws():
    check_laws(code_table.DECIDER, public.AdoptEdition, facts=lambda command: st.just(IDS[2]))


def test_a_station_keeps_the_laws():
    pools = {name: values for name, values in STAFFING.items() if name != "kind"}
    check_laws(station.DECIDER, *members(station.Command), pools=pools, facts=staffing)


def test_a_worker_keeps_the_laws():
    pools = STAFFING | {"why": st.sampled_from(["contact", "audit"])}
    again = (public.ReadStaffIdentity,)
    check_laws(staff.DECIDER, *members(staff.Command), pools=pools, facts=staffing, repeatable=again)


def test_a_training_session_keeps_the_laws():
    check_laws(training.DECIDER, *members(training.Command), pools=STAFFING, facts=staffing)


def test_a_project_keeps_the_laws():
    pools = {name: values for name, values in STAFFING.items() if name != "level"}
    check_laws(project.DECIDER, *members(project.Command), pools=pools, facts=staffing)
