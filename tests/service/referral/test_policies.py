"""What this service does when a consent ends, a person dies, a case changes hands, an organization is suspended."""

from dataclasses import replace
from uuid import UUID

import pytest

from services.contracts import intake
from services.contracts import referral as public
from services.contracts.words import Handoff
from services.kernel.manifest import Do
from services.referral.domain import grant, offering, project, referral
from services.referral.lookup import FACTS, of_answer
from services.referral.policies import when_due, when_owed, whenever
from services.referral.views import deadlines as clocks
from services.referral.views.tables import clocks as clocks_table
from services.referral.views.tables import deadlines, grants
from tests.service.referral.shelf import Shelf
from tests.support.spec import NOON
from tests.unit.referral.samples import (
    ACT,
    CASE,
    CONSENT,
    DRAFTED,
    LEIFENG,
    LOTUS,
    MATTER,
    OF_THE_OFFER,
    OFFERING,
    ORIGIN,
    PERSON,
    READY,
    REFERRAL,
    REPLY_BY,
    REPLY_HALF,
    REPORTED,
    START_BY,
    START_HALF,
    STARTED,
    accepted,
    offer_id,
    offered,
    superseded,
    team,
)
from tests.unit.referral.test_grant import APPROVED as GRANT_APPROVED
from tests.unit.referral.test_grant import PAID as GRANT_PAID
from tests.unit.referral.test_training_and_projects import OWED, PROJECT, REPORT, SUBMITTED
from tests.unit.referral.test_training_and_projects import STARTED as STARTED_PROJECT

OTHER_CONSENT, GRANT = UUID(int=15), UUID(int=41)
BROADCAST = (DRAFTED, READY, offered(mode="broadcast"), offered(LOTUS, mode="broadcast"))
TAKEN = (*BROADCAST, accepted(), superseded(LOTUS))


def granted(consent_id: UUID = CONSENT, *receivers: str) -> intake.ConsentGranted:
    """The person said yes to these receivers."""
    return intake.ConsentGranted(
        consent_id=consent_id, person_id=PERSON, by="self", purposes=("referral",), categories=("identity",),
        receivers=receivers or (team(LEIFENG), team(LOTUS)), sensitive=False, method="oral", notice_version="n1",
        valid_from=NOON,
    )  # fmt: skip


GONE = intake.ConsentWithdrawn(consent_id=CONSENT, person_id=PERSON, by="self", scope="all")
GONE_FOR_LOTUS = replace(
    GONE, scope="receiver", receivers=(team(LOTUS),), receivers_left=(team(LEIFENG),), categories_left=("identity",)
)
STOP = Do(referral.DECIDER, REFERRAL, public.WithdrawReferral(by="client", reason_code="consent-withdrawn"))


@pytest.fixture
def shelf() -> Shelf:
    """Views in which the consent has been heard of."""
    made = Shelf()
    made.hear(granted())
    return made


def follows(shelf: Shelf, event: object) -> list[Do]:
    """What the policies make of another service's event."""
    return whenever(shelf.recorded(UUID(int=99), event, "intake"), shelf)


@pytest.mark.parametrize("past", [(DRAFTED,), (DRAFTED, READY), BROADCAST, TAKEN, (*TAKEN, STARTED)])
def test_a_withdrawn_consent_stops_the_referral(shelf: Shelf, past: tuple[object, ...]):
    shelf.play(REFERRAL, *past)
    assert follows(shelf, GONE) == [STOP]


def test_withdrawn_for_one_receiver_takes_back_its_offer_alone(shelf: Shelf):
    shelf.play(REFERRAL, *BROADCAST)
    back = public.WithdrawOffer(organization_id=LOTUS, reason_code="consent-withdrawn")
    assert follows(shelf, GONE_FOR_LOTUS) == [Do(referral.DECIDER, REFERRAL, back)]


def test_withdrawn_for_one_receiver_leaves_what_another_holds(shelf: Shelf):
    shelf.play(REFERRAL, *TAKEN)
    assert follows(shelf, GONE_FOR_LOTUS) == []


def test_withdrawn_for_the_receiver_that_holds_it_stops_it(shelf: Shelf):
    shelf.play(REFERRAL, *TAKEN)
    lost = replace(GONE_FOR_LOTUS, receivers=(team(LEIFENG),), receivers_left=(team(LOTUS),))
    assert follows(shelf, lost) == [STOP]


def test_another_consent_that_names_the_receiver_carries_on(shelf: Shelf):
    shelf.hear(granted(OTHER_CONSENT, team(LEIFENG)))
    shelf.play(REFERRAL, *TAKEN)
    assert follows(shelf, GONE) == []


def test_what_stands_on_a_legal_basis_goes_on(shelf: Shelf):
    shelf.play(REFERRAL, DRAFTED, replace(READY, consent_id=None, legal_basis="life-safety"), offered())
    assert follows(shelf, GONE) == []


def test_an_expired_consent_ends_what_stood_on_it(shelf: Shelf):
    shelf.play(REFERRAL, *BROADCAST)
    over = public.WithdrawReferral(by="client", reason_code="consent-over")
    event = intake.ConsentExpired(consent_id=CONSENT, person_id=PERSON)
    assert follows(shelf, event) == [Do(referral.DECIDER, REFERRAL, over)]


def test_when_the_person_has_died_offers_end_for_a_neutral_reason_and_money_lapses(shelf: Shelf):
    shelf.play(REFERRAL, *BROADCAST)
    shelf.play(GRANT, APPLIED)
    event = intake.PersonDied(person_id=PERSON, evidence_kind="certificate")
    assert follows(shelf, event) == [
        Do(referral.DECIDER, REFERRAL, public.WithdrawReferral(by="station", reason_code="no-longer-needed")),
        Do(grant.DECIDER, GRANT, public.LapseGrant(reason_code="no-longer-needed")),
    ]


def test_what_was_paid_and_not_used_is_asked_back_and_no_more_when_the_report_was_wrong(shelf: Shelf):
    """H6: the giver is asked nothing about why."""
    paid = public.GrantDisbursed(
        matter_id=MATTER,
        case_id=CASE,
        fund="unknown",
        amount_fen=200_00,
        payee_kind="school",
        final=False,
        handoff=None,
    )
    shelf.play(GRANT, APPLIED, paid)
    died = intake.PersonDied(person_id=PERSON, evidence_kind="certificate")
    back, lapse = (
        public.AskGrantReturn(reason_code="no-longer-needed"),
        public.LapseGrant(reason_code="no-longer-needed"),
    )
    assert follows(shelf, died) == [Do(grant.DECIDER, GRANT, back), Do(grant.DECIDER, GRANT, lapse)]
    by_case = intake.CaseClosed(case_id=CASE, matter_id=MATTER, reason_code="deceased")
    assert follows(shelf, by_case) == follows(shelf, died)
    asked = public.GrantReturnAsked(matter_id=MATTER, case_id=CASE, amount_fen=200_00, reason_code="no-longer-needed")
    shelf.play(GRANT, asked)
    lives = intake.DeathCorrected(person_id=PERSON, reason_code="typing-error", approver="w-02")
    waive = public.WaiveGrantReturn(reason_code="report-corrected")
    assert follows(shelf, lives) == [Do(grant.DECIDER, GRANT, waive)]
    shelf.play(GRANT, public.GrantReturnWaived(matter_id=MATTER, case_id=CASE, reason_code="report-corrected"))
    assert follows(shelf, lives) == []


SURVIVOR = UUID(int=71)
MERGED = intake.PersonsMerged(survivor_id=SURVIVOR, merged_id=PERSON, basis="documents", approver="w-02")
UNMERGED = intake.PersonsUnmerged(survivor_id=SURVIVOR, merged_id=PERSON, basis="mistake", approver="w-02")


def test_money_for_two_records_of_one_person_overlaps_once_they_are_merged(shelf: Shelf):
    """INV-39: nothing moves; what was paid under each record is held against the other's from then on."""
    other = UUID(int=44)
    theirs = replace(APPLIED, person_id=SURVIVOR, handoff=replace(APPLIED.handoff, need_id=other))
    paid = public.GrantDisbursed(
        matter_id=MATTER, fund="charity:lotus", amount_fen=200_00, payee_kind="family", final=True, handoff=None
    )
    shelf.play(GRANT, APPLIED, paid)
    shelf.play(other, theirs, replace(paid, fund="charity:harbor"))
    look = public.HintOverlap()
    assert FACTS[public.HintOverlap](look, GRANT, shelf).payments == ()
    todo = follows(shelf, MERGED)
    assert todo == [Do(grant.DECIDER, other, look), Do(grant.DECIDER, GRANT, look)]
    shelf.hear(MERGED)
    assert [p.fund for p in FACTS[public.HintOverlap](look, GRANT, shelf).payments] == ["unknown"]
    shelf.hear(UNMERGED)
    assert FACTS[public.HintOverlap](look, GRANT, shelf).payments == ()


def test_a_need_keeps_the_record_it_was_asked_for_and_hears_of_the_survivors_death(shelf: Shelf):
    """INV-39: a merger moves nothing; what is said of one record is of the human being, as long as they are merged."""
    shelf.play(REFERRAL, *BROADCAST)
    died = intake.PersonDied(person_id=SURVIVOR, evidence_kind="certificate")
    assert follows(shelf, died) == []
    shelf.hear(MERGED)
    ended = public.WithdrawReferral(by="station", reason_code="no-longer-needed")
    assert follows(shelf, died) == [Do(referral.DECIDER, REFERRAL, ended)]
    shelf.hear(UNMERGED)
    assert follows(shelf, died) == []


def test_a_consent_of_the_survivor_carries_a_need_of_the_merged_record_until_they_are_taken_apart(shelf: Shelf):
    """A bug of others: after a merger, eligibility was read off a record that nobody kept up (hmis-warehouse 5803)."""
    shelf.hear(replace(granted(OTHER_CONSENT, team(LEIFENG)), person_id=SURVIVOR))
    shelf.play(REFERRAL, *TAKEN)
    assert follows(shelf, GONE) == [STOP]
    shelf.hear(MERGED)
    assert follows(shelf, GONE) == []
    found = of_answer(public.AcceptReferral(organization_id=LEIFENG), REFERRAL, shelf)
    assert {consent.consent_id for consent in found.consents} == {CONSENT, OTHER_CONSENT}
    shelf.hear(UNMERGED)
    assert follows(shelf, GONE) == [STOP]


def test_what_stood_for_one_on_the_consent_of_the_other_ends_when_they_are_two_after_all(shelf: Shelf):
    """INV-5"""
    shelf.hear(MERGED)
    shelf.hear(replace(granted(CONSENT, team(LEIFENG)), person_id=SURVIVOR))
    shelf.play(REFERRAL, *TAKEN)
    ended = public.WithdrawReferral(by="station", reason_code="consent-over")
    assert follows(shelf, UNMERGED) == [Do(referral.DECIDER, REFERRAL, ended)]
    shelf.hear(replace(granted(OTHER_CONSENT, team(LEIFENG)), person_id=PERSON))
    assert follows(shelf, UNMERGED) == []


APPLIED = public.GrantApplied(
    matter_id=MATTER, case_id=CASE, person_id=PERSON, applicant=ORIGIN, holder=ORIGIN, applied_by="w-zsl", fund="unknown",
    purpose_code="economic-hardship",
    handoff=Handoff(act="offered", matter_id=MATTER, giver=ORIGIN, takers=("unknown",), need_id=GRANT),
)  # fmt: skip


def test_a_case_taken_over_takes_its_referrals_along(shelf: Shelf):
    shelf.play(REFERRAL, *TAKEN)
    event = intake.CaseTakenOver(
        case_id=CASE, matter_id=MATTER, owner="worker:w-new", reason_code="worker-left",
        handoff=Handoff(act="taken", matter_id=MATTER, giver=ORIGIN, takers=("worker:w-new",)),
    )  # fmt: skip
    change = public.ChangeReferralOrigin(origin="worker:w-new")
    assert follows(shelf, event) == [Do(referral.DECIDER, REFERRAL, change)]


def test_a_closed_case_ends_what_nobody_has_taken(shelf: Shelf):
    event = intake.CaseClosed(case_id=CASE, matter_id=MATTER, reason_code="goals-reached")
    shelf.play(REFERRAL, *BROADCAST)
    cancel = public.CancelReferral(reason_code="matter-closed")
    assert follows(shelf, event) == [Do(referral.DECIDER, REFERRAL, cancel)]
    shelf.play(REFERRAL, accepted(), superseded(LOTUS))
    assert follows(shelf, event) == []


def test_a_suspended_organization_is_asked_nothing_more(shelf: Shelf):
    shelf.play(REFERRAL, *BROADCAST)
    message = shelf.recorded(LEIFENG, public.OrganizationSuspended(reason_code="inspection"))
    back = public.WithdrawOffer(organization_id=LEIFENG, reason_code="organization-suspended")
    assert whenever(message, shelf) == [Do(referral.DECIDER, REFERRAL, back)]


def test_what_a_suspended_giver_has_not_paid_lapses_and_what_it_paid_stays(shelf: Shelf):
    """INV-43: nobody waits for money of one who may not act; what was paid was given."""
    paid = UUID(int=43)
    shelf.play(GRANT, APPLIED, GRANT_APPROVED)
    shelf.play(paid, APPLIED, GRANT_APPROVED, replace(GRANT_PAID, fund=GRANT_APPROVED.fund))
    event = public.OrganizationSuspended(reason_code="inspection", party=GRANT_APPROVED.fund)
    lapse = public.LapseGrant(reason_code="organization-suspended")
    assert whenever(shelf.recorded(LEIFENG, event), shelf) == [Do(grant.DECIDER, GRANT, lapse)]


def test_what_it_reported_is_the_origins_to_judge_and_comes_back_with_a_dispute(shelf: Shelf):
    """INV-43: an outcome is confirmed or disputed as ever; but nobody who may not act reports anew."""
    shelf.play(REFERRAL, *TAKEN, STARTED, REPORTED)
    disputed = public.OutcomeDisputed(**OF_THE_OFFER, reason_code="client-wish")
    shelf.play(LEIFENG, public.OrganizationActivated())
    assert whenever(shelf.recorded(REFERRAL, disputed), shelf) == []
    suspended = public.OrganizationSuspended(reason_code="inspection", party=team(LEIFENG))
    assert whenever(shelf.recorded(LEIFENG, suspended), shelf) == []
    shelf.play(LEIFENG, suspended)
    back = public.ReturnReferral(reason_code="organization-suspended")
    assert whenever(shelf.recorded(REFERRAL, disputed), shelf) == [Do(referral.DECIDER, REFERRAL, back)]


def test_what_a_retired_organization_holds_comes_back_and_its_offerings_end(shelf: Shelf):
    shelf.play(OFFERING, public.OfferingPublished(organization_id=LEIFENG, service_codes=("goods",)))
    shelf.play(REFERRAL, *TAKEN, STARTED)
    message = shelf.recorded(LEIFENG, public.OrganizationRetired(reason_code="dissolved"))
    assert whenever(message, shelf) == [
        Do(referral.DECIDER, REFERRAL, public.ReturnReferral(reason_code="organization-retired")),
        Do(offering.DECIDER, OFFERING, public.WithdrawOffering(reason_code="organization-retired")),
    ]


def test_what_does_not_concern_it_leads_to_nothing(shelf: Shelf):
    shelf.play(REFERRAL, *TAKEN)
    assert follows(shelf, intake.PersonMoved(person_id=PERSON)) == []
    assert whenever(replace(shelf.recorded(MATTER, GONE), event=None), shelf) == []


# --- clocks ---------------------------------------------------------------------------------------------------------


def clocks_of(shelf: Shelf) -> dict[tuple[UUID, str], object]:
    """The clocks that run, and when they are due."""
    return {(row["subject_id"], row["kind"]): row["due"].replace(tzinfo=None) for row in shelf.all(deadlines)}


def bare(due: object) -> object:
    """An instant as SQLite gives it back."""
    return due.replace(tzinfo=None)


def test_each_step_has_its_two_clocks(shelf: Shelf):
    shelf.play(REFERRAL, DRAFTED, READY)
    assert clocks_of(shelf) == {
        (REFERRAL, clocks.ACTION_REMINDER): bare(ACT.remind_at),
        (REFERRAL, clocks.ACTION_ESCALATION): bare(ACT.due_at),
    }
    shelf.play(REFERRAL, offered())
    assert clocks_of(shelf) == {
        (offer_id(LEIFENG), clocks.OFFER_REMINDER): bare(REPLY_HALF),
        (offer_id(LEIFENG), clocks.OFFER_EXPIRY): bare(REPLY_BY),
    }
    shelf.play(REFERRAL, accepted())
    assert clocks_of(shelf) == {
        (REFERRAL, clocks.CONTACT_REMINDER): bare(START_HALF),
        (REFERRAL, clocks.CONTACT_ESCALATION): bare(START_BY),
    }


def test_no_clock_runs_after_the_end(shelf: Shelf):
    shelf.play(REFERRAL, *TAKEN, STARTED)
    assert [kind for _, kind in clocks_of(shelf)] == [clocks.OUTCOME_CHECK]
    shelf.play(
        REFERRAL,
        public.ReferralWithdrawn(matter_id=MATTER, need_id=REFERRAL, by="client", reason_code="client-wish"),
    )
    assert clocks_of(shelf) == {}


def test_what_is_owed_beside_referrals_has_its_clocks_too(shelf: Shelf):
    shelf.play(GRANT, APPLIED, GRANT_APPROVED)
    shelf.play(PROJECT, STARTED_PROJECT, OWED)
    due = {(row["subject_id"], row["kind"]): row for row in shelf.all(clocks_table)}
    assert set(due) == {(one, f"{of}-{what}") for one, of in ((GRANT, "grant"), (REPORT, "report"))
                        for what in ("reminder", "lateness")}  # fmt: skip
    assert [when_owed(due[key]) for key in sorted(due, key=str)] == [
        Do(grant.DECIDER, GRANT, public.EscalateGrant()), Do(grant.DECIDER, GRANT, public.RemindGrant()),
        Do(project.DECIDER, PROJECT, public.MarkReportOverdue(report_id=REPORT)),
        Do(project.DECIDER, PROJECT, public.RemindReport(report_id=REPORT)),
    ]  # fmt: skip
    shelf.play(GRANT, public.GrantReminded(matter_id=MATTER, to=GRANT_APPROVED.fund, reason_code="unpaid"))
    shelf.play(PROJECT, SUBMITTED)
    assert [row["kind"] for row in shelf.all(clocks_table)] == ["grant-lateness"]
    late = public.GrantEscalated(matter_id=MATTER, owed_by=GRANT_APPROVED.fund, to=ORIGIN, reason_code="unpaid")
    shelf.play(GRANT, late)
    assert shelf.all(clocks_table) == []
    assert shelf.one(grants, GRANT)["overdue"] is True


@pytest.mark.parametrize(
    ("kind", "command"),
    [
        (clocks.OFFER_REMINDER, public.RemindReferral(offer_id=LOTUS)),
        (clocks.OFFER_EXPIRY, public.ExpireOffer(offer_id=LOTUS)),
        (clocks.CONTACT_REMINDER, public.RemindReferral()),
        (clocks.CONTACT_ESCALATION, public.EscalateReferral()),
        (clocks.OUTCOME_CHECK, public.RemindReferral()),
        (clocks.ACTION_REMINDER, public.RemindReferral()),
        (clocks.ACTION_ESCALATION, public.EscalateReferral()),
    ],
)
def test_a_clock_asks_an_ordinary_command(kind: str, command: object):
    row = {"subject_id": LOTUS, "kind": kind, "referral_id": REFERRAL}
    assert when_due(row) == Do(referral.DECIDER, REFERRAL, command)
