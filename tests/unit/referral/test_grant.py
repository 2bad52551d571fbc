"""Money from a giver: unknown is a value, and what is known must hold; three decide, each something else (INV-23)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, get_args
from uuid import UUID

import pytest

from services.contracts import referral as public
from services.contracts.codes_times import wait
from services.contracts.words import Act, Handoff, Wait
from services.kernel.message import Actor, Behalf
from services.referral.domain import grant, in_kind
from services.referral.domain.facts import Known, MatterFact, PaymentFact
from tests.support.spec import NOON, Spec
from tests.unit.referral.samples import CASE, MATTER, ORIGIN, PERSON, STATION, STATION_HEAD

GRANT, CHARITY = UUID(int=41), UUID(int=42)
FUND = f"charity:{CHARITY}"
GIVER = Actor(id="c-01", role="partner", org=str(CHARITY))
PHONED = Behalf(org=FUND, evidence_kind="phone")
KNOWN = Known(itself=GRANT, matter=MatterFact(is_open=True, holder=ORIGIN))

money, goods = Spec(grant.DECIDER), Spec(in_kind.DECIDER)


def handoff(act: Act, giver: str, taker: str) -> Handoff:
    """This strand of money, handed over."""
    return Handoff(act=act, matter_id=MATTER, giver=giver, takers=(taker,), need_id=GRANT)


def owed(step: str) -> Wait:
    """Until when this step is owed, from noon on."""
    return wait(f"grant-{step}", NOON, NOON)


ABOUT: dict[str, Any] = {"matter_id": MATTER, "case_id": CASE}
APPLY = public.ApplyForGrant(**ABOUT, person_id=PERSON, purpose_code="economic-hardship")
APPLIED = public.GrantApplied(
    **ABOUT, person_id=PERSON, applicant=ORIGIN, holder=ORIGIN, applied_by="w-zsl", fund="unknown",
    purpose_code="economic-hardship", handoff=handoff("offered", ORIGIN, "unknown"), wait=owed("decision"),
)  # fmt: skip
TO_FUND = replace(APPLIED, fund=FUND, amount_fen=500_00, handoff=handoff("offered", ORIGIN, FUND))
APPROVED = public.GrantApproved(
    **ABOUT,
    approved_by=FUND,
    fund=FUND,
    amount_fen=500_00,
    handoff=handoff("taken", ORIGIN, FUND),
    wait=owed("payment"),
)
PAID = public.GrantDisbursed(
    **ABOUT,
    fund=FUND,
    amount_fen=500_00,
    payee_kind="school",
    final=True,
    handoff=handoff("released", FUND, ORIGIN),
    wait=owed("use"),
)
PART = replace(PAID, amount_fen=200_00, final=False, handoff=None, wait=owed("payment"))
USED = public.GrantUseReported(**ABOUT, used_fen=500_00, use_codes=("tuition",), wait=owed("confirm"))
APPROVE = public.ApproveGrant(amount_fen=500_00)
PAY = public.DisburseGrant(amount_fen=500_00, payee_kind="school")
USE = public.ReportGrantUse(used_fen=500_00, use_codes=("tuition",))
CLOSE = public.CloseGrant(result_code="as-reported")


def test_giver_amount_and_day_may_be_unknown():
    money.given().when(APPLY, actor=STATION, at=None, facts=KNOWN).then(APPLIED)


BACK = public.AskGrantReturn(reason_code="no-longer-needed")
ASKED_BACK = public.GrantReturnAsked(**ABOUT, amount_fen=500_00, reason_code="no-longer-needed", wait=owed("return"))
LAPSED = public.GrantLapsed(**ABOUT, reason_code="no-longer-needed", handoff=handoff("returned", FUND, ORIGIN))


def test_what_was_paid_and_not_used_may_be_asked_back_once():
    """H6."""
    money.given(TO_FUND, APPROVED, PAID).when(BACK).then(ASKED_BACK)
    money.given(TO_FUND, APPROVED, PAID, ASKED_BACK).when(BACK).then_nothing()


def test_what_was_used_or_never_paid_is_not_asked_back():
    for past in ((TO_FUND,), (TO_FUND, APPROVED), (TO_FUND, APPROVED, PAID, USED), (TO_FUND, APPROVED, LAPSED)):
        money.given(*past).when(BACK).then_nothing()


def test_of_an_unknown_amount_whatever_is_left_is_asked_back():
    unknown = replace(PAID, amount_fen=None)
    money.given(TO_FUND, APPROVED, unknown).when(BACK).then(replace(ASKED_BACK, amount_fen=None))


def test_a_question_that_was_wrong_is_taken_back():
    waive = public.WaiveGrantReturn(reason_code="report-corrected")
    waived = public.GrantReturnWaived(**ABOUT, reason_code="report-corrected", wait=owed("use"))
    money.given(TO_FUND, APPROVED, PAID, ASKED_BACK).when(waive).then(waived)
    money.given(TO_FUND, APPROVED, PAID, ASKED_BACK, waived).when(waive).then_nothing()


def test_nobody_applies_for_his_own():
    interested = replace(APPLY, interested_party=True)
    money.given().when(interested, actor=STATION, facts=KNOWN).then_refused("interested-party")


def test_of_a_closed_matter_nothing_is_asked():
    closed = replace(KNOWN, matter=MatterFact(is_open=False))
    money.given().when(APPLY, actor=STATION, facts=closed).then_refused("matter-closed")


def test_an_approval_of_unknown_giver_and_amount_is_one():
    unknown = public.GrantApproved(
        **ABOUT,
        approved_by="unknown",
        fund="unknown",
        handoff=handoff("taken", ORIGIN, "unknown"),
        wait=owed("payment"),
    )
    told = Behalf(org="unknown", evidence_kind="oral")
    money.given(APPLIED).when(public.ApproveGrant(), actor=STATION, behalf=told).then(unknown)


def test_of_a_giver_whom_nobody_knew_somebody_brings_the_word_when_it_is_known():
    """INV-23, INV-29: the yes is the giver's, also where it is named with the yes alone."""
    named = replace(APPROVE, fund=FUND)
    found = replace(APPROVED, handoff=handoff("taken", ORIGIN, FUND))
    money.given(APPLIED).when(named, actor=STATION_HEAD, behalf=PHONED).then(found)
    money.given(APPLIED).when(named, actor=STATION_HEAD).then_refused("not-yours")
    money.given(APPLIED).when(APPROVE, actor=STATION_HEAD).then_refused("not-yours")
    money.given(APPLIED).when(named, actor=STATION_HEAD, behalf=replace(PHONED, org="unknown")).then_refused(
        "not-yours"
    )


def test_one_giver_was_asked_and_another_gives():
    other = replace(APPROVE, fund="charity:another")
    no = money.given(TO_FUND).when(other, actor=STATION_HEAD, behalf=PHONED).then_refused("another-giver")
    assert no.allowed == ("apply-for-grant", "lapse-grant")


@pytest.mark.parametrize("payee", get_args(public.PayeeKind))
def test_to_whom_money_went_is_on_record_and_may_be_unknown(payee: public.PayeeKind):
    """慈善法 35: a giver may pay the school itself; who was paid is a kind, and never a name (INV-6, INV-29)."""
    money.given(TO_FUND, APPROVED).when(replace(PAY, payee_kind=payee), actor=GIVER).then(
        replace(PAID, payee_kind=payee)
    )


def test_whom_nobody_named_was_paid_is_unknown():
    untold = public.DisburseGrant(amount_fen=500_00)
    money.given(TO_FUND, APPROVED).when(untold, actor=GIVER).then(replace(PAID, payee_kind="unknown"))


def test_the_giver_approves_itself_or_by_phone():
    own = replace(APPROVED, approved_by="c-01")
    money.given(TO_FUND).when(APPROVE, actor=GIVER).then(own)
    money.given(TO_FUND).when(APPROVE, actor=STATION, behalf=PHONED).then(APPROVED)


def test_who_applied_does_not_approve():
    money.given(TO_FUND).when(APPROVE, actor=STATION).then_refused("second-person-needed")


def test_another_giver_does_not_approve():
    other = replace(GIVER, org=str(UUID(int=43)))
    money.given(TO_FUND).when(APPROVE, actor=other).then_refused("not-yours")


def test_not_more_is_paid_than_approved():
    past = (TO_FUND, APPROVED, PART)
    money.given(*past).when(replace(PAY, amount_fen=300_00), actor=GIVER).then(replace(PAID, amount_fen=300_00))
    money.given(*past).when(replace(PAY, amount_fen=300_01), actor=GIVER).then_refused("over-approved")


def test_where_the_amount_is_unknown_any_payment_is_believed():
    open_amount = replace(APPROVED, amount_fen=None)
    money.given(TO_FUND, open_amount).when(PAY, actor=GIVER).then(PAID)


def test_a_part_leaves_the_payment_with_the_giver():
    part = replace(PAY, amount_fen=200_00, final=False)
    money.given(TO_FUND, APPROVED).when(part, actor=GIVER).then(PART)


def test_not_more_is_used_than_paid():
    past = (TO_FUND, APPROVED, PAID)
    money.given(*past).when(USE, actor=STATION).then(USED)
    money.given(*past).when(replace(USE, used_fen=500_01), actor=STATION).then_refused("over-paid")


def test_not_more_goes_back_than_was_paid():
    back = public.ReturnGrant(amount_fen=100_00, reason_code="less-needed")
    returned = public.GrantReturned(**ABOUT, amount_fen=100_00, reason_code="less-needed", wait=owed("use"))
    past = (TO_FUND, APPROVED, PAID)
    money.given(*past).when(back, actor=STATION).then(returned)
    money.given(*past).when(replace(back, amount_fen=500_01), actor=STATION).then_refused("over-paid")
    money.given(*past, returned).when(replace(USE, used_fen=400_01), actor=STATION).then_refused("over-paid")


def test_a_third_person_confirms_the_use():
    past = (TO_FUND, replace(APPROVED, approved_by="w-99"), PAID, USED)
    closed = public.GrantClosed(**ABOUT, need_id=GRANT, result_code="as-reported", confirmed_by="w-head")
    money.given(*past).when(CLOSE, actor=STATION_HEAD).then(closed)
    money.given(*past).when(CLOSE, actor=STATION).then_refused("second-person-needed")
    approver = replace(STATION_HEAD, id="w-99")
    money.given(*past).when(CLOSE, actor=approver).then_refused("second-person-needed")


def test_a_no_ends_it():
    rejected = public.GrantRejected(**ABOUT, reason_code="funds-exhausted", handoff=handoff("refused", FUND, ORIGIN))
    reject = public.RejectGrant(reason_code="funds-exhausted")
    money.given(TO_FUND).when(reject, actor=GIVER).then(rejected)
    money.given(TO_FUND, rejected).when(reject, actor=GIVER).then_nothing()
    money.given(TO_FUND, rejected).when(PAY, actor=GIVER).then_refused("not-in-this-state")


@pytest.mark.parametrize(("past", "act"), [((TO_FUND,), "refused"), ((TO_FUND, APPROVED), "returned")])
def test_what_will_not_be_paid_lapses(past: tuple[Any, ...], act: Act):
    lapsed = public.GrantLapsed(**ABOUT, reason_code="no-longer-needed", handoff=handoff(act, FUND, ORIGIN))
    money.given(*past).when(public.LapseGrant(reason_code="no-longer-needed"), actor=STATION).then(lapsed)


RECORD = public.RecordInKindSupport(**ABOUT, giver="team:leifeng", item_codes=("basketball", "clothes"))
DELIVERED = public.InKindSupportDelivered(**ABOUT, giver="team:leifeng", item_codes=("basketball", "clothes"))


def test_goods_have_a_giver_and_perhaps_no_known_value():
    goods.given().when(RECORD).then(DELIVERED)
    goods.given(DELIVERED).when(RECORD).then_nothing()
    goods.given(DELIVERED).when(replace(RECORD, giver="unknown")).then_refused("delivery-known")


def test_a_station_brings_the_givers_word_and_no_other():
    elsewhere = Behalf(org="charity:another", evidence_kind="phone")
    money.given(TO_FUND).when(APPROVE, actor=STATION, behalf=elsewhere).then_refused("not-yours")
    money.given(TO_FUND).when(APPROVE, actor=STATION_HEAD).then_refused("not-yours")


def test_naming_somebody_else_makes_nobody_a_third_person():
    past = (TO_FUND, APPROVED, PAID, USED)
    money.given(*past).when(CLOSE, actor=STATION, behalf=Behalf(org="x", evidence_kind="oral")).then_refused(
        "second-person-needed"
    )


def test_a_giver_without_an_organization_decides_nothing():
    nobody = replace(GIVER, org="")
    money.given(APPLIED).when(APPROVE, actor=nobody).then_refused("not-yours")


def test_an_organization_records_what_it_gave_itself():
    given = public.RecordInKindSupport(matter_id=MATTER, giver="charity:another", item_codes=("clothes",))
    goods.given().when(given, actor=GIVER).then_refused("not-yours")


# --- what others have paid for the same -----------------------------------------------------------------------------

HINT = public.OverlapHinted(
    **ABOUT, person_id=PERSON, need_code="economic-hardship", other_count=1
)  # the others are not named: givers learn nothing of each other by it


def paid_by(fund: str, days_ago: int = 30, number: int = 51) -> PaymentFact:
    """Another giver paid for the same need of the same person."""
    return PaymentFact(grant_id=UUID(int=number), fund=fund, paid_at=NOON - timedelta(days=days_ago))


def others(*payments: PaymentFact) -> Known:
    """These are the payments that were found."""
    return replace(KNOWN, payments=payments)


def test_a_second_giver_for_the_same_need_is_hinted_at_and_the_payment_stands():
    given = money.given(TO_FUND, APPROVED)
    given.when(PAY, actor=GIVER, facts=others(paid_by("charity:another"))).then(PAID, HINT)


def test_the_same_giver_paying_again_is_no_overlap():
    money.given(TO_FUND, APPROVED).when(PAY, actor=GIVER, facts=others(paid_by(FUND))).then(PAID)


def test_what_was_paid_long_ago_does_not_overlap():
    past = others(paid_by("charity:another", days_ago=181))
    money.given(TO_FUND, APPROVED).when(PAY, actor=GIVER, facts=past).then(PAID)


def test_each_giver_is_counted_once_and_one_that_nobody_knows_as_another():
    found = others(
        paid_by("charity:another"), paid_by("charity:another", number=52), paid_by("unknown", number=53)
    )  # fmt: skip
    money.given(TO_FUND, APPROVED).when(PAY, actor=GIVER, facts=found).then(PAID, replace(HINT, other_count=2))


def test_a_hint_is_given_once_and_again_only_for_one_more_giver():
    one, two = paid_by("charity:another"), paid_by("charity:third", number=52)
    part = replace(PAY, amount_fen=200_00, final=False)
    given = money.given(TO_FUND, APPROVED, PART, HINT)
    given.when(part, actor=GIVER, facts=others(one)).then(PART)
    given.when(part, actor=GIVER, facts=others(one, two)).then(PART, replace(HINT, other_count=2))


def test_of_somebody_whom_nobody_named_nothing_is_hinted():
    nameless = replace(TO_FUND, person_id=None)
    given = money.given(nameless, APPROVED)
    given.when(PAY, actor=GIVER, facts=others(paid_by("charity:another"))).then(PAID)


def test_when_two_records_are_merged_what_was_paid_under_each_is_looked_at_again():
    """INV-39: the money stays where it is; that it was for one person is hinted at, on both sides."""
    look = public.HintOverlap()
    found = replace(others(paid_by("charity:another")), paid_at=NOON - timedelta(days=20))
    money.given(TO_FUND, APPROVED, PAID).when(look, facts=found).then(HINT)
    money.given(TO_FUND, APPROVED, PAID, HINT).when(look, facts=found).then_nothing()
    money.given(TO_FUND, APPROVED).when(look, facts=others(paid_by("charity:another"))).then_nothing()
    long_after = replace(found, paid_at=NOON + timedelta(days=151))
    money.given(TO_FUND, APPROVED, PAID).when(look, facts=long_after).then_nothing()


# --- what is owed, and until when -------------------------------------------------------------------------------------

REMIND, LATE = public.RemindGrant(), public.EscalateGrant()


@pytest.mark.parametrize(
    ("past", "step", "by", "to", "what"),
    [
        ((TO_FUND,), "decision", FUND, ORIGIN, "undecided"),
        ((TO_FUND, APPROVED), "payment", FUND, ORIGIN, "unpaid"),
        ((TO_FUND, APPROVED, PART), "payment", FUND, ORIGIN, "unpaid"),
        ((TO_FUND, APPROVED, PAID), "use", ORIGIN, FUND, "use-unreported"),
        ((TO_FUND, APPROVED, PAID, USED), "confirm", ORIGIN, FUND, "use-unconfirmed"),
        ((TO_FUND, APPROVED, PAID, ASKED_BACK), "return", ORIGIN, FUND, "return-asked"),
        (
            (TO_FUND, APPROVED, PART, ASKED_BACK, replace(LAPSED, wait=owed("return"))),
            "return",
            ORIGIN,
            FUND,
            "return-asked",
        ),
    ],
)
def test_each_step_of_a_grant_is_owed_by_somebody_and_late_after_a_time(
    past: tuple[Any, ...], step: str, by: str, to: str, what: str
):
    """INV-14: in working time; half of it over whoever owes it is reminded, all of it over the other side is told."""
    until, given = owed(step), money.given(*past)
    reminded = public.GrantReminded(**ABOUT, to=by, reason_code=what)
    late = public.GrantEscalated(**ABOUT, owed_by=by, to=to, reason_code=what)
    given.when(REMIND, now=until.remind_at - timedelta(minutes=1)).then_nothing()
    given.when(REMIND, now=until.remind_at).then(reminded)
    given.when(LATE, now=until.remind_at).then_nothing()
    given.when(LATE, now=until.due_at).then(late)
    money.given(*past, reminded).when(REMIND, now=until.due_at).then_nothing()
    money.given(*past, reminded, late).when(LATE, now=until.due_at).then_nothing()


def test_money_that_is_asked_back_is_owed_after_the_rest_has_lapsed_too():
    past = (TO_FUND, APPROVED, PART, ASKED_BACK)
    lapse = public.LapseGrant(reason_code="no-longer-needed")
    lapsed = replace(LAPSED, wait=owed("return"))
    money.given(*past).when(lapse, actor=STATION).then(lapsed)
    back = public.ReturnGrant(amount_fen=200_00, reason_code="no-longer-needed")
    returned = public.GrantReturned(**ABOUT, amount_fen=200_00, reason_code="no-longer-needed")
    money.given(*past, lapsed).when(back, actor=STATION).then(returned)
    money.given(*past, lapsed, returned).when(LATE, now=NOON + timedelta(days=400)).then_nothing()


def test_of_a_grant_that_has_ended_nothing_is_owed():
    closed = public.GrantClosed(**ABOUT, need_id=GRANT, result_code="as-reported", confirmed_by="w-head")
    for past in ((TO_FUND, APPROVED, LAPSED), (TO_FUND, APPROVED, PAID, USED, closed)):
        money.given(*past).when(REMIND, now=NOON + timedelta(days=400)).then_nothing()
        money.given(*past).when(LATE, now=NOON + timedelta(days=400)).then_nothing()


def test_what_was_paid_may_still_go_back_when_the_rest_has_lapsed():
    lapsed = public.GrantLapsed(**ABOUT, reason_code="no-longer-needed", handoff=handoff("returned", FUND, ORIGIN))
    back = public.ReturnGrant(amount_fen=200_00, reason_code="no-longer-needed")
    returned = public.GrantReturned(**ABOUT, amount_fen=200_00, reason_code="no-longer-needed")
    given = money.given(TO_FUND, APPROVED, PART, lapsed)
    given.when(back, actor=STATION).then(returned)
    given.when(replace(back, amount_fen=200_01), actor=STATION).then_refused("over-paid")
    money.given(TO_FUND, lapsed).when(back, actor=STATION).then_refused("over-paid")
