"""What the service looks up of people: the other hats of one human, families, who took a matter over, who was there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from services.contracts import intake
from services.contracts.volunteer import (
    AcceptTask,
    AssignTask,
    CancelAssignment,
    CancelTask,
    ClearVolunteer,
    CompleteTask,
    ConfirmHours,
    ContactClient,
    DeclareRelative,
    DeclareUnfilled,
    LinkWorker,
    MarkTaskEnteredInError,
    OfferTask,
    ReassignTask,
    RecordArrival,
    RecordNoShow,
    SuspendVolunteer,
    VerifyTask,
    VolunteerCleared,
    VolunteerSuspended,
)
from services.contracts.words import Handoff
from services.kernel.errors import Refused
from services.kernel.message import Actor
from services.volunteer.domain import hours, task, volunteer
from services.volunteer.view_tables import alerts, assignments, no_shows, tasks, volunteer_checks, volunteers
from services.volunteer.view_tables import hours as hours_view
from tests.service.volunteer.desk import Desk
from tests.service.volunteer.test_service import DONE, JIDA, ONE, PERSON, TWO, going, record, somebody
from tests.support.spec import NOON
from tests.unit.volunteer.people import MATTER, SLOT, TODAY, XINGHUA, ZBS, ZYH

ZYH_ON_DUTY = Actor(id="w-zyh", role="grid_worker", org="220104004005")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk of a service that has heard of nobody."""
    desk = Desk(tmp_path)
    yield desk
    desk.store.stop()


def test_one_human_is_not_in_two_places_in_two_roles(desk: Desk) -> None:
    """INV-15, H15."""
    both = somebody(desk)
    desk.asks(LinkWorker(worker=ZYH), volunteer.DECIDER, both)
    going(desk, ZYH)
    other = desk.asks(replace(ONE, slot_start=SLOT + timedelta(minutes=30), slot_end=None), task.DECIDER)
    with pytest.raises(Refused, match="clash"):
        desk.asks(AssignTask(assignees=(f"volunteer:{both}",)), task.DECIDER, other)


@pytest.mark.parametrize("named", ["task", "request", "matter"])
def test_a_relative_of_the_client_neither_goes_by_himself_nor_verifies(desk: Desk, named: str) -> None:
    """H15: also where the task names the matter alone, and intake has said whose it is."""
    mother = somebody(desk)
    me = Actor(id=str(mother), role="volunteer")
    desk.asks(LinkWorker(worker=ZYH), volunteer.DECIDER, mother)
    desk.asks(DeclareRelative(person_id=PERSON, relation="mother"), volunteer.DECIDER, mother, by=me)
    if named == "matter":
        linked = intake.HelpRequestPersonLinked(matter_id=MATTER, person_id=PERSON)
        desk.hears("intake", linked, MATTER)
    if named == "request":
        unit = Handoff(act="taken", matter_id=MATTER, giver="unknown", takers=(XINGHUA,))
        received = intake.HelpRequestReceived(
            matter_id=MATTER, handoff=unit, unit=XINGHUA, area="220104004005", came_by="phone", reporter_kind="self",
            person_id=PERSON,
        )  # fmt: skip
        desk.hears("intake", received, MATTER)
    task_id = desk.asks(ONE if named == "task" else replace(ONE, person_id=None), task.DECIDER)
    with pytest.raises(Refused, match="own-family"):
        desk.asks(AcceptTask(assignee=f"volunteer:{mother}"), task.DECIDER, task_id, by=me)
    with pytest.raises(Refused, match="own-family"):
        desk.asks(AssignTask(assignees=(ZYH,)), task.DECIDER, task_id, by=ZYH_ON_DUTY)
    desk.asks(AssignTask(assignees=(ZBS,)), task.DECIDER, task_id, by=ZYH_ON_DUTY)
    desk.asks(DONE, task.DECIDER, task_id)
    with pytest.raises(Refused, match="own-family"):
        desk.asks(VerifyTask(by="coordinator"), task.DECIDER, task_id, by=ZYH_ON_DUTY)
    desk.asks(VerifyTask(by="coordinator"), task.DECIDER, task_id)


def test_a_suspended_volunteer_is_replaced_in_every_task_that_waited(desk: Desk) -> None:
    """INV-1: nobody who may not be sent answers for a need any longer than it takes to say so."""
    mei, lin = somebody(desk), somebody(desk)
    task_id = going(desk, f"volunteer:{mei}", opened=replace(ONE, skills=("repair",)))
    desk.asks(SuspendVolunteer(reason_code="complaint"), volunteer.DECIDER, mei)
    said = VolunteerSuspended(reason_code="complaint", open_tasks=(task_id,))
    assert len(desk.hears("volunteer", said, mei)) == 1
    states = {row["assignee"]: row["state"] for row in desk.sees(assignments)}
    assert states == {f"volunteer:{mei}": "cancelled", f"volunteer:{lin}": "asked"}
    assert desk.hears("volunteer", said, mei) == []


def test_who_fails_the_check_for_minors_goes_to_no_child(desk: Desk) -> None:
    """INV-16."""
    mei = somebody(desk)
    child = going(desk, f"volunteer:{mei}", opened=replace(ONE, with_minor=True))
    later = {"slot_start": SLOT + timedelta(days=1), "slot_end": None}
    grown = going(desk, f"volunteer:{mei}", opened=replace(ONE, **later))
    failed = {"check_kind": "minor-protection", "result": "not_clear", "checked_on": TODAY, "valid_until": TODAY}
    desk.asks(ClearVolunteer(**failed), volunteer.DECIDER, mei)
    desk.hears("volunteer", VolunteerCleared(**failed), mei)
    assert (desk.state(tasks, child), desk.state(tasks, grown)) == ("opened", "assigned")
    assert [row["result"] for row in desk.sees(volunteer_checks)] == ["not_clear"]


def test_a_need_goes_back_to_whoever_took_the_matter_over(desk: Desk) -> None:
    """INV-1: the holder that a task names may have handed the matter on since."""
    task_id = desk.asks(ONE, task.DECIDER)
    for giver, owner in ((XINGHUA, "worker:w-zsl"), ("worker:w-zsl", "worker:w-new")):
        handoff = Handoff(act="taken", matter_id=MATTER, giver=giver, takers=(owner,))
        taken = intake.CaseTakenOver(
            case_id=UUID(int=8), matter_id=MATTER, handoff=handoff, owner=owner, reason_code="worker-left"
        )
        desk.hears("intake", taken, UUID(int=8))
    desk.asks(DeclareUnfilled(), task.DECIDER, task_id)
    assert [(row["owner"], row["holder"]) for row in desk.sees(tasks)] == [("worker:w-new", "worker:w-new")]


def test_a_holder_who_never_answered_for_the_matter_stays(desk: Desk) -> None:
    """An organization that carries a referral holds its own tasks, whoever owns the case."""
    task_id = desk.asks(replace(ONE, holder="organization:jida"), task.DECIDER)
    handoff = Handoff(act="taken", matter_id=MATTER, giver=XINGHUA, takers=("worker:w-zsl",))
    taken = intake.CaseTakenOver(
        case_id=UUID(int=8), matter_id=MATTER, handoff=handoff, owner="worker:w-zsl", reason_code="worker-left"
    )
    desk.hears("intake", taken, UUID(int=8))
    desk.asks(DeclareUnfilled(), task.DECIDER, task_id)
    assert desk.sees(tasks)[0]["owner"] == "organization:jida"


def test_a_cancellation_alerts_the_dispatcher_until_somebody_is_found_and_the_client_knows(desk: Desk) -> None:
    """H5."""
    mei = somebody(desk)
    task_id = going(desk, f"volunteer:{mei}")
    desk.now = SLOT - timedelta(hours=1)
    desk.asks(CancelAssignment(assignee=f"volunteer:{mei}"), task.DECIDER, task_id)
    assert {row["kind"]: row["who"] for row in desk.sees(alerts)} == {
        "find-somebody": "worker:w-01", "tell-client": "worker:w-01",
    }  # fmt: skip
    desk.asks(ContactClient(mode="phone", result="no_answer"), task.DECIDER, task_id)
    assert len(desk.sees(alerts, kind="tell-client")) == 1
    desk.asks(AssignTask(assignees=(ZBS,)), task.DECIDER, task_id)
    assert [row["kind"] for row in desk.sees(alerts)] == ["tell-client"]
    desk.asks(ContactClient(mode="phone", result="reached"), task.DECIDER, task_id)
    assert desk.sees(alerts) == []


def test_a_no_show_is_counted_for_dispatchers_alone_and_earns_no_hours(desk: Desk) -> None:
    """INV-37: a private fact, beside no score; INV-18: no time was given."""
    mei = somebody(desk)
    task_id = going(desk, f"volunteer:{mei}", ZBS, opened=TWO)
    desk.now = SLOT + timedelta(minutes=20)
    desk.asks(RecordArrival(method="told", assignees=(ZBS,)), task.DECIDER, task_id)
    desk.asks(RecordNoShow(assignee=f"volunteer:{mei}"), task.DECIDER, task_id)
    assert [(row["assignee"], row["times"]) for row in desk.sees(no_shows)] == [(f"volunteer:{mei}", 1)]
    assert (desk.state(tasks, task_id), desk.sees(tasks)[0]["owner"]) == ("on_site", ZBS)
    desk.asks(CompleteTask(result="done"), task.DECIDER, task_id)
    with pytest.raises(Refused, match="not-assigned"):
        record(desk, mei, task_id)


def test_peers_bug_10_a_volunteer_replaced_in_the_middle_keeps_the_credit(desk: Desk) -> None:
    """casa 1740: what was given before stays with the one who gave it, and what comes after is the other's (INV-18)."""
    mei, lin = somebody(desk), somebody(desk)
    week = replace(ONE, slot_start=NOON - timedelta(days=2), slot_end=NOON + timedelta(days=2))
    task_id = going(desk, f"volunteer:{mei}", opened=week)
    desk.now = NOON - timedelta(days=1, hours=2)
    desk.asks(RecordArrival(method="told"), task.DECIDER, task_id)
    desk.now = NOON - timedelta(days=1)
    swap = ReassignTask(leaving=(f"volunteer:{mei}",), joining=(f"volunteer:{lin}",), reason_code="ill")
    desk.asks(swap, task.DECIDER, task_id)
    desk.now = NOON
    gave = {
        "day": date(2026, 3, 1),
        "began_at": NOON - timedelta(days=1, hours=2),
        "ended_at": NOON - timedelta(days=1),
    }
    mine = record(desk, mei, task_id, **gave)
    with pytest.raises(Refused, match="not-assigned"):
        record(desk, mei, task_id)
    theirs = record(desk, lin, task_id)
    for record_id in (mine, theirs):
        desk.asks(ConfirmHours(), hours.DECIDER, record_id, by=JIDA)
    minutes = {row["volunteer_id"]: row["minutes_confirmed"] for row in desk.sees(volunteers)}
    assert minutes == {mei: 120, lin: 120}


@pytest.mark.parametrize(
    "over",
    [
        CancelTask(by="client", reason_code="not-needed"),
        MarkTaskEnteredInError(reason_code="entered-twice", approver="worker:w-02"),
    ],
)
def test_peers_bug_11_what_was_given_before_a_task_went_away_can_still_be_recorded(desk: Desk, over: object) -> None:
    """engelsystem 640: hours outlive the task, those on record and those that are recorded later (INV-18)."""
    mei = somebody(desk)
    task_id = going(desk, f"volunteer:{mei}", opened=replace(ONE, slot_start=NOON - timedelta(hours=3), slot_end=None))
    desk.now = NOON - timedelta(hours=2)
    desk.asks(RecordArrival(method="told"), task.DECIDER, task_id)
    desk.now = NOON
    desk.asks(over, task.DECIDER, task_id)
    record_id = record(desk, mei, task_id)
    desk.asks(ConfirmHours(), hours.DECIDER, record_id, by=JIDA)
    assert desk.sees(volunteers)[0]["minutes_confirmed"] == 120
    assert [row["state"] for row in desk.sees(hours_view)] == ["confirmed"]


def test_peers_bug_9_the_last_place_is_taken_once_however_many_want_it(desk: Desk) -> None:
    """engelsystem 430: twenty at once; a hundred over the real stack (tests/scenario)."""
    wanting = [f"volunteer:{somebody(desk)}" for _ in range(20)]
    task_id = desk.asks(ONE, task.DECIDER)
    desk.asks(OfferTask(candidates=tuple(wanting)), task.DECIDER, task_id)

    def answers(who: str) -> None:
        desk.asks(AcceptTask(assignee=who), task.DECIDER, task_id)

    with ThreadPoolExecutor(10) as people:
        list(people.map(answers, wanting))
    assert len(desk.sees(assignments, state="in_vain")) == 19
    assert len(desk.sees(assignments, state="assigned")) == 1
