"""The service as a whole, on a log of its own: views, what decisions look up, what follows from others, clocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.contracts import intake, referral
from services.contracts.codes import STAR_SCHEME
from services.contracts.tables import edition
from services.contracts.volunteer import (
    AcceptTask,
    AssignMentor,
    AssignTask,
    CancelAssignment,
    CancelTask,
    ClearVolunteer,
    Commitment,
    CompleteTask,
    ConfirmHours,
    CorrectHours,
    FormPairing,
    FulfilCommitment,
    InsureVolunteer,
    IssueRecordStatement,
    JoinTeam,
    OfferTask,
    OpenTask,
    QuestionHours,
    RecordHours,
    RegisterVolunteer,
    ReportPairing,
    ServiceHoursConfirmed,
    ServiceHoursCorrected,
    SuspendVolunteer,
    TrainVolunteer,
    VerifyTask,
    VerifyVolunteer,
    VoidHours,
    WithdrawVolunteer,
)
from services.contracts.words import Handoff
from services.contracts.worktime import end_of
from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.volunteer.domain import hours, pairing, task, volunteer
from services.volunteer.view_tables import (
    alerts,
    assignments,
    commitments,
    hours_clocks,
    hours_due,
    pairing_reports,
    pairings,
    stars,
    statements,
    tasks,
    volunteer_skills,
    volunteer_teams,
    volunteers,
)
from services.volunteer.view_tables import hours as hours_view
from tests.service.volunteer.desk import Desk
from tests.support.spec import NOON
from tests.unit.volunteer.people import MATTER, SLOT, TODAY, XINGHUA, ZBS, ZYH

JIDA = Actor(id="p-9", role="partner", org="organization:jida")
PERSON, REFERRAL = UUID(int=31), UUID(int=32)
TWO = OpenTask(
    matter_id=MATTER, holder=XINGHUA, kind="small-repair", headcount=2, person_id=PERSON, area="220104004005",
    slot_start=SLOT, slot_end=SLOT + timedelta(hours=1),
)  # fmt: skip
ONE = replace(TWO, headcount=1)
DONE = CompleteTask(result="done", began_at=NOON - timedelta(hours=2), ended_at=NOON)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of a service that has heard of nobody."""
    desk = Desk(tmp_path)
    yield desk
    desk.store.stop()


def somebody(desk: Desk, worker: str | None = None, skill: str = "repair", limits: tuple[str, ...] = ()) -> UUID:
    """A volunteer who is verified, trained, checked and insured."""
    who = desk.asks(
        RegisterVolunteer(area="220104004", consent_ref="paper-1", worker=worker, limits=limits), volunteer.DECIDER
    )
    for command in (
        VerifyVolunteer(minor=False, evidence_kind="id-card"),
        TrainVolunteer(training_code="first", minutes=60, organizer="organization:jida", trained_on=TODAY, skill=skill),
        ClearVolunteer(check_kind="minor-protection", result="clear", checked_on=TODAY, valid_until=date(2027, 3, 1)),
        InsureVolunteer(policy_ref="p-1", valid_from=TODAY, valid_until=date(2026, 12, 31)),
        JoinTeam(team="team:leifeng"),
    ):
        desk.asks(command, volunteer.DECIDER, who)
    return who


def going(desk: Desk, *parties: str, opened: OpenTask = ONE) -> UUID:
    """A task to which these go."""
    task_id = desk.asks(opened, task.DECIDER)
    desk.asks(AssignTask(assignees=parties), task.DECIDER, task_id)
    return task_id


def test_a_volunteer_is_shown_with_everything_that_rules_ask_for(desk: Desk) -> None:
    who = somebody(desk)
    assert desk.sees(volunteers) == [
        {
            "volunteer_id": who, "version": 6, "state": "active", "area": "220104004", "minor": False,
            "guardian_consent": False, "cleared_until": date(2027, 3, 1), "lapses_at": end_of(date(2027, 3, 1)),
            "insured_from": TODAY,
            "insured_until": date(2026, 12, 31), "minutes_confirmed": 0, "changed": 6, "made_by": "w-01", "kept_by": "220104004",
        }
    ]  # fmt: skip
    assert desk.sees(volunteer_skills) == [{"volunteer_id": who, "skill": "repair", "trained_on": TODAY}]
    assert desk.sees(volunteer_teams) == [{"volunteer_id": who, "team": "team:leifeng"}]


def test_two_who_said_yes_go_together(desk: Desk) -> None:
    first, second = (f"volunteer:{somebody(desk)}" for _ in range(2))
    opened = replace(TWO, risk="some", with_minor=True, skills=("repair",))
    task_id = desk.asks(opened, task.DECIDER)
    desk.asks(OfferTask(candidates=(first, second)), task.DECIDER, task_id)
    assert desk.state(tasks, task_id) == "offered"
    for who in (first, second):
        desk.asks(AcceptTask(assignee=who), task.DECIDER, task_id)
    assert desk.state(tasks, task_id) == "assigned"
    assert desk.sees(tasks)[0]["owner"] == first
    assert {row["state"] for row in desk.sees(assignments)} == {"assigned"}


def test_a_stranger_is_not_sent(desk: Desk) -> None:
    task_id = desk.asks(ONE, task.DECIDER)
    for who in (f"volunteer:{UUID(int=5)}", "volunteer:nobody"):
        with pytest.raises(Refused, match="not-a-volunteer"):
            desk.asks(AssignTask(assignees=(who,)), task.DECIDER, task_id)


def test_nobody_is_in_two_places(desk: Desk) -> None:
    going(desk, ZBS)
    task_id = desk.asks(replace(ONE, slot_start=SLOT + timedelta(minutes=30), slot_end=None), task.DECIDER)
    with pytest.raises(Refused, match="clash"):
        desk.asks(AssignTask(assignees=(ZBS,)), task.DECIDER, task_id)
    desk.asks(AssignTask(assignees=(ZYH,)), task.DECIDER, task_id)


def test_when_one_cancels_the_others_of_the_street_are_asked(desk: Desk) -> None:
    mei, lin = somebody(desk), somebody(desk)
    elsewhere = desk.asks(RegisterVolunteer(area="220172001", consent_ref="paper-2"), volunteer.DECIDER)
    task_id = going(desk, f"volunteer:{mei}", opened=replace(ONE, skills=("repair",)))
    desk.asks(CancelAssignment(assignee=f"volunteer:{mei}"), task.DECIDER, task_id, at=SLOT - timedelta(hours=3))
    states = {row["assignee"]: row["state"] for row in desk.sees(assignments)}
    assert states == {f"volunteer:{mei}": "cancelled", f"volunteer:{lin}": "asked"}
    assert f"volunteer:{elsewhere}" not in states
    assert desk.sees(tasks)[0]["urgency"] == "urgent"


def test_a_search_that_found_nobody_ends_before_the_slot(desk: Desk) -> None:
    task_id = desk.asks(ONE, task.DECIDER)
    assert desk.passes(timedelta(hours=2, minutes=44)) == 0
    assert desk.passes(timedelta(minutes=1)) == 1
    assert desk.state(tasks, task_id) == "unfilled"
    assert desk.sees(tasks)[0]["owner"] == XINGHUA
    assert desk.passes(timedelta(hours=5)) == 0


def test_hours_that_nobody_confirms_are_pointed_out_after_ten_working_days(desk: Desk) -> None:
    mei = somebody(desk)
    task_id = going(desk, f"volunteer:{mei}")
    desk.asks(DONE, task.DECIDER, task_id)
    assert [row["volunteer_id"] for row in desk.sees(hours_due)] == [mei]
    desk.asks(VerifyTask(by="client"), task.DECIDER, task_id)
    assert desk.passes(timedelta(days=14)) == 0
    assert desk.passes(timedelta(days=1)) == 1
    assert desk.sees(hours_due) == []


def test_the_clocks_of_what_is_done_and_of_what_is_questioned_ring_twice_each(desk: Desk) -> None:
    """INV-20, INV-28"""
    mei = somebody(desk)
    task_id = going(desk, f"volunteer:{mei}")
    desk.asks(DONE, task.DECIDER, task_id)
    record_id = record(desk, mei, task_id)
    himself = Actor(id=str(mei), role="volunteer")
    desk.asks(QuestionHours(reason_code="too-few"), hours.DECIDER, record_id, by=himself)
    assert desk.passes(timedelta(days=4)) == 2
    assert [row["kind"] for row in desk.sees(alerts)] == ["verify-task"]
    desk.asks(VerifyTask(by="client"), task.DECIDER, task_id)
    assert desk.sees(alerts) == []
    assert desk.passes(timedelta(days=11)) == 3, "reminder and lateness of the answer, and hours that nobody confirmed"
    assert desk.sees(hours_view)[0]["answer_late"] is True
    assert desk.sees(hours_clocks) == []


def record(desk: Desk, who: UUID, task_id: UUID | None = None, **changes: object) -> UUID:
    """A record of two hours until noon."""
    gave = RecordHours(
        volunteer_id=who, activity="radiators", day=TODAY, minutes=120, content_code="small-repair",
        organizer="organization:jida", lead="worker:w-zsl", task_id=task_id, began_at=NOON - timedelta(hours=2),
        ended_at=NOON,
    )  # fmt: skip
    return desk.asks(replace(gave, **changes), hours.DECIDER)  # type: ignore[arg-type]


def test_confirmed_minutes_count_and_corrections_and_voiding_with_them(desk: Desk) -> None:
    mei = somebody(desk)
    task_id = going(desk, f"volunteer:{mei}")
    desk.asks(DONE, task.DECIDER, task_id)
    record_id = record(desk, mei, task_id)
    assert desk.sees(hours_view)[0]["matter_id"] == MATTER
    assert desk.sees(hours_view)[0]["record_by"] == date(2026, 3, 16)
    desk.asks(ConfirmHours(), hours.DECIDER, record_id, by=JIDA)
    assert (desk.sees(volunteers)[0]["minutes_confirmed"], desk.sees(hours_due)) == (120, [])
    desk.asks(CorrectHours(minutes=90, reason_code="typed-wrong"), hours.DECIDER, record_id, by=JIDA)
    assert desk.sees(volunteers)[0]["minutes_confirmed"] == 90
    assert (desk.sees(hours_view)[0]["minutes"], desk.sees(hours_view)[0]["minutes_before"]) == (90, 120)
    desk.asks(IssueRecordStatement(issuer="organization:jida"), volunteer.DECIDER, mei, by=JIDA)
    assert [row["minutes"] for row in desk.sees(statements)] == [90]
    desk.asks(VoidHours(reason_code="twice"), hours.DECIDER, record_id, by=JIDA)
    assert (desk.sees(volunteers)[0]["minutes_confirmed"], desk.state(hours_view, record_id)) == (0, "voided")


def test_no_minute_of_a_volunteer_counts_twice(desk: Desk) -> None:
    mei = somebody(desk)
    first = record(desk, mei)
    with pytest.raises(Refused, match="overlaps"):
        record(desk, mei, began_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=1), minutes=60)
    desk.asks(VoidHours(reason_code="twice"), hours.DECIDER, first, by=JIDA)
    record(desk, mei, began_at=NOON - timedelta(hours=3), ended_at=NOON - timedelta(hours=1), minutes=60)


def test_what_a_worker_did_on_duty_is_no_volunteering_of_the_same_human(desk: Desk) -> None:
    both = somebody(desk, worker=ZYH)
    task_id = going(desk, ZYH)
    desk.asks(DONE, task.DECIDER, task_id)
    with pytest.raises(Refused, match="staff-work"):
        record(desk, both, task_id)
    with pytest.raises(Refused, match="staff-work"):
        record(desk, both)
    assert desk.sees(hours_view) == []


def test_leaving_waits_until_somebody_else_goes(desk: Desk) -> None:
    mei = somebody(desk)
    task_id = going(desk, f"volunteer:{mei}")
    with pytest.raises(Refused, match="assignments-open"):
        desk.asks(WithdrawVolunteer(), volunteer.DECIDER, mei)
    desk.asks(SuspendVolunteer(reason_code="complaint"), volunteer.DECIDER, mei)
    desk.asks(CancelAssignment(assignee=f"volunteer:{mei}"), task.DECIDER, task_id)
    desk.asks(WithdrawVolunteer(), volunteer.DECIDER, mei)
    assert desk.state(volunteers, mei) == "withdrawn"


CLOSED = intake.HelpRequestClosed(matter_id=MATTER, outcome="resolved")
DIED = intake.PersonDied(person_id=PERSON, evidence_kind="certificate")
BACK = Handoff(act="returned", matter_id=MATTER, need_id=REFERRAL, giver="team:leifeng", takers=("worker:w-zsl",))
RETURNED = referral.ReferralReturned(
    matter_id=MATTER, offer_id=UUID(int=1), organization_id=UUID(int=2), reason_code="no-capacity", handoff=BACK
)

VOID = referral.ReferralEnteredInError(matter_id=MATTER, need_id=REFERRAL, reason_code="other", approver_id="w-02")


@pytest.mark.parametrize(
    ("publisher", "event"), [("intake", CLOSED), ("intake", DIED), ("referral", RETURNED), ("referral", VOID)]
)
def test_what_ends_elsewhere_is_called_off_here(desk: Desk, publisher: str, event: object) -> None:
    searching = desk.asks(replace(ONE, referral_id=REFERRAL), task.DECIDER)
    sent = going(desk, ZBS, opened=replace(ONE, referral_id=REFERRAL))
    done = going(desk, ZYH, opened=replace(ONE, referral_id=REFERRAL))
    desk.asks(DONE, task.DECIDER, done)
    other = desk.asks(replace(ONE, matter_id=UUID(int=99), person_id=None), task.DECIDER)
    desk.hears(publisher, event, REFERRAL)
    assert [desk.state(tasks, t) for t in (searching, sent, done, other)] == [
        "cancelled", "cancelled", "completed", "opened",
    ]  # fmt: skip
    assert desk.hears(publisher, event, REFERRAL) == []


def test_a_task_keeps_the_record_it_was_opened_for_and_hears_of_the_survivors_death(desk: Desk) -> None:
    """INV-39: a merger moves nothing; what is said of one record is of the human being, as long as they are merged."""
    searching = desk.asks(ONE, task.DECIDER)
    survivor = UUID(int=98)
    died = replace(DIED, person_id=survivor)
    merged = intake.PersonsMerged(survivor_id=survivor, merged_id=PERSON, basis="documents", approver="w-02")
    unmerged = intake.PersonsUnmerged(survivor_id=survivor, merged_id=PERSON, basis="mistake", approver="w-02")
    for said in (died, merged, unmerged, died):
        desk.hears("intake", said, PERSON)
        assert desk.state(tasks, searching) == "opened"
    desk.hears("intake", merged, PERSON)
    desk.hears("intake", died, PERSON)
    assert desk.state(tasks, searching) == "cancelled"


SUPPORT = FormPairing(
    kind="one_to_one", parties=("team:leifeng",), holder="worker:w-zsl", matter_id=MATTER, referral_id=REFERRAL,
    formed_on=TODAY, commitments=(Commitment(code="outings", giver="team:leifeng"),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("publisher", "event", "result"), [("intake", CLOSED, "partly"), ("referral", RETURNED, "broken_off")]
)
def test_support_ends_with_its_matter_or_its_referral(desk: Desk, publisher: str, event: object, result: str) -> None:
    pairing_id = desk.asks(SUPPORT, pairing.DECIDER)
    desk.asks(FulfilCommitment(commitment_code="outings", evidence_ref="film-1"), pairing.DECIDER, pairing_id)
    desk.asks(FulfilCommitment(commitment_code="outings", evidence_ref="film-2"), pairing.DECIDER, pairing_id)
    assert [(row["state"], row["times"]) for row in desk.sees(commitments)] == [("fulfilled", 2)]
    desk.hears(publisher, event, REFERRAL)
    (row,) = desk.sees(pairings)
    assert (row["state"], row["result"]) == ("ended", result)


def test_a_pair_of_school_and_community_is_shown_with_what_is_open(desk: Desk) -> None:
    huayang, college = "community:220102001001", "university:nenu-sw"
    formed = FormPairing(
        kind="school_community", parties=("worker:w-zxy", "person:s-zmy"), holder=huayang, units=(huayang, college),
        formed_on=date(2022, 7, 15),
    )  # fmt: skip
    pairing_id = desk.asks(formed, pairing.DECIDER)
    desk.asks(AssignMentor(mentor_kind="community", mentor="unknown", unit=huayang), pairing.DECIDER, pairing_id)
    desk.asks(AssignMentor(mentor_kind="academy", mentor="unknown", unit=college), pairing.DECIDER, pairing_id)
    desk.asks(ReportPairing(to_org=college, form_code="talk"), pairing.DECIDER, pairing_id)
    (row,) = desk.sees(pairings)
    assert (row["matter_id"], row["state"], row["academy_mentor"]) == (pairing_id, "reporting", "unknown")
    assert {row["code"] for row in desk.sees(commitments, state="open")} == {"c1", "c2", "c3", "c4", "c5"}
    assert [row["to_org"] for row in desk.sees(pairing_reports)] == [college]


def test_the_clients_word_closes_the_need(desk: Desk) -> None:
    task_id = going(desk, ZBS, "worker:unnamed", opened=replace(TWO, slot_start=None, slot_end=None))
    desk.asks(DONE, task.DECIDER, task_id)
    desk.asks(VerifyTask(by="client"), task.DECIDER, task_id)
    (row,) = desk.sees(tasks)
    assert (row["state"], row["owner"], row["verified_by"], row["version"]) == ("verified", XINGHUA, "client", 4)
    assert desk.sees(hours_due) == []


def test_stars_follow_confirmed_hours_up_and_down(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = edition("s1", TODAY, "1 | 一星 | one | hours=1\n2 | 二星 | two | hours=2")
    monkeypatch.setattr(STAR_SCHEME, "editions", (quick,))
    mei = somebody(desk)
    record_id = record(desk, mei)
    desk.asks(ConfirmHours(), hours.DECIDER, record_id, by=JIDA)
    heard = ServiceHoursConfirmed(volunteer_id=mei, minutes=120, organizer="organization:jida", late=False)
    desk.hears("volunteer", heard, record_id)
    assert [(row["scheme_id"], row["level"], row["minutes"]) for row in desk.sees(stars)] == [("s1", 2, 120)]
    desk.asks(CorrectHours(minutes=90, reason_code="typed-wrong"), hours.DECIDER, record_id, by=JIDA)
    corrected = ServiceHoursCorrected(
        volunteer_id=mei, counted=True, minutes_before=120, minutes_after=90, reason_code="typed-wrong"
    )
    desk.hears("volunteer", corrected, record_id)
    assert [(row["level"], row["minutes"]) for row in desk.sees(stars)] == [(1, 90)]
    assert desk.hears("volunteer", replace(corrected, counted=False), record_id) == []


def test_a_statement_from_before_a_correction_is_outdated(desk: Desk) -> None:
    """H9: also where a second correction brings the old sum back."""
    mei = somebody(desk)
    record_id = record(desk, mei)
    desk.asks(ConfirmHours(), hours.DECIDER, record_id, by=JIDA)
    issue = IssueRecordStatement(issuer="organization:jida")
    for minutes in (90, 120):
        desk.asks(issue, volunteer.DECIDER, mei, by=JIDA)
        desk.asks(CorrectHours(minutes=minutes, reason_code="typed-wrong"), hours.DECIDER, record_id, by=JIDA)
    desk.asks(issue, volunteer.DECIDER, mei, by=JIDA)
    changed = desk.sees(hours_view)[0]["changed"]
    assert sorted((row["minutes"], row["position"] > changed) for row in desk.sees(statements)) == [
        (90, False), (120, False), (120, True),
    ]  # fmt: skip


def test_peers_bug_11_hours_outlive_their_task(desk: Desk) -> None:
    """A task that is called off or was a mistake takes no hours with it (engelsystem 640, INV-18)."""
    mei = somebody(desk)
    record_id = record(desk, mei)
    desk.asks(ConfirmHours(), hours.DECIDER, record_id, by=JIDA)
    task_id = going(desk, f"volunteer:{mei}")
    earlier = record(desk, mei, task_id, began_at=NOON - timedelta(hours=4), ended_at=NOON - timedelta(hours=2))
    desk.asks(ConfirmHours(), hours.DECIDER, earlier, by=JIDA)
    desk.asks(CancelTask(by="client", reason_code="not-needed"), task.DECIDER, task_id)
    assert desk.state(tasks, task_id) == "cancelled"
    assert {desk.state(hours_view, r) for r in (record_id, earlier)} == {"confirmed"}
    assert desk.sees(volunteers)[0]["minutes_confirmed"] == 240
