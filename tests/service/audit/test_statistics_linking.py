"""Figures of referrals, volunteering, money, pairings and reports: each trap of their definitions."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.audit.statistics.families import FAMILIES
from services.audit.statistics.figures import figures
from services.audit.statistics.held import Period
from services.audit.statistics.indicators import INDICATORS
from services.audit.statistics.shown import told_lines
from services.audit.statistics.tables import counted
from services.contracts import intake, referral, volunteer
from services.contracts.worktime import working_days_after
from tests.service.audit.counting import DAY, OCTOBER, POINT, STREET, Counting, on
from tests.unit.audit.said import MATTER
from tests.unit.audit.stories import hand, named, told_as

NOVEMBER = Period(2026, 11)
LOTUS, HARBOR = named("lotus"), named("harbor")
TEN_WORKING_DAYS = 10


@pytest.fixture
def hub() -> Counting:
    return Counting()


# --- referrals --------------------------------------------------------------------------------------------------------


def outside(hub: Counting, *, restricted: bool = False) -> dict[tuple[str, str | None], dict[str, Any]]:
    """The figures of October as somebody from elsewhere sees them."""
    found = figures(hub.db, "", OCTOBER, hub.after, restricted=restricted)
    return {(line["indicator"], line["part"]): line for line in told_lines([f.said for f in found], masked=True)}


class Referral:
    """A referral in the hub's ledger, told step by step."""

    def __init__(self, hub: Counting, name: str = "r", matter: UUID = MATTER) -> None:
        self.hub, self.id, self.matter = hub, named(name), matter
        self.offers = 0

    def say(self, cls: Any, at: datetime | None, **said: Any) -> None:
        self.hub.tell(f"referral/{self.id}", told_as(cls, matter_id=self.matter, **said), "referral", at=at)

    def ready(self, at: datetime | None = DAY[2]) -> Referral:
        self.say(
            referral.ReferralReady,
            at,
            need_id=self.id,
            holder="worker:w-1",
            kind="referral",
            need_codes=("company",),
            urgency="normal",
        )
        return self

    def answer(self, cls: Any, at: datetime, **said: Any) -> Referral:
        self.offers += 1
        self.say(cls, at, offer_id=named(f"{self.id} {self.offers}"), organization_id=LOTUS,
                 handoff=hand("refused", "team:lotus", "worker:w-1", need=self.id), **said)  # fmt: skip
        return self

    def declined(self, at: datetime = DAY[3]) -> Referral:
        return self.answer(referral.OfferDeclined, at, reason_code="no-capacity", answered_via="phone", offers_left=0)

    def expired(self, at: datetime = DAY[3]) -> Referral:
        return self.answer(referral.OfferExpired, at, offers_left=0)

    def accepted(self, at: datetime = DAY[4], start_by: datetime = DAY[12]) -> Referral:
        return self.answer(
            referral.ReferralAccepted, at, kind="referral", answered_via="phone", remind_at=start_by, start_by=start_by
        )

    def started(self, at: datetime | None = DAY[6], **said: Any) -> Referral:
        self.say(referral.ServiceStarted, at, offer_id=named("o"), organization_id=LOTUS, check_at=on(30), **said)
        return self

    def confirmed(self, at: datetime = DAY[19]) -> Referral:
        self.say(
            referral.OutcomeConfirmed,
            at,
            offer_id=named("o"),
            organization_id=LOTUS,
            outcome="delivered",
            client_asked=True,
        )
        return self

    def closed(self, at: datetime | None = DAY[20], outcome: Any = "delivered", confirmed: bool = True) -> Referral:
        self.say(referral.ReferralClosed, at, outcome=outcome, confirmed=confirmed, offers_count=1,
                 handoff=hand("released", "team:lotus", "worker:w-1", need=self.id))  # fmt: skip
        return self

    def withdrawn(self, at: datetime = DAY[20]) -> Referral:
        self.say(referral.ReferralWithdrawn, at, by="client", reason_code="other")
        return self


def test_a_draft_is_no_referral(hub: Counting):
    Referral(hub, "draft").say(referral.ReferralDrafted, on(1), referral_id=named("draft"), kind="referral", need_codes=(),
                               urgency="normal", origin="worker:w-1")  # fmt: skip
    Referral(hub).ready()
    hub.later()
    assert hub.value("referrals-ready") == 1


def test_acceptances_are_counted_offer_by_offer(hub: Counting):
    Referral(hub).ready().declined().expired().accepted()
    hub.later()
    assert hub.line("offers-accepted") == (1, 3, 0)


def test_accepted_at_first_means_that_nobody_had_refused_before(hub: Counting):
    Referral(hub, "a").ready().accepted()
    Referral(hub, "b").ready().declined().accepted()
    nobody = Referral(hub, "c").ready().declined()
    nobody.say(referral.ReferralExhausted, on(9), need_codes=("company",),
               handoff=hand("taken", "worker:w-1", "worker:w-head", need=nobody.id))  # fmt: skip
    hub.later()
    assert hub.line("accepted-at-first") == (1, 3, 0)


def test_an_unmet_need_is_reported_once_under_its_code(hub: Counting):
    """H1."""
    nobody = Referral(hub).ready().declined(on(3)).declined(on(4)).declined(on(5))
    nobody.say(referral.ReferralExhausted, on(9), need_codes=("company",),
               handoff=hand("taken", "worker:w-1", "worker:w-head", need=nobody.id))  # fmt: skip
    hub.later()
    assert hub.line("needs-unmet", "company") == (1, None, 0)


def test_acceptance_is_no_success_and_silence_is_none(hub: Counting):
    """H13."""
    Referral(hub).ready().accepted(start_by=on(12))
    hub.later()
    assert hub.line("referrals-succeeded") == (0, 0, 0)
    assert hub.value("referrals-silent") == 1


def test_only_a_confirmed_outcome_that_helped_is_a_success(hub: Counting):
    Referral(hub, "a").ready().accepted().started().closed()
    Referral(hub, "b").ready().accepted().started().closed(outcome="partially")
    Referral(hub, "c").ready().accepted().started().closed(confirmed=False)
    Referral(hub, "d").ready().accepted().started().closed(outcome="not_delivered")
    hub.later()
    assert hub.line("referrals-succeeded") == (2, 4, 0)


def test_what_the_client_withdrew_or_was_entered_in_error_is_no_failure(hub: Counting):
    """H3."""
    Referral(hub, "a").ready().accepted().withdrawn()
    wrong = Referral(hub, "b").ready().accepted().closed(outcome="not_delivered")
    wrong.say(referral.ReferralEnteredInError, on(21), reason_code="other", approver_id="w-2")
    hub.later()
    assert hub.line("referrals-succeeded") == (0, 0, 0)
    assert hub.value("referrals-withdrawn") == 1
    assert hub.value("referrals-ready") == 1
    assert hub.line("loops-closed", month=NOVEMBER) == (0, 0, 0)


def test_a_loop_is_asked_for_thirty_days_after_the_acceptance(hub: Counting):
    Referral(hub, "a").ready().accepted(on(2)).confirmed()
    Referral(hub, "b").ready().accepted(on(3))
    hub.later()
    assert hub.line("loops-closed") == (0, 0, 0)
    assert hub.line("loops-closed", month=NOVEMBER) == (1, 2, 0)


def test_the_time_to_close_is_from_ready_to_closed_where_both_are_known(hub: Counting):
    Referral(hub, "a").ready(on(2)).closed(on(4))
    Referral(hub, "b").ready(on(2)).closed(on(6))
    Referral(hub, "c").ready(None).closed(on(6))
    hub.later()
    assert hub.line("loop-duration") == (3 * 24 * 60, 2, 1)


def test_service_that_began_in_time_is_not_silent_however_late_it_was_written_down(hub: Counting):
    Referral(hub, "c").ready().accepted().started(None)
    Referral(hub, "a").ready().accepted().started(on(12))
    Referral(hub, "b").ready().accepted().started(on(13))
    hub.later()
    before = hub.value("referrals-silent")
    late = Referral(hub, "d").ready().accepted()
    hub.later(on(20, month=11))
    waiting = hub.value("referrals-silent")
    late.started(None, first_contact_at=on(11))
    assert (before, waiting, hub.value("referrals-silent")) == (1, 2, 1)


def test_what_is_due_later_this_month_is_not_silent_yet(hub: Counting):
    Referral(hub).ready().accepted(on(4), start_by=on(25))
    hub.later(on(20))
    assert hub.value("referrals-silent") == 0
    hub.later(on(27))
    assert hub.value("referrals-silent") == 1


def test_a_referral_counts_at_the_station_of_its_matter_whoever_is_heard_first(hub: Counting):
    matter = named("m")
    Referral(hub, matter=matter).ready()
    unplaced = hub.after
    hub.request("m")
    hub.later()
    assert hub.value("referrals-ready", station=STREET) == 1
    assert hub.value("referrals-ready", station=STREET, size=unplaced) == 0
    assert hub.value("referrals-ready", size=unplaced) == 1


# --- volunteering -----------------------------------------------------------------------------------------------------


def hours(
    hub: Counting, name: str, day: date, minutes: int = 180, by: str = "v", late: bool | None = False, **said: Any
) -> str:
    """A record of hours, confirmed in time or late, or (None) not confirmed; answers its stream."""
    stream = f"service-hours/{named(name)}"
    recorded = told_as(
        volunteer.ServiceHoursRecorded, volunteer_id=named(by), activity="a-1", day=day, minutes=minutes,
        content_code="company", organizer=f"community:{POINT}", lead="worker:w-1",
        record_by=working_days_after(day, TEN_WORKING_DAYS), late=bool(late), **said,
    )  # fmt: skip
    hub.tell(stream, recorded, "volunteer", at=on(28))
    if late is not None:
        confirmed = told_as(
            volunteer.ServiceHoursConfirmed, volunteer_id=named(by), minutes=minutes, organizer="team:lotus", late=late
        )
        hub.tell(stream, confirmed, "volunteer", at=on(28))
    return stream


def test_only_confirmed_time_counts_on_the_day_of_the_activity(hub: Counting):
    """Neither what was planned nor what nobody has confirmed (INV-18)."""
    hours(hub, "a", date(2026, 10, 3), 90)
    hours(hub, "b", date(2026, 10, 31), 60)
    hours(hub, "c", date(2026, 10, 5), 600, late=None)
    hub.later()
    assert hub.value("volunteer-hours") == 150
    assert hub.value("volunteer-hours", station=STREET) == 150


def test_thirty_hours_that_were_three_are_three_after_the_correction(hub: Counting):
    """H9: 30 typed for 3.0."""
    stream = hours(hub, "a", date(2026, 10, 3), 1800)
    before = hub.after
    corrected = told_as(volunteer.ServiceHoursCorrected, volunteer_id=named("v"), counted=True, minutes_before=1800,
                        minutes_after=180, reason_code="mistyped")  # fmt: skip
    hub.tell(stream, corrected, "volunteer", at=on(29))
    hub.later()
    assert hub.value("volunteer-hours") == 180
    assert hub.value("volunteer-hours", size=before) == 1800


def test_a_voided_record_is_no_time_and_nobodys(hub: Counting):
    stream = hours(hub, "a", date(2026, 10, 3))
    voided = told_as(
        volunteer.ServiceHoursVoided, volunteer_id=named("v"), counted=True, minutes_before=180, reason_code="staff"
    )
    hub.tell(stream, voided, "volunteer", at=on(29))
    hub.later()
    assert hub.value("volunteer-hours") == hub.value("volunteers-active") == 0
    assert hub.line("hours-in-time", month=NOVEMBER) == hub.line("hours-in-time") == (0, 0, 0)


def test_a_volunteer_with_many_records_is_one(hub: Counting):
    for number in range(4):
        hours(hub, f"a{number}", date(2026, 10, 3 + number))
    hours(hub, "b", date(2026, 10, 3), by="other")
    hub.later()
    assert (hub.value("volunteers-active"), hub.value("volunteer-hours")) == (2, 900)


def test_ten_working_days_go_round_the_holidays_and_through_the_days_made_up():
    """2025: 1 to 8 October are 国庆 and 中秋, 28 September and 11 October are worked; a naive fortnight would be 10 October."""
    hub = Counting()
    assert working_days_after(date(2025, 9, 26), TEN_WORKING_DAYS) == date(2025, 10, 16)
    hours(hub, "a", date(2025, 9, 26))
    hours(hub, "b", date(2025, 9, 26), late=True)
    hub.later()
    assert hub.line("hours-in-time", month=Period(2025, 10)) == (1, 2, 0)
    assert hub.line("hours-in-time", month=Period(2025, 9)) == (0, 0, 0)


# --- money ------------------------------------------------------------------------------------------------------------


def grant(
    hub: Counting, name: str, *paid: int | None, person: str | None = "p", fund: str = "charity:lotus", **said: Any
) -> str:
    """A grant applied for and approved, with its payments; answers its stream."""
    stream, moved = f"grant/{named(name)}", hand("offered", "worker:w-1", fund, need=named(name))
    applied = told_as(
        referral.GrantApplied, matter_id=MATTER, person_id=person and named(person), applicant="worker:w-1",
        holder="worker:w-1", applied_by="w-1", fund=fund, purpose_code="tuition", handoff=moved,
    )  # fmt: skip
    approved = told_as(
        referral.GrantApproved, matter_id=MATTER, approved_by="w-2", fund=fund, amount_fen=99_00, handoff=moved
    )
    hub.tell(stream, applied, "referral", at=on(1))
    hub.tell(stream, approved, "referral", at=on(2))
    for amount in paid:
        payment = told_as(
            referral.GrantDisbursed,
            matter_id=MATTER,
            fund=fund,
            amount_fen=amount,
            payee_kind="family",
            final=True,
            **said,
        )
        hub.tell(stream, payment, "referral", at=on(9))
    return stream


def test_approved_is_not_paid_and_what_came_back_is_taken_off(hub: Counting):
    grant(hub, "a")
    stream = grant(hub, "b", 500_00, 200_00)
    returned = told_as(referral.GrantReturned, matter_id=MATTER, amount_fen=100_00, reason_code="other")
    hub.tell(stream, returned, "referral", at=on(11))
    hub.later()
    assert hub.line("money-linked") == (600_00, None, 0)


def test_an_amount_that_nobody_knows_is_counted_and_not_guessed(hub: Counting):
    """INV-29; 小伟's grant has no amount."""
    grant(hub, "a", None, 500_00)
    hub.later()
    assert hub.line("money-linked") == (500_00, None, 1)


def test_the_same_payment_told_by_giver_and_station_counts_once(hub: Counting):
    grant(hub, "giver", 500_00, voucher_ref="v-7")
    grant(hub, "station", 500_00, voucher_ref="v-7")
    hub.later()
    assert hub.line("money-linked") == (500_00, None, 0)


def test_goods_stand_on_a_line_of_their_own(hub: Counting):
    for number, value in enumerate((120_00, None)):
        goods = told_as(
            referral.InKindSupportDelivered,
            matter_id=MATTER,
            giver="team:lotus",
            item_codes=("clothes",),
            est_value_fen=value,
        )
        hub.tell(f"in-kind/{named(f'goods {number}')}", goods, "referral", at=on(5))
    grant(hub, "a", 10_00)
    hub.later()
    assert hub.line("goods-linked") == (120_00, None, 1)
    assert hub.value("money-linked") == 10_00


def test_two_givers_for_one_person_and_need_are_a_hint_and_one_giver_twice_is_none(hub: Counting):
    grant(hub, "a", 10_00)
    grant(hub, "b", 10_00)
    hub.later(on(12))
    assert hub.value("double-help") == 0
    grant(hub, "c", 10_00, fund="charity:harbor")
    grant(hub, "d", 10_00, fund="charity:harbor", person="q")
    grant(hub, "e", 10_00, fund="unknown", person="q")
    hub.later()
    assert hub.value("double-help") == 1


# --- pairings ---------------------------------------------------------------------------------------------------------


def pair(hub: Counting, name: str, *due: date | None) -> str:
    stream = f"pairing/{named(name)}"
    commitments = tuple(volunteer.Commitment(code=f"c{n}", due=day) for n, day in enumerate(due, 1))
    formed = told_as(
        volunteer.PairingFormed, matter_id=MATTER, kind="school_community", parties=("worker:w-1", "person:s-1"),
        holder=f"community:{POINT}", commitments=commitments,
        handoff=hand("taken", f"community:{POINT}", "worker:w-1", need=named(name)),
    )  # fmt: skip
    hub.tell(stream, formed, "volunteer", at=on(1))
    return stream


def keep(hub: Counting, stream: str, code: str, at: datetime) -> None:
    kept = told_as(volunteer.PairingCommitmentFulfilled, matter_id=MATTER, commitment_code=code, evidence_ref="e-1")
    hub.tell(stream, kept, "volunteer", at=at)


def test_a_pairing_is_on_course_with_everything_kept_that_is_due(hub: Counting):
    kept = pair(hub, "a", date(2026, 10, 15), date(2026, 11, 15), None)
    keep(hub, kept, "c1", on(14))
    keep(hub, kept, "c1", on(15))
    late = pair(hub, "b", date(2026, 10, 15))
    keep(hub, late, "c1", on(2, month=11))
    pair(hub, "c", None)
    hub.later()
    assert hub.line("pairings-on-course", station=STREET) == (2, 3, 0)
    assert hub.line("pairings-on-course", month=NOVEMBER) == (2, 3, 0)


def test_what_has_no_day_is_due_when_the_pairing_ends(hub: Counting):
    stream = pair(hub, "a", None)
    ended = told_as(volunteer.PairingEnded, matter_id=MATTER, kind="school_community", result="partly", parties=("worker:w-1",),
                    handoff=hand("returned", "worker:w-1", f"community:{POINT}", need=named("a")))  # fmt: skip
    hub.tell(stream, ended, "volunteer", at=on(20))
    hub.later()
    assert hub.line("pairings-on-course") == (0, 1, 0)
    assert hub.line("pairings-on-course", month=NOVEMBER) == (0, 0, 0)


# --- safeguarding -----------------------------------------------------------------------------------------------------


def report(hub: Counting, name: str, seen: datetime | None, told: datetime) -> None:
    concern, matter = named(name), named(f"matter of {name}")
    raised = told_as(intake.SafeguardingConcernRaised, concern_id=concern, matter_id=matter, need_id=concern,
                     situation_code="4", reporter_role="worker")  # fmt: skip
    made = told_as(intake.MandatoryReportMade, concern_id=concern, matter_id=matter, authority_kind="police",
                   report_channel="phone", reporter_role="worker",
                   handoff=hand("taken", "worker:w-1", "authority:police", need=concern, matter=matter))  # fmt: skip
    hub.tell(f"safeguarding/{concern}", raised, at=seen)
    hub.tell(f"safeguarding/{concern}", made, at=told)
    hub.tell(f"safeguarding/{concern}", made, at=told + timedelta(days=9))


def test_reports_are_counted_once_a_concern_and_in_time_from_the_observation(hub: Counting):
    report(hub, "a", on(3, 1), on(3, 2))
    report(hub, "b", on(3, 1), on(5, 2))
    report(hub, "c", None, on(5, 2))
    hub.later()
    assert hub.value("reports-made") == 3
    assert hub.line("reports-in-time") == (1, 2, 1)


def test_reports_are_told_to_few_and_small_numbers_to_nobody_outside(hub: Counting):
    """INV-11, and small cells."""
    for name in ("a", "b"):
        report(hub, name, on(3, 1), on(3, 2))
    hub.later()
    everybody = {figure.indicator.code for figure in figures(hub.db, "", OCTOBER, hub.after)}
    assert not everybody & {"reports-made", "reports-in-time"}
    told = outside(hub, restricted=True)
    assert told["reports-made", None]["value"] is None
    assert told["reports-made", None]["masked"] and told["reports-in-time", None]["masked"]


# --- masking and what is never counted --------------------------------------------------------------------------------


def test_numbers_below_three_are_masked_and_nought_and_three_are_not(hub: Counting):
    for number in range(3):
        hub.serve(hub.case(f"c{number}", person=f"p{number}"), on(5))
    hub.plan("plan", "p", on(1))
    hub.later()
    told = outside(hub)
    assert (told["persons-served", None]["value"], told["cases-closed", None]["value"]) == (3, 0)
    assert told["visit-rate", None]["of"] is None


def test_no_masked_part_can_be_found_by_taking_the_others_from_the_whole(hub: Counting):
    plan = hub.plan("plan", "p", on(1))
    case = hub.case()
    for day in range(5, 10):
        hub.serve(case, on(day))
        hub.visit(plan, "p", date(2026, 10, day))
    hub.visit(plan, "p", date(2026, 10, 20))
    matter = hub.request()
    hub.tell(f"help-request/{matter}", told_as(intake.GuidanceGiven, matter_id=matter), at=on(2))
    hub.later()
    told = {part: line["masked"] for (code, part), line in outside(hub).items() if code == "contacts"}
    assert told == {None: False, "guidance": True, "service": True, "visit": False}


def test_no_figure_is_kept_by_worker_or_volunteer():
    """INV-37: no indicator is keyed by whoever does the work, and none has a line for one."""
    hub = Counting()
    workers = {"worker:w-1", "worker:w-2", "w-1", "w-2", "w-head"}
    hub.serve(hub.case(), on(5), workers=("worker:w-1", "worker:w-2"))
    Referral(hub).ready().declined().accepted().started().confirmed().closed()
    keep(hub, pair(hub, "a", date(2026, 10, 15)), "c1", on(14))
    grant(hub, "a", 10_00)
    hours(hub, "a", date(2026, 10, 3), by="v")
    report(hub, "a", on(3, 1), on(3, 2))
    hub.visit(hub.plan("plan", "p", on(1)), "p", date(2026, 10, 5))
    hub.later()
    rows = hub.db.all(counted)
    assert {row["measure"] for row in rows} >= {"contact", "hours.confirmed", "pairing.kept", "report.made"}
    words = {str(row[column]) for row in rows for column in ("part", "key", "place", "measure")}
    assert not words & workers
    assert not {row["subject"] for row in rows} & workers
    parts = {part for _, part in hub.figures()}
    assert not any(str(named("v")) in part for part in parts)
    assert {row["measure"] for row in rows if row["subject"] == str(named("v"))} == {"hours.confirmed"}


def test_every_indicator_says_in_both_languages_what_it_counts_and_what_of_the_unknown():
    measures = {measure for indicator in INDICATORS.values() for measure in indicator.reach}
    assert len(FAMILIES) > 1
    for indicator in INDICATORS.values():
        for says in (indicator.name, indicator.says, indicator.unknown, *([indicator.of] if indicator.of else [])):
            assert says.en
            assert any("一" <= letter <= "鿿" for letter in says.zh)
        assert indicator.unit != "percent" or indicator.of
    assert len(measures) > 20
