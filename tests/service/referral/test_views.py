"""What the views show of a referral, the directory and money; and what decisions look up in them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake
from services.contracts import referral as public
from services.contracts.volunteer import PairingConvened
from services.contracts.words import Handoff
from services.referral.domain import offering, organization, referral
from services.referral.domain.facts import ConsentFact, MatterFact, OfferingFact, OrganizationFact
from services.referral.lookup import FACTS
from services.referral.views import tables
from tests.service.referral.shelf import Shelf
from tests.service.referral.test_policies import APPLIED, GONE_FOR_LOTUS, GRANT, granted
from tests.unit.referral.samples import (
    CASE,
    CLOSED,
    CONFIRMED,
    CONSENT,
    DRAFT,
    DRAFTED,
    HEAD,
    LEIFENG,
    LOTUS,
    MATTER,
    OFFERING,
    ORIGIN,
    PERSON,
    READY,
    REFERRAL,
    REPORTED,
    RETURNED,
    STARTED,
    STATION,
    accepted,
    declined,
    handoff,
    offer_id,
    offered,
    partner,
    superseded,
    team,
)
from tests.unit.referral.samples import (
    referral as spec,
)

REGISTERED = public.OrganizationRegistered(
    organization_id=LEIFENG, kind="volunteer_team", party=team(LEIFENG), code="leifeng-nanguan", area="220102",
    sealed=("A" * 43,),
)  # fmt: skip
ACTIVE = (
    REGISTERED,
    public.OrganizationVerified(evidence_kind="known-locally", first=True),
    public.OrganizationActivated(),
)
PUBLISHED = public.OfferingPublished(
    organization_id=LEIFENG, service_codes=("one-to-one-support", "goods"), areas=("2201",), capacity=2
)
RECEIVED = intake.HelpRequestReceived(
    matter_id=MATTER, unit="community:220104004001", area="220104004001", came_by="unknown", reporter_kind="unknown",
    handoff=Handoff(act="taken", matter_id=MATTER, giver="unknown", takers=("community:220104004001",)),
)  # fmt: skip
OPENED = intake.CaseOpened(
    case_id=CASE, matter_id=MATTER, subject_kind="person", person_id=PERSON, owner=ORIGIN, area="220104004001",
    handoff=Handoff(act="taken", matter_id=MATTER, giver="community:220104004001", takers=(ORIGIN,)),
)  # fmt: skip


@pytest.fixture
def shelf() -> Shelf:
    """Empty views."""
    return Shelf()


def row(shelf: Shelf, *columns: str) -> tuple[Any, ...]:
    """Columns of the referral's row."""
    return tuple(shelf.one(tables.referrals, REFERRAL)[column] for column in columns)


COURSE = [
    (DRAFTED, "draft", ORIGIN),
    (READY, "ready", ORIGIN),
    (offered(), "offered", ORIGIN),
    (accepted(), "accepted", team(LEIFENG)),
    (STARTED, "in_service", team(LEIFENG)),
    (REPORTED, "outcome_reported", team(LEIFENG)),
    (CONFIRMED, "outcome_reported", team(LEIFENG)),
    (CLOSED, "closed", team(LEIFENG)),
]


def test_the_row_follows_the_referral_and_names_who_answers(shelf: Shelf):
    for event, state, holder in COURSE:
        shelf.play(REFERRAL, event)
        assert row(shelf, "state", "holder") == (state, holder), event
    assert row(shelf, "version", "outcome", "confirmed", "offers_count") == (8, "delivered", True, 1)
    assert shelf.one(tables.offers, offer_id(LEIFENG))["state"] == "closed"


def test_the_view_says_what_the_state_says(shelf: Shelf):
    broadcast = [offered(mode="broadcast"), offered(LOTUS, mode="broadcast")]
    past: list[Any] = []
    for event in [DRAFTED, READY, *broadcast, replace(declined(LOTUS), offers_left=1), declined(), offered(),
                  accepted(), RETURNED]:  # fmt: skip
        past.append(event)
        shelf.play(REFERRAL, event)
        state = spec.given(*past).state
        assert row(shelf, "state")[0] == type(state).__name__.lower(), event


def test_the_last_offer_gone_it_is_ready_again(shelf: Shelf):
    shelf.play(REFERRAL, DRAFTED, READY, offered(), declined())
    assert row(shelf, "state", "respond_by") == ("ready", None)


def test_a_quicker_one_leaves_the_other_offer_superseded(shelf: Shelf):
    both = (offered(mode="broadcast"), offered(LOTUS, mode="broadcast"))
    shelf.play(REFERRAL, DRAFTED, READY, *both, accepted(), superseded(LOTUS))
    states = {o["organization_id"]: o["state"] for o in shelf.all(tables.offers)}
    assert states == {LEIFENG: "accepted", LOTUS: "superseded"}


def test_an_exhausted_referral_is_with_the_head(shelf: Shelf):
    exhausted = public.ReferralExhausted(
        matter_id=MATTER, need_codes=("goods",), handoff=handoff("taken", ORIGIN, HEAD)
    )
    shelf.play(REFERRAL, DRAFTED, READY, exhausted)
    assert row(shelf, "state", "holder") == ("exhausted", HEAD)


# --- what decisions look up -----------------------------------------------------------------------------------------


def looked_up(shelf: Shelf, command: Any, stream: UUID = REFERRAL) -> Any:
    """The facts for a command."""
    return FACTS[type(command)](command, stream, shelf)


def test_a_matter_is_known_once_it_was_heard_of(shelf: Shelf):
    assert looked_up(shelf, DRAFT).matter is None
    shelf.hear(RECEIVED)
    assert looked_up(shelf, DRAFT).matter == MatterFact(is_open=True, holder="community:220104004001")
    shelf.hear(OPENED)
    assert looked_up(shelf, DRAFT).matter == MatterFact(is_open=True, holder=ORIGIN)
    shelf.hear(intake.CaseClosed(case_id=CASE, matter_id=MATTER, reason_code="goals-reached"))
    assert looked_up(shelf, DRAFT).matter == MatterFact(is_open=False, holder=ORIGIN)


def test_a_pair_of_units_is_a_matter_too(shelf: Shelf):
    convened = PairingConvened(
        matter_id=MATTER, convener="organization:cc-assoc", holder="community:220104004001",
        units=("community:220104004001", "university:nenu"),
        handoff=Handoff(act="taken", matter_id=MATTER, giver="unknown", takers=("community:220104004001",)),
    )  # fmt: skip
    shelf.hear(convened, "volunteer")
    assert looked_up(shelf, DRAFT).matter == MatterFact(is_open=True, holder="community:220104004001")


def test_an_offer_looks_up_the_organization_and_how_much_of_its_offering_is_taken(shelf: Shelf):
    ask = public.OfferReferral(organization_id=LEIFENG)
    assert looked_up(shelf, ask).organization is None
    shelf.play(LEIFENG, *ACTIVE)
    shelf.play(OFFERING, PUBLISHED)
    shelf.play(REFERRAL, DRAFTED, READY, offered(), accepted())
    known = looked_up(shelf, ask)
    assert known.organization == OrganizationFact(organization_id=LEIFENG, state="active", party=team(LEIFENG))
    fact = OfferingFact(
        offering_id=OFFERING, service_codes=("one-to-one-support", "goods"), areas=("2201",), capacity=2, taken=1
    )
    assert known.offerings == (fact,)
    shelf.play(REFERRAL, RETURNED)
    assert looked_up(shelf, ask).offerings == (replace(fact, taken=0),)


def test_an_answer_looks_up_the_consents_as_they_stand(shelf: Shelf):
    yes = public.AcceptReferral(organization_id=LEIFENG)
    shelf.hear(granted())
    shelf.play(REFERRAL, DRAFTED, READY, offered())
    both = ConsentFact(consent_id=CONSENT, granted=True, receivers=(team(LEIFENG), team(LOTUS)))
    assert looked_up(shelf, yes).consents == (both,)
    shelf.hear(GONE_FOR_LOTUS)
    left = replace(both, receivers=(team(LEIFENG),), receivers_gone=(team(LOTUS),))
    assert looked_up(shelf, yes).consents == (left,)
    shelf.hear(replace(GONE_FOR_LOTUS, receivers_left=()))
    assert not looked_up(shelf, yes).consents[0].granted


def test_a_consent_to_something_else_names_no_receiver(shelf: Shelf):
    shelf.hear(replace(granted(), purposes=("casework",)))
    shelf.play(REFERRAL, DRAFTED, READY, offered())
    (consent,) = looked_up(shelf, public.AcceptReferral(organization_id=LEIFENG)).consents
    assert consent == ConsentFact(consent_id=CONSENT, granted=True)


# --- the directory and money ----------------------------------------------------------------------------------------


def test_the_directory_shows_an_organization_and_where_its_names_lie(shelf: Shelf):
    shelf.play(LEIFENG, *ACTIVE, public.OrganizationAliased(sealed=("B" * 43,)))
    shown = shelf.one(tables.organizations, LEIFENG)
    assert (shown["state"], shown["party"], shown["evidence_kind"]) == ("active", team(LEIFENG), "known-locally")
    names = [n["digest"] for n in shelf.all(tables.organization_names, organization_id=LEIFENG)]
    assert names == ["A" * 43, "B" * 43]
    shelf.play(LEIFENG, public.OrganizationVerified(evidence_kind="certificate", first=False))
    assert shelf.one(tables.organizations, LEIFENG)["state"] == "active"


def test_payments_add_up_and_unknown_ones_are_counted(shelf: Shelf):
    shelf.play(GRANT, APPLIED)
    back = Handoff(act="released", matter_id=MATTER, giver="unknown", takers=(ORIGIN,), need_id=GRANT)
    paid = public.GrantDisbursed(
        matter_id=MATTER, fund="unknown", amount_fen=120_00, payee_kind="school", final=False, handoff=None
    )
    shelf.play(GRANT, paid, replace(paid, amount_fen=None, final=True, handoff=back))
    shown = shelf.one(tables.grants, GRANT)
    assert (shown["state"], shown["paid_fen"], shown["payments"], shown["payments_unknown"]) == ("paid", 120_00, 2, 1)
    assert (shown["approved_fen"], shown["asked_fen"], shown["holder"]) == (None, None, ORIGIN)


# --- the story ------------------------------------------------------------------------------------------------------


def test_a_referral_runs_from_draft_to_closure_on_what_the_views_know(shelf: Shelf):
    shelf.hear(OPENED)
    shelf.hear(granted())
    made: dict[UUID, Any] = {}

    def do(decider: Any, stream: UUID, command: Any, **circumstances: Any) -> list[Any]:
        facts = FACTS[type(command)](command, stream, shelf) if type(command) in FACTS else None
        made[stream] = command
        return shelf.ask(decider, stream, command, facts=facts, **circumstances)

    do(organization.DECIDER, LEIFENG, public.RegisterOrganization(kind="volunteer_team", code="leifeng-nanguan"))
    do(organization.DECIDER, LEIFENG, public.VerifyOrganization(evidence_kind="known-locally"))
    do(organization.DECIDER, LEIFENG, public.ActivateOrganization())
    do(
        offering.DECIDER,
        OFFERING,
        public.PublishOffering(organization_id=LEIFENG, service_codes=("one-to-one-support",)),
    )
    do(referral.DECIDER, REFERRAL, DRAFT, actor=STATION)
    do(referral.DECIDER, REFERRAL, public.MarkReferralReady(), actor=STATION)
    do(referral.DECIDER, REFERRAL, public.OfferReferral(organization_id=LEIFENG), actor=STATION)
    yes = public.AcceptReferral(organization_id=LEIFENG)
    assert type(do(referral.DECIDER, REFERRAL, yes, actor=partner(LEIFENG))[0]) is public.ReferralAccepted
    do(referral.DECIDER, REFERRAL, public.StartService(), actor=partner(LEIFENG))
    do(referral.DECIDER, REFERRAL, public.ReportOutcome(outcome="delivered"), actor=partner(LEIFENG))
    do(referral.DECIDER, REFERRAL, public.ConfirmOutcome(client_asked=True), actor=STATION)
    assert row(shelf, "state", "outcome", "confirmed") == ("closed", "delivered", True)
    assert shelf.all(tables.deadlines) == []
