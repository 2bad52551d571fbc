"""What intake does about others' events and its own: requests follow strands, access follows consent and service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.contracts import intake as public
from services.contracts import referral, volunteer
from services.contracts.words import Handoff
from services.intake import reports
from services.intake import tables as t
from services.intake.domain import case, consent, disclosure, help_request, person, visit_plan
from services.intake.policies import TIMERS
from services.kernel.message import Actor
from tests.service.intake.desk import Desk, said
from tests.support.spec import NOON
from tests.unit.intake.stories import (
    CASE,
    COMMUNITY,
    CONSENT,
    LATER,
    OTHER,
    PERSON,
    PLAN,
    REFERRAL,
    REQUEST,
    STREET,
    TASK,
    TEAM,
    ZSL,
)

TAKEN = Handoff(act="taken", matter_id=REQUEST, need_id=REFERRAL, giver=ZSL, takers=(TEAM,))
BACK = Handoff(act="released", matter_id=REQUEST, need_id=REFERRAL, giver=TEAM, takers=(ZSL,))
READY = referral.ReferralReady(
    matter_id=REQUEST, need_id=REFERRAL, holder=ZSL, kind="referral", need_codes=("companionship",), urgency="normal"
)
ACCEPTED = referral.ReferralAccepted(
    matter_id=REQUEST,
    offer_id=OTHER,
    organization_id=OTHER,
    kind="referral",
    answered_via="api",
    remind_at=LATER,
    start_by=LATER,
    handoff=TAKEN,
)
RETURNED = referral.ReferralReturned(
    matter_id=REQUEST, offer_id=OTHER, organization_id=OTHER, reason_code="no-capacity", handoff=BACK
)
CLOSED = referral.ReferralClosed(matter_id=REQUEST, outcome="delivered", confirmed=True, offers_count=1, handoff=BACK)
TASK_OPENED = volunteer.TaskOpened(
    matter_id=REQUEST,
    kind="small-repair",
    headcount=2,
    holder=COMMUNITY,
    dispatcher="worker:w-grid",
    handoff=Handoff(act="taken", matter_id=REQUEST, need_id=TASK, giver=COMMUNITY, takers=("worker:w-grid",)),
)
TASK_VERIFIED = volunteer.TaskVerified(
    matter_id=REQUEST,
    result="done",
    by="client",
    on_site=True,
    handoff=Handoff(act="released", matter_id=REQUEST, need_id=TASK, giver="worker:w-zb", takers=(COMMUNITY,)),
)
GRANT = public.GrantConsent(
    person_id=PERSON,
    by="self",
    purposes=("casework", "referral"),
    categories=("identity", "contact"),
    method="written",
    notice_version="v1",
    receivers=(TEAM, "charity:fund"),
)


@pytest.fixture
def desk() -> Desk:
    """A registered person with a request that has been triaged."""
    desk = Desk()
    desk.asks(person.DECIDER, PERSON, public.RegisterPerson(station=STREET, age_band="adult"))
    receive = public.ReceiveHelpRequest(unit=COMMUNITY, area=STREET, person_id=PERSON)
    desk.asks(help_request.DECIDER, REQUEST, receive)
    desk.asks(help_request.DECIDER, REQUEST, public.TriageHelpRequest(urgency="normal", disposition="referral"))
    return desk


def state_of(desk: Desk) -> str:
    return str(desk.row(t.help_requests, REQUEST)["state"])


def live(desk: Desk) -> list[str]:
    return [row["receiver"] for row in desk.look.all(t.disclosures, state="live")]


def consents(desk: Desk, command: public.GrantConsent = GRANT, consent_id: UUID = CONSENT) -> None:
    desk.asks(consent.DECIDER, consent_id, command)


def opens_case(desk: Desk) -> None:
    desk.asks(case.DECIDER, CASE, public.OpenCase(person_id=PERSON, owner=ZSL, area=STREET, request_id=REQUEST))


def test_a_case_converts_its_request(desk: Desk) -> None:
    consents(desk)
    opens_case(desk)
    assert desk.row(t.help_requests, REQUEST)["case_id"] == CASE
    assert state_of(desk) == "converted"


def test_a_referral_that_is_ready_carries_the_request_and_its_confirmed_end_closes_it(desk: Desk) -> None:
    desk.hears("referral", "referral", REFERRAL, READY)
    assert state_of(desk) == "referred"
    desk.hears("referral", "referral", REFERRAL, CLOSED)
    assert state_of(desk) == "closed"
    assert desk.row(t.help_requests, REQUEST)["outcome"] == "resolved"


@pytest.mark.parametrize(
    "ending",
    [
        replace(CLOSED, confirmed=False, unconfirmed_reason="unreachable"),
        replace(CLOSED, outcome="not_delivered"),
        referral.ReferralCancelled(matter_id=REQUEST, need_id=REFERRAL, reason_code="other"),
        referral.ReferralWithdrawn(matter_id=REQUEST, need_id=REFERRAL, by="client", reason_code="other"),
    ],
)
def test_any_other_end_of_a_referral_leaves_the_request_to_be_decided_anew(desk: Desk, ending: Any) -> None:
    desk.hears("referral", "referral", REFERRAL, READY)
    desk.hears("referral", "referral", REFERRAL, ending)
    assert state_of(desk) == "triaged"


def test_asking_another_community_for_advice_leaves_the_request_where_it_is(desk: Desk) -> None:
    assert desk.hears("referral", "referral", REFERRAL, replace(READY, kind="consult")) == []
    assert desk.hears("referral", "referral", REFERRAL, replace(ACCEPTED, kind="consult")) == []
    assert state_of(desk) == "triaged"


def test_a_task_carries_the_request_and_a_verified_result_closes_it_back_at_the_unit(desk: Desk) -> None:
    desk.hears("volunteer", "task", TASK, TASK_OPENED)
    assert state_of(desk) == "in_service"
    desk.hears("volunteer", "task", TASK, TASK_VERIFIED)
    (closed,) = desk.events(public.HelpRequestClosed)
    assert (closed.outcome, closed.confirmed_by) == ("resolved", "client")


def test_a_task_without_a_result_or_called_off_leaves_the_request_open(desk: Desk) -> None:
    for ending in (
        replace(TASK_VERIFIED, result="not_done"),
        volunteer.TaskCancelled(matter_id=REQUEST, by="client", reason_code="other", handoff=TASK_VERIFIED.handoff),
    ):
        desk.hears("volunteer", "task", TASK, TASK_OPENED)
        desk.hears("volunteer", "task", TASK, ending)
        assert state_of(desk) == "triaged"


def test_a_task_that_serves_a_referral_is_the_referrals_own(desk: Desk) -> None:
    assert desk.hears("volunteer", "task", TASK, replace(TASK_OPENED, referral_id=REFERRAL)) == []


def test_what_belongs_to_no_request_of_ours_is_passed_over(desk: Desk) -> None:
    assert desk.hears("volunteer", "task", TASK, replace(TASK_OPENED, matter_id=OTHER)) == []
    assert desk.hears("volunteer", "task", TASK, replace(TASK_VERIFIED, matter_id=OTHER)) == []
    assert desk.hears("audit", "ledger", OTHER, TASK_VERIFIED) == []


def test_who_accepts_gets_the_identity_that_a_consent_opens_to_him(desk: Desk) -> None:
    consents(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    (disclosed,) = desk.events(public.IdentityDisclosed)
    assert (disclosed.receiver, disclosed.person_id, disclosed.need_id) == (TEAM, PERSON, REFERRAL)
    assert disclosed.categories == ("identity", "contact")


def test_who_accepts_without_a_consent_gets_nothing_and_that_is_on_record(desk: Desk) -> None:
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    (refused,) = desk.events(public.IdentityDisclosureRefused)
    assert (refused.receiver, refused.reason_code) == (TEAM, "no-consent")
    assert live(desk) == []


def test_a_consent_withdrawn_between_acceptance_and_disclosure_has_the_last_word(desk: Desk) -> None:
    consents(desk)
    desk.asks(consent.DECIDER, CONSENT, public.WithdrawConsent())
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    assert desk.events(public.IdentityDisclosed) == []


def test_a_consent_that_comes_late_opens_what_the_acceptance_could_not(desk: Desk) -> None:
    desk.hears("referral", "referral", REFERRAL, READY)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    consents(desk, replace(GRANT, purposes=("casework",)))
    assert live(desk) == []
    consents(desk, consent_id=OTHER)
    assert live(desk) == [TEAM]
    consents(desk, consent_id=UUID(int=77))
    assert live(desk) == [TEAM]


def test_a_message_heard_again_discloses_nothing_twice(desk: Desk) -> None:
    consents(desk)
    (first,) = desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    (again,) = desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    assert first.stream_id == again.stream_id
    assert live(desk) == [TEAM]


@pytest.mark.parametrize(
    ("ending", "reason"),
    [
        (RETURNED, "returned"),
        (CLOSED, "service-ended"),
        (referral.ReferralWithdrawn(matter_id=REQUEST, need_id=REFERRAL, by="client", reason_code="other"),
         "consent-withdrawn"),
        (referral.ReferralCancelled(matter_id=REQUEST, need_id=REFERRAL, reason_code="other"), "service-ended"),
    ],
)  # fmt: skip
def test_access_ends_with_the_service(desk: Desk, ending: Any, reason: str) -> None:
    consents(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    desk.hears("referral", "referral", REFERRAL, ending)
    assert live(desk) == []
    assert [event.reason_code for event in desk.events(public.IdentityAccessRevoked)] == [reason]


def test_a_withdrawal_revokes_at_once(desk: Desk) -> None:
    consents(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    desk.asks(consent.DECIDER, CONSENT, public.WithdrawConsent())
    assert live(desk) == []
    assert [event.reason_code for event in desk.events(public.IdentityAccessRevoked)] == ["consent-withdrawn"]


def test_withdrawing_from_one_receiver_leaves_the_others_alive(desk: Desk) -> None:
    consents(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    by_hand = public.DiscloseIdentity(person_id=PERSON, receiver="charity:fund", purpose="referral")
    desk.asks(disclosure.DECIDER, OTHER, by_hand)
    desk.asks(consent.DECIDER, CONSENT, public.WithdrawConsent(scope="receiver", receivers=(TEAM,)))
    assert live(desk) == ["charity:fund"]


def test_a_consent_that_is_superseded_or_over_ends_what_stood_on_it(desk: Desk) -> None:
    consents(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    consents(desk, replace(GRANT, receivers=("charity:fund",)), OTHER)
    desk.asks(consent.DECIDER, CONSENT, public.SupersedeConsent(by_consent_id=OTHER))
    assert live(desk) == []


def test_who_is_named_by_another_consent_in_force_goes_on_on_that_one(desk: Desk) -> None:
    """INV-5: by the later consent that stands in the place of the first; nobody else, and each on record anew."""
    consents(desk, replace(GRANT, valid_until=LATER))
    consents(desk, replace(GRANT, receivers=(TEAM,), categories=("identity",)), OTHER)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    by_hand = public.DiscloseIdentity(person_id=PERSON, receiver="charity:fund", purpose="referral")
    desk.asks(disclosure.DECIDER, TASK, by_hand)
    desk.asks(consent.DECIDER, CONSENT, public.SupersedeConsent(by_consent_id=OTHER))
    assert live(desk) == [TEAM]
    first, _, again = desk.events(public.IdentityDisclosed)
    assert (first.consent_id, again.consent_id, again.need_id) == (CONSENT, OTHER, REFERRAL)
    assert again.categories == ("identity",), "what the later one names, and no more"
    desk.asks(consent.DECIDER, OTHER, public.WithdrawConsent())
    assert live(desk) == []


def test_a_pairing_that_ends_takes_its_access_along(desk: Desk) -> None:
    consents(desk, replace(GRANT, receivers=("volunteer:student",)))
    by_hand = public.DiscloseIdentity(person_id=PERSON, receiver="volunteer:student", purpose="referral", need_id=TASK)
    desk.asks(disclosure.DECIDER, OTHER, by_hand)
    ended = volunteer.PairingEnded(
        matter_id=REQUEST,
        kind="school_community",
        result="fulfilled",
        parties=("volunteer:student",),
        handoff=Handoff(
            act="returned", matter_id=REQUEST, need_id=TASK, giver="volunteer:student", takers=(COMMUNITY,)
        ),
    )
    desk.hears("volunteer", "pairing", TASK, ended)
    assert live(desk) == []


def test_an_accepted_transfer_takes_the_case_and_a_referral_never_does(desk: Desk) -> None:
    consents(desk)
    opens_case(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    assert desk.row(t.cases, CASE)["owner"] == ZSL
    desk.hears("referral", "referral", OTHER, replace(ACCEPTED, kind="transfer"))
    assert desk.row(t.cases, CASE)["owner"] == TEAM
    assert desk.row(t.cases, CASE)["state"] == "transferred"


BACK = Handoff(act="returned", matter_id=REQUEST, need_id=OTHER, giver=TEAM, takers=(ZSL,))
GIVEN_BACK = referral.ReferralReturned(
    matter_id=REQUEST, offer_id=UUID(int=1), organization_id=UUID(int=2), reason_code="no-capacity", handoff=BACK
)


def test_a_transferred_case_comes_back_with_its_transfer_and_with_no_other_referral(desk: Desk) -> None:
    """INV-1: who has given it back does not answer for it any longer."""
    consents(desk)
    opens_case(desk)
    desk.hears("referral", "referral", OTHER, replace(ACCEPTED, kind="transfer"))
    desk.hears("referral", "referral", REFERRAL, replace(GIVEN_BACK, handoff=replace(BACK, need_id=REFERRAL)))
    assert desk.row(t.cases, CASE)["state"] == "transferred"
    desk.hears("referral", "referral", OTHER, GIVEN_BACK)
    assert (desk.row(t.cases, CASE)["state"], desk.row(t.cases, CASE)["owner"]) == ("opened", ZSL)
    (reopened,) = desk.events(public.CaseReopened)
    assert (reopened.handoff.giver, reopened.reason_code) == (TEAM, "transfer-returned")


def test_a_case_does_not_close_over_an_open_strand(desk: Desk) -> None:
    consents(desk)
    opens_case(desk)
    desk.hears("referral", "referral", REFERRAL, READY)
    early = public.CloseCase(reason_code="goals-reached", early_reason="other")
    with pytest.raises(Exception, match="strands-open"):
        desk.asks(case.DECIDER, CASE, early)
    desk.hears("referral", "referral", REFERRAL, CLOSED)
    desk.asks(case.DECIDER, CASE, early)
    assert desk.row(t.cases, CASE)["state"] == "closed"


def test_death_closes_cases_ends_visits_and_all_access(desk: Desk) -> None:
    consents(desk)
    opens_case(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    visits = public.SetVisitPlan(
        person_id=PERSON, cadence="daily", visitor="worker:w-zyh", unit=COMMUNITY, area=STREET, basis="seen"
    )
    desk.asks(visit_plan.DECIDER, PLAN, visits)
    desk.asks(person.DECIDER, PERSON, public.RecordDeath(evidence_kind="document"))
    assert desk.row(t.cases, CASE)["close_reason"] == "deceased"
    assert desk.row(t.visit_plans, PLAN)["state"] == "ended"
    assert live(desk) == []


def test_clocks_end_consents_and_access_in_their_time(desk: Desk) -> None:
    until = NOON + timedelta(days=10)
    consents(desk, replace(GRANT, valid_until=until))
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    desk.reacts = False
    for timer in [timer for timer in TIMERS if timer.table in (t.consents, t.disclosures)]:
        (row,) = [row for row in desk.look.all(timer.table) if row[timer.due] is not None]
        assert row[timer.due] == until
        do = timer.command(row)
        desk.asks(do.decider, do.stream_id, do.command, now=until + timedelta(seconds=1))
        assert not [row for row in desk.look.all(timer.table) if row[timer.due] is not None]
    assert live(desk) == []
    assert desk.row(t.consents, CONSENT)["state"] == "expired"


def test_the_clock_of_a_request_rings_twice_and_shows_it_as_overdue(desk: Desk) -> None:
    """INV-14"""
    received = public.ReceiveHelpRequest(unit=COMMUNITY, area="220104004001", urgency="emergency")
    desk.asks(help_request.DECIDER, OTHER, received)
    for timer in [timer for timer in TIMERS if timer.table is t.help_requests]:
        row = desk.row(t.help_requests, OTHER)
        do = timer.command(row)
        desk.asks(do.decider, do.stream_id, do.command, now=row[timer.due])
        assert desk.row(t.help_requests, OTHER)[timer.due] is None
    assert (desk.row(t.help_requests, OTHER)["overdue"], desk.row(t.help_requests, OTHER)["state"]) == (
        True,
        "received",
    )
    triaged = public.TriageHelpRequest(urgency="emergency", disposition="dispatch", emergency_contact="on-site")
    desk.asks(help_request.DECIDER, OTHER, triaged)
    assert desk.row(t.help_requests, OTHER)["overdue"] is False


def test_who_is_still_to_be_told_stands_on_the_worklist_until_told(desk: Desk) -> None:
    """PIPL 18: what was done without asking is a debt of the station that keeps the person."""
    head, far = Actor(id="w-1", role="station_head", org=STREET), Actor(id="w-2", role="station_head", org="220105002")
    by = NOON.date() + timedelta(days=3)
    invoke = public.InvokeLegalBasis(
        basis_code="life-safety", reason_code="emergency", approver="w-02", notify_later_by=by
    )
    desk.asks(person.DECIDER, PERSON, invoke)

    def owed(who: Actor) -> list[tuple[UUID, str]]:
        return [(row["person_id"], row["basis_code"]) for row in reports.worklist(desk.look, "", who)["notices_due"]]

    assert (owed(head), owed(far)) == ([(PERSON, "life-safety")], [])
    desk.asks(person.DECIDER, PERSON, public.NotifyLater(basis_code="life-safety", method="written"))
    assert owed(head) == []
    assert desk.row(t.legal_bases, PERSON, "life-safety")["told_to"] == "self"


def test_the_views_can_be_folded_anew_from_the_log(desk: Desk) -> None:
    consents(desk)
    opens_case(desk)
    desk.hears("referral", "referral", REFERRAL, ACCEPTED)
    desk.asks(consent.DECIDER, CONSENT, public.WithdrawConsent())
    again = desk.folded_anew()
    for table in t.METADATA.sorted_tables:
        if table is not t.strands:
            assert again.look.all(table) == desk.look.all(table), table.name


def test_messages_of_unknown_kinds_are_nothing_to_intake(desk: Desk) -> None:
    unknown = said(TASK_OPENED, f"task/{TASK}", 1, 1, publisher="referral")
    assert desk.hears("referral", "task", TASK, unknown.event) == []
