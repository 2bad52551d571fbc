"""Training sessions with who was there, and projects with what they owe to whom."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid5

import pytest

from services.contracts import referral as public
from services.contracts.codes_times import wait_until
from services.contracts.worktime import end_of
from services.referral.domain import project, training
from services.referral.domain.staffing import Staffing
from tests.support.spec import NOON, Spec

SESSION, PROJECT, REPORT = UUID(int=67), UUID(int=68), uuid5(UUID(int=1), "report")
ONE, TWO = UUID(int=1), UUID(int=2)
trainings, projects = Spec(training.DECIDER), Spec(project.DECIDER)
KNOWN = Staffing(itself=SESSION, staff=frozenset({ONE, TWO}))

HOLD = public.HoldTraining(kind="micro-class", organizer="community:220104004", staff_ids=(ONE,))
HELD = public.TrainingHeld(training_id=SESSION, kind="micro-class", organizer="community:220104004")


def there(*staff_ids: UUID) -> public.TrainingAttended:
    """These were there."""
    return public.TrainingAttended(training_id=SESSION, staff_ids=staff_ids)


@pytest.mark.parametrize("kind", ["micro-class", "culture-salon", "brainstorm"])
def test_the_seeds_three_forms_are_held_with_who_was_there(kind: str):
    """社工微课堂, 文化沙龙, 头脑风暴; when it was may be unknown."""
    trainings.given().when(replace(HOLD, kind=kind), facts=KNOWN).then(replace(HELD, kind=kind), there(ONE))


def test_who_was_there_is_written_down_once():
    more = public.RecordTrainingAttendance(staff_ids=(ONE, TWO, TWO))
    trainings.given(HELD, there(ONE)).when(more, facts=KNOWN).then(there(TWO))
    trainings.given(HELD, there(ONE), there(TWO)).when(more, facts=KNOWN).then_nothing()


def test_only_workers_of_the_directory_are_trained_staff():
    stranger = public.RecordTrainingAttendance(staff_ids=(UUID(int=9),))
    trainings.given(HELD).when(stranger, facts=KNOWN).then_refused("staff-unknown")


def test_who_was_not_there_is_struck_and_may_be_written_down_again():
    strike = public.StrikeTrainingAttendance(staff_id=ONE, reason_code="typing-error")
    struck = public.TrainingAttendanceStruck(training_id=SESSION, staff_id=ONE, reason_code="typing-error")
    trainings.given(HELD, there(ONE)).when(strike).then(struck)
    trainings.given(HELD, there(ONE), struck).when(strike).then_nothing()
    again = public.RecordTrainingAttendance(staff_ids=(ONE,))
    trainings.given(HELD, there(ONE), struck).when(again, facts=KNOWN).then(there(ONE))


# --- projects -------------------------------------------------------------------------------------------------------

LEAGUE, CENTRE = "authority:league", "organization:centre"
PLACES = (public.ServedPlace(code="220103", edition="nbs-2023"), public.ServedPlace(code="cc-xinqu"))
START = public.StartProject(
    code="youth-2022", operator=CENTRE, commissioner=LEAGUE, level="city", places=PLACES,
    group_codes=("youth-b1", "youth-b12"),
)  # fmt: skip
STARTED = public.ProjectStarted(
    project_id=PROJECT, code="youth-2022", operator=CENTRE, commissioner=LEAGUE, level="city", places=PLACES,
    group_codes=("youth-b1", "youth-b12"), table_version="2022",
)  # fmt: skip
NEW = Staffing(itself=PROJECT)
OWE = public.OweReport(kind="half-year", to=LEAGUE, due_on=date(2026, 3, 12))
DUE_ON = date(2026, 3, 12)
OWED = public.ReportOwed(
    project_id=PROJECT, report_id=REPORT, kind="half-year", to=LEAGUE, due_on=DUE_ON,
    wait=wait_until(end_of(DUE_ON), NOON),
)  # fmt: skip
SUBMIT = public.SubmitReport(report_id=REPORT)
SUBMITTED = public.ReportSubmitted(project_id=PROJECT, report_id=REPORT, late=False)


def test_a_project_is_commissioned_for_groups_that_need_no_name_yet():
    """The twelve classes of 长春 have no names in any source, and are served all the same."""
    projects.given().when(START, facts=NEW).then(STARTED)
    projects.given(STARTED).when(START, facts=NEW).then_nothing()
    projects.given().when(replace(START, group_codes=("youth-b13",)), facts=NEW).then_refused("unknown-code")


def test_its_places_say_in_which_edition_they_stand_and_its_end_comes_after_its_beginning():
    bare = replace(START, places=(public.ServedPlace(code="220103"),))
    projects.given().when(bare, facts=NEW).then_refused("edition-needed")
    turned = replace(START, starts_on=date(2022, 12, 31), ends_on=date(2022, 1, 1))
    projects.given().when(turned, facts=NEW).then_refused("period-wrong")
    projects.given().when(START, facts=replace(NEW, taken=True)).then_refused("code-taken")


def test_a_report_is_owed_to_the_commissioner_by_a_day():
    projects.given(STARTED).when(OWE).then(OWED)
    projects.given(STARTED, OWED).when(OWE).then_nothing()


def test_a_report_is_handed_in_once_in_time_or_late():
    projects.given(STARTED, OWED).when(SUBMIT).then(SUBMITTED)
    early = replace(OWED, due_on=date(2026, 3, 1))
    projects.given(STARTED, early).when(SUBMIT).then(replace(SUBMITTED, late=True))
    projects.given(STARTED, OWED, SUBMITTED).when(SUBMIT).then_nothing()
    projects.given(STARTED).when(SUBMIT).then_refused("report-unknown")


def test_a_project_ends_with_nothing_owed_or_a_reason():
    end = public.EndProject(reason_code="ended")
    refused = projects.given(STARTED, OWED).when(end).then_refused("reports-owed")
    assert refused.allowed == ("submit-report", "waive-report")
    ended = public.ProjectEnded(project_id=PROJECT, reason_code="ended")
    projects.given(STARTED, OWED, SUBMITTED).when(end).then(ended)
    all_the_same = replace(end, reports_owed_reason="merged")
    projects.given(STARTED, OWED).when(all_the_same).then(replace(ended, reports_owed_reason="merged"))
    projects.given(STARTED, ended).when(end).then_nothing()


def test_what_was_owed_may_be_handed_in_or_waived_after_the_end():
    ended = public.ProjectEnded(project_id=PROJECT, reason_code="ended", reports_owed_reason="merged")
    projects.given(STARTED, OWED, ended).when(SUBMIT).then(SUBMITTED)
    waive = public.WaiveReport(report_id=REPORT, reason_code="merged")
    waived = public.ReportWaived(project_id=PROJECT, report_id=REPORT, reason_code="merged")
    projects.given(STARTED, OWED, ended).when(waive).then(waived)
    projects.given(STARTED, OWED, ended, waived).when(waive).then_nothing()
    projects.given(STARTED, ended).when(OWE).then_refused("not-in-this-state")


def test_a_report_that_is_owed_is_reminded_of_and_is_overdue_after_its_day():
    """What is owed to whom: half of the time over whoever carries out the project is reminded, and both hear that it is late."""
    about = {"project_id": PROJECT, "report_id": REPORT, "operator": CENTRE, "to": LEAGUE, "due_on": DUE_ON}
    reminded, overdue = public.ReportReminded(**about), public.ReportOverdue(**about)
    remind, late = public.RemindReport(report_id=REPORT), public.MarkReportOverdue(report_id=REPORT)
    half, end = OWED.wait.remind_at, end_of(DUE_ON)
    given = projects.given(STARTED, OWED)
    given.when(remind, now=half - timedelta(seconds=1)).then_nothing()
    given.when(remind, now=half).then(reminded)
    given.when(late, now=end - timedelta(seconds=1)).then_nothing()
    given.when(late, now=end).then(overdue)
    ended = public.ProjectEnded(project_id=PROJECT, reason_code="ended", reports_owed_reason="merged")
    projects.given(STARTED, OWED, reminded, ended).when(late, now=end).then(overdue)
    projects.given(STARTED, OWED, reminded, overdue).when(remind, now=end).then_nothing()
    projects.given(STARTED, OWED, reminded, overdue).when(late, now=end).then_nothing()
    for settled in (SUBMITTED, public.ReportWaived(project_id=PROJECT, report_id=REPORT, reason_code="merged")):
        projects.given(STARTED, OWED, settled).when(remind, now=end).then_nothing()
        projects.given(STARTED, OWED, settled).when(late, now=end).then_nothing()
