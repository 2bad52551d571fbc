"""Service hours: actual, given freely, counted once, confirmed by who organized, corrected in the open."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.contracts.codes_times import wait
from services.contracts.volunteer import (
    ConfirmHours,
    CorrectHours,
    EscalateHoursAnswer,
    HoursAnswerOverdue,
    HoursAnswerReminded,
    QuestionHours,
    RateService,
    RecordHours,
    RemindHoursAnswer,
    ServiceHoursConfirmed,
    ServiceHoursCorrected,
    ServiceHoursQuestioned,
    ServiceHoursRecorded,
    ServiceHoursUpheld,
    ServiceHoursVoided,
    ServiceQualityRated,
    UpholdHours,
    VoidHours,
)
from services.contracts.words import Wait
from services.kernel.message import Actor, Behalf
from services.volunteer.domain.eligibility import Span
from services.volunteer.domain.hours import DECIDER
from services.volunteer.domain.known import HoursKnown, Stretch
from tests.support.spec import NOON, Spec
from tests.unit.volunteer.people import LIN, LIN_ID, MATTER, MEI, MEI_HERSELF, MEI_ID, TASK, TODAY, ZYH

hours = Spec(DECIDER)
JIDA = Actor(id="p-9", role="partner", org="organization:jida")
BEGAN = NOON - timedelta(hours=3)
DAY_BEFORE = TODAY - timedelta(days=1)
GAVE = RecordHours(
    volunteer_id=MEI_ID, activity="summer-reading", day=TODAY, minutes=120, content_code="companionship",
    organizer="organization:jida", lead="worker:w-zsl", task_id=TASK, began_at=BEGAN, ended_at=NOON,
)  # fmt: skip
KNOWN = HoursKnown(record_by=date(2026, 3, 16), volunteer_state="active", matter_id=MATTER, assignees=(MEI, ZYH))
RECORDED = ServiceHoursRecorded(
    volunteer_id=MEI_ID, matter_id=MATTER, task_id=TASK, activity="summer-reading", day=TODAY, minutes=120,
    began_at=BEGAN, ended_at=NOON, content_code="companionship", organizer="organization:jida", lead="worker:w-zsl",
    record_by=date(2026, 3, 16), late=False,
)  # fmt: skip
CONFIRMED = ServiceHoursConfirmed(
    volunteer_id=MEI_ID, task_id=TASK, minutes=120, organizer="organization:jida", late=False
)


def test_actual_time_is_recorded() -> None:
    hours.when(GAVE, facts=KNOWN).then(RECORDED)
    hours.given(RECORDED).when(GAVE, facts=KNOWN).then_nothing()


def test_the_sheet_that_it_was_typed_from_is_named() -> None:
    """INV-38: paper is worth as much as a click, and says which paper."""
    typed = replace(GAVE, paper_ref="2026-03/17")
    hours.when(typed, facts=KNOWN).then(replace(RECORDED, paper_ref="2026-03/17"))


def test_beginning_and_end_may_be_unknown() -> None:
    unsure = replace(GAVE, began_at=None, ended_at=None)
    hours.when(unsure, facts=KNOWN).then(replace(RECORDED, began_at=None, ended_at=None))


def test_after_the_tenth_working_day_a_record_is_late_and_valid() -> None:
    late = replace(KNOWN, record_by=date(2026, 3, 1))
    hours.when(GAVE, facts=late).then(replace(RECORDED, record_by=date(2026, 3, 1), late=True))


def test_duty_is_no_volunteering_whoever_does_it() -> None:
    on_duty = replace(KNOWN, worker=ZYH, assignees=(ZYH,))
    hours.when(GAVE, facts=on_duty).then_refused("staff-work")
    sent = replace(KNOWN, worker=ZYH, on_duty=(Span(start=NOON - timedelta(hours=1), end=NOON + timedelta(hours=1)),))
    hours.when(replace(GAVE, task_id=None), facts=sent).then_refused("staff-work")
    free = replace(KNOWN, worker=ZYH, matter_id=None, on_duty=(Span(start=NOON, end=NOON + timedelta(hours=1)),))
    hours.when(replace(GAVE, task_id=None), facts=free).then(replace(RECORDED, task_id=None, matter_id=None))


@pytest.mark.parametrize(
    ("command", "facts", "code"),
    [
        (GAVE, replace(KNOWN, volunteer_state="unknown"), "volunteer-unknown"),
        (GAVE, None, "volunteer-unknown"),
        (GAVE, replace(KNOWN, assignees=None), "task-unknown"),
        (GAVE, replace(KNOWN, assignees=(LIN,)), "not-assigned"),
        (replace(GAVE, day=TODAY + timedelta(days=1)), KNOWN, "not-yet"),
        (replace(GAVE, ended_at=NOON + timedelta(hours=1)), KNOWN, "not-yet"),
        (replace(GAVE, ended_at=BEGAN), KNOWN, "times-wrong"),
        (replace(GAVE, day=DAY_BEFORE), KNOWN, "times-wrong"),
        (replace(GAVE, minutes=181), KNOWN, "more-than-actual"),
    ],
)
def test_a_record_that_cannot_be_true_is_refused(command: RecordHours, facts: HoursKnown | None, code: str) -> None:
    hours.when(command, facts=facts).then_refused(code)


def test_no_minute_counts_twice() -> None:
    def beside(start: datetime, end: datetime) -> HoursKnown:
        return replace(KNOWN, others=(Stretch(day=TODAY, minutes=30, span=Span(start=start, end=end)),))

    hours.when(GAVE, facts=beside(NOON - timedelta(minutes=30), NOON)).then_refused("overlaps")
    hours.when(GAVE, facts=beside(NOON, NOON + timedelta(minutes=30))).then(RECORDED)


def test_a_day_has_24_hours() -> None:
    full = replace(KNOWN, others=(Stretch(day=TODAY, minutes=1321),))
    hours.when(GAVE, facts=full).then_refused("more-than-a-day")
    other_day = replace(KNOWN, others=(Stretch(day=DAY_BEFORE, minutes=1440),))
    hours.when(GAVE, facts=other_day).then(RECORDED)


def test_a_volunteer_records_for_nobody_else() -> None:
    hours.when(replace(GAVE, volunteer_id=LIN_ID), actor=MEI_HERSELF, facts=KNOWN).then_refused("not-yours")


def test_who_organizes_confirms_and_nobody_else() -> None:
    hours.given(RECORDED).when(ConfirmHours(), actor=JIDA).then(CONFIRMED)
    hours.given(RECORDED, CONFIRMED).when(ConfirmHours(), actor=JIDA).then_nothing()
    hours.given(RECORDED).when(ConfirmHours()).then_refused("organizer-only")
    hours.given(RECORDED).when(ConfirmHours(), actor=replace(MEI_HERSELF, org=JIDA.org)).then_refused("own-hours")
    phoned = Behalf(org="organization:jida", evidence_kind="phone")
    hours.given(RECORDED).when(ConfirmHours(), behalf=phoned).then(CONFIRMED)


def test_confirmed_too_late_says_so() -> None:
    past = replace(RECORDED, record_by=date(2026, 3, 1))
    hours.given(past).when(ConfirmHours(), actor=JIDA).then(replace(CONFIRMED, late=True))


def test_thirty_typed_for_three_is_corrected_in_the_open() -> None:
    corrected = ServiceHoursCorrected(
        volunteer_id=MEI_ID, counted=True, minutes_before=120, minutes_after=90, began_at=BEGAN, ended_at=NOON,
        reason_code="typed-wrong",
    )  # fmt: skip
    correct = CorrectHours(minutes=90, reason_code="typed-wrong")
    hours.given(RECORDED, CONFIRMED).when(correct, actor=JIDA, facts=KNOWN).then(corrected)
    hours.given(RECORDED, CONFIRMED, corrected).when(correct, actor=JIDA, facts=KNOWN).then_nothing()
    hours.given(RECORDED, CONFIRMED).when(replace(correct, minutes=300), actor=JIDA, facts=KNOWN).then_refused(
        "more-than-actual"
    )
    hours.given(RECORDED).when(correct, facts=KNOWN).then_refused("organizer-only")


TEN_DAYS = wait("hours-answer", NOON, NOON)


def test_a_question_is_answered() -> None:
    questioned = ServiceHoursQuestioned(volunteer_id=MEI_ID, reason_code="too-few", minutes=150, wait=TEN_DAYS)
    upheld = ServiceHoursUpheld(volunteer_id=MEI_ID, reason_code="list-says-so")
    ask = QuestionHours(reason_code="too-few", minutes=150)
    hours.given(RECORDED).when(ask, actor=MEI_HERSELF).then(questioned)
    hours.given(RECORDED, questioned).when(ask, actor=MEI_HERSELF).then_nothing()
    hours.given(RECORDED).when(ask, actor=replace(MEI_HERSELF, id=str(LIN_ID))).then_refused("not-yours")
    hours.given(RECORDED, questioned).when(UpholdHours(reason_code="list-says-so"), actor=JIDA).then(upheld)
    hours.given(RECORDED, questioned, upheld).when(UpholdHours(reason_code="list-says-so"), actor=JIDA).then_nothing()


def test_a_unit_that_does_not_answer_is_reminded_and_then_its_head_is_told() -> None:
    """INV-20: ten working days, assumed; half of them, and all of them."""
    questioned = ServiceHoursQuestioned(volunteer_id=MEI_ID, reason_code="too-few", wait=TEN_DAYS)
    reminded = HoursAnswerReminded(volunteer_id=MEI_ID, organizer="organization:jida")
    overdue = HoursAnswerOverdue(volunteer_id=MEI_ID, organizer="organization:jida")
    remind, escalate = RemindHoursAnswer(), EscalateHoursAnswer()
    assert Wait(remind_at=NOON + timedelta(days=7), due_at=NOON + timedelta(days=14)) == TEN_DAYS
    hours.given(RECORDED, questioned).when(remind).then_nothing()
    hours.given(RECORDED, questioned).when(remind, now=TEN_DAYS.remind_at).then(reminded)
    hours.given(RECORDED, questioned, reminded).when(remind, now=TEN_DAYS.due_at).then_nothing()
    hours.given(RECORDED, questioned, reminded).when(escalate, now=TEN_DAYS.due_at).then(overdue)
    hours.given(RECORDED, questioned, overdue).when(escalate, now=TEN_DAYS.due_at).then_nothing()
    upheld = ServiceHoursUpheld(volunteer_id=MEI_ID, reason_code="list-says-so")
    hours.given(RECORDED, questioned, upheld).when(escalate, now=TEN_DAYS.due_at).then_nothing()


def test_a_voided_record_counts_no_more_and_takes_nothing_more() -> None:
    voided = ServiceHoursVoided(
        volunteer_id=MEI_ID, task_id=TASK, counted=False, minutes_before=120, reason_code="twice"
    )
    hours.given(RECORDED).when(VoidHours(reason_code="twice"), actor=JIDA).then(voided)
    hours.given(RECORDED, voided).when(VoidHours(reason_code="twice"), actor=JIDA).then_nothing()
    hours.given(RECORDED, voided).when(ConfirmHours(), actor=JIDA).then_refused("not-in-this-state")


def test_what_is_confirmed_can_be_rated_with_the_day_and_later_than_ten_working_days_says_so() -> None:
    """INV-19."""
    rated = ServiceQualityRated(volunteer_id=MEI_ID, score=5, by="organization:jida", rated_on=TODAY, late=False)
    past = replace(RECORDED, record_by=date(2026, 3, 1))
    hours.given(past, CONFIRMED).when(RateService(score=5), actor=JIDA).then(replace(rated, late=True))
    hours.given(RECORDED, CONFIRMED).when(RateService(score=5), actor=JIDA).then(rated)
    hours.given(RECORDED, CONFIRMED, rated).when(RateService(score=5), actor=JIDA).then_nothing()
    hours.given(RECORDED).when(RateService(score=5), actor=JIDA).then_refused("not-in-this-state")


def test_what_was_never_recorded_is_not_known() -> None:
    hours.given().when(ConfirmHours(), actor=JIDA).then_refused("record-unknown")


UNTIMED = replace(GAVE, began_at=None, ended_at=None)
RECORDED_UNTIMED = replace(RECORDED, began_at=None, ended_at=None)


def beside(**other: object) -> HoursKnown:
    """The volunteer has another record."""
    stretch = Stretch(day=TODAY, minutes=30, activity="summer-reading")
    return replace(KNOWN, others=(replace(stretch, **other),))  # type: ignore[arg-type]


def test_two_records_of_one_task_of_which_one_says_no_times_are_not_counted_both() -> None:
    """INV-18: nothing shows that they are about different minutes."""
    timed = Span(start=NOON - timedelta(hours=9), end=NOON - timedelta(hours=8))
    hours.when(UNTIMED, facts=beside(task_id=TASK)).then_refused("recorded-already")
    hours.when(UNTIMED, facts=beside(task_id=TASK, span=timed)).then_refused("recorded-already")
    hours.when(GAVE, facts=beside(task_id=TASK)).then_refused("recorded-already")
    hours.when(GAVE, facts=beside(task_id=TASK, span=timed)).then(RECORDED)


def test_what_is_about_other_work_or_another_day_counts_beside_it() -> None:
    hours.when(UNTIMED, facts=beside(task_id=LIN_ID)).then(RECORDED_UNTIMED)
    hours.when(UNTIMED, facts=beside(task_id=TASK, day=DAY_BEFORE)).then(RECORDED_UNTIMED)
    hours.when(UNTIMED, facts=beside(activity="radiators")).then(RECORDED_UNTIMED)


def test_without_a_task_one_activity_counts_once_a_day_unless_times_tell_two_apart() -> None:
    """INV-18."""
    hours.when(UNTIMED, facts=beside()).then_refused("recorded-already")
    no_task = replace(UNTIMED, task_id=None)
    hours.when(no_task, facts=beside(task_id=TASK)).then_refused("recorded-already")


def test_a_correction_counts_no_minute_twice_either() -> None:
    """INV-18."""
    correct = CorrectHours(minutes=90, reason_code="typed-wrong")
    given = hours.given(RECORDED_UNTIMED)
    given.when(correct, actor=JIDA, facts=beside(task_id=TASK)).then_refused("recorded-already")


def test_minutes_stand_in_for_a_beginning_or_an_end_that_is_not_known() -> None:
    """INV-18: two hours until noon, of which only one end is told, are two hours until noon."""
    other = beside(activity="radiators", span=Span(start=NOON - timedelta(minutes=30), end=NOON))
    hours.when(replace(GAVE, began_at=None), facts=other).then_refused("overlaps")
    hours.when(replace(GAVE, began_at=NOON - timedelta(hours=2), ended_at=None), facts=other).then_refused("overlaps")
    before = replace(GAVE, began_at=BEGAN, ended_at=None, minutes=120)
    hours.when(before, facts=other).then(replace(RECORDED, ended_at=None))


def test_a_stretch_ends_on_its_day_or_the_night_after() -> None:
    night = replace(GAVE, day=DAY_BEFORE, began_at=NOON - timedelta(hours=14), ended_at=NOON - timedelta(hours=10))
    recorded = replace(RECORDED, day=DAY_BEFORE, began_at=night.began_at, ended_at=night.ended_at)
    hours.when(night, facts=KNOWN).then(recorded)
    hours.when(replace(UNTIMED, day=date(2026, 2, 20), ended_at=NOON), facts=KNOWN).then_refused("times-wrong")
    hours.when(replace(UNTIMED, day=date(1999, 2, 20)), facts=KNOWN).then_refused("times-wrong")


@pytest.mark.parametrize(
    "command",
    [
        ConfirmHours(),
        UpholdHours(reason_code="list-says-so"),
        CorrectHours(minutes=90, reason_code="typed-wrong"),
        VoidHours(reason_code="twice"),
        RateService(score=5),
    ],
)
def test_a_worker_on_duty_says_nothing_of_the_hours_that_the_same_human_gave(command: object) -> None:
    """INV-18, H15: one human, two hats; the unit's word comes from somebody else in it."""
    hat = Actor(id="w-zyh", role="grid_worker", org="organization:jida")
    facts = replace(KNOWN, worker=ZYH)
    past = (RECORDED,) if isinstance(command, ConfirmHours) else (RECORDED, CONFIRMED)
    hours.given(*past).when(command, actor=hat, facts=facts).then_refused("own-hours")
    assert hours.given(RECORDED).when(ConfirmHours(), actor=hat, facts=KNOWN).decided() == [CONFIRMED]
