"""H15: a grid worker who volunteers and is a client's mother; a supervisor with cases of her own; a student."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.kernel.message import Actor
from tests.support.reference import Reference
from tests.support.volunteering import COORDINATOR, Dispatch, now, volunteer
from tests.support.waiting import until

pytestmark = [pytest.mark.scenario, pytest.mark.usefixtures("loud")]


@pytest.fixture
def dispatch(reference: Reference) -> Dispatch:
    """A station that dispatches."""
    return Dispatch(reference.hub)


@pytest.fixture
def grid_worker(dispatch: Dispatch) -> Actor:
    """She works for the community that takes the calls."""
    return Actor(id=f"w-{dispatch.street}", role="grid_worker", org=dispatch.unit)


def hours(dispatch: Dispatch, who: str, task: str | None, **more: Any) -> dict[str, Any]:
    """An hour that a volunteer says to have given."""
    return {
        "volunteer_id": who, "activity": "visit", "day": "2026-03-02", "minutes": 60, "content_code": "companionship",
        "organizer": dispatch.unit, "lead": f"worker:{COORDINATOR.id}", "task_id": task,
    } | more  # fmt: skip


def test_a_mother_neither_goes_to_her_own_family_by_herself_nor_approves_it(
    dispatch: Dispatch, grid_worker: Actor
) -> None:
    """The conflict of interest blocks self-assignment and self-approval, in whichever role."""
    call = dispatch.call()
    (mother,) = dispatch.volunteers(1, worker=f"worker:{grid_worker.id}")
    herself, hat = volunteer(mother), f"worker:{grid_worker.id}"
    related = {"person_id": call.person, "relation": "mother"}
    dispatch.do(f"/volunteer/volunteers/{mother}/relatives", related, herself)
    dispatch.hears("volunteer", "intake")
    task = dispatch.task(call, now() + timedelta(hours=3))
    at = f"/volunteer/tasks/{task}"
    dispatch.refused("own-family", f"{at}/acceptance", {"assignee": f"volunteer:{mother}"}, herself)
    for assignee in (hat, f"volunteer:{mother}"):
        dispatch.refused("own-family", f"{at}/assignment", {"assignees": [assignee]}, grid_worker)
    applied = {"matter_id": call.matter, "purpose_code": "living", "amount_fen": 10_000, "interested_party": True}
    dispatch.refused("interested-party", "/referral/grants", applied, grid_worker)
    dispatch.do(f"{at}/assignment", {"assignees": [f"worker:w-o{dispatch.street}"]}, grid_worker)
    dispatch.do(f"{at}/completion", {"result": "done"})
    dispatch.refused("own-family", f"{at}/verification", {"by": "coordinator"}, grid_worker)
    dispatch.do(f"{at}/verification", {"by": "coordinator"})

    check = {
        "check_kind": "minor-protection",
        "result": "clear",
        "checked_on": "2026-01-05",
        "valid_until": "2026-12-31",
    }
    dispatch.refused("own-matter", f"/volunteer/volunteers/{mother}/checks", check, grid_worker)
    dispatch.do(f"/volunteer/volunteers/{mother}/checks", check)


def test_hours_are_earned_in_the_volunteers_hat_alone_and_each_act_carries_its_role(
    dispatch: Dispatch, grid_worker: Actor
) -> None:
    """INV-17, 民政部令第67号 art. 19."""
    call = dispatch.call(grid_worker)
    (both,) = dispatch.volunteers(1, worker=f"worker:{grid_worker.id}")
    on_duty = dispatch.task(call, None, grid_worker)
    dispatch.do(f"/volunteer/tasks/{on_duty}/assignment", {"assignees": [f"worker:{grid_worker.id}"]}, grid_worker)
    worked = {"result": "done", "began_at": "2026-03-02T08:00:00+08:00", "ended_at": "2026-03-02T10:00:00+08:00"}
    dispatch.do(f"/volunteer/tasks/{on_duty}/completion", worked, grid_worker)
    path, herself = "/volunteer/service-hours", volunteer(both)
    dispatch.refused("staff-work", path, hours(dispatch, both, on_duty), herself)
    same_time = {"began_at": "2026-03-02T09:00:00+08:00", "ended_at": "2026-03-02T10:00:00+08:00"}
    dispatch.refused("staff-work", path, hours(dispatch, both, None, **same_time), herself)

    given = dispatch.task(call, None, grid_worker)
    dispatch.goes(both, given)
    dispatch.do(f"/volunteer/tasks/{given}/completion", {"result": "done"}, herself)
    later = {"began_at": "2026-03-02T19:00:00+08:00", "ended_at": "2026-03-02T20:00:00+08:00"}
    record = dispatch.do(path, hours(dispatch, both, given, **later), herself)
    dispatch.refused("own-hours", f"{path}/{record}/confirmation", {}, grid_worker)
    dispatch.do(f"{path}/{record}/confirmation", {}, Actor(id="w-colleague", role="worker", org=dispatch.unit))
    assert dispatch.get(f"/volunteer/volunteers/{both}")["minutes_confirmed"] == 60

    roles = {event["type"]: (event["actorid"], event["actorrole"]) for event in dispatch.said(given)}
    assert roles["task.opened"] == (grid_worker.id, "grid_worker")
    assert roles["task.accepted"] == (both, "volunteer")


def test_a_statement_is_the_units_own_and_shows_when_a_correction_supersedes_it(dispatch: Dispatch) -> None:
    """INV-20, INV-21, H9: thirty typed for three; the hub states nothing in its own name, and calls nothing 证明."""
    (mei,) = dispatch.volunteers(1)
    unit, path = Actor(id="w-colleague", role="worker", org=dispatch.unit), "/volunteer/service-hours"
    record = dispatch.do(path, hours(dispatch, mei, None, minutes=300), unit)
    dispatch.do(f"{path}/{record}/confirmation", {}, unit)
    statements = f"/volunteer/volunteers/{mei}/record-statements"
    dispatch.refused("not-yours", statements, {"issuer": dispatch.unit})
    dispatch.do(statements, {"issuer": dispatch.unit}, unit)
    (code,) = [e["data"]["verify_code"] for e in dispatch.said(mei) if e["type"] == "volunteer.statement-issued"]

    def stated() -> dict[str, Any]:
        answer = dispatch.hub.session.get(f"{dispatch.hub.url}/volunteer/v1/record-statements/{code}", timeout=30)
        assert "证明" not in answer.text
        return dict(answer.json())

    assert (stated()["state"], stated()["minutes"], stated()["issuer"]) == ("current", 300, dispatch.unit)
    dispatch.do(f"{path}/{record}/question", {"reason_code": "typed-wrong", "minutes": 30}, volunteer(mei))
    before = dispatch.said(record)
    dispatch.do(f"{path}/{record}/correction", {"minutes": 30, "reason_code": "typed-wrong"}, unit)
    assert stated()["state"] == "superseded"
    row = dispatch.get(f"{path}/{record}")
    assert (row["minutes"], row["minutes_before"], row["questioned"]) == (30, 300, False)
    assert dispatch.said(record)[: len(before)] == before
    mine = dispatch.get("/volunteer/me/service-hours", volunteer(mei))["items"]
    assert [(one["minutes"], one["minutes_before"]) for one in mine] == [(30, 300)]


def test_a_supervisor_with_cases_of_her_own_approves_nothing_of_her_own(dispatch: Dispatch) -> None:
    """The act carries the role; the second person is somebody else."""
    zsl = Actor(id="w-zsl", role="supervisor", org=dispatch.unit)
    call = dispatch.call(zsl)
    task = dispatch.task(call, now() + timedelta(hours=3), zsl)
    mistaken = {"reason_code": "entered-twice", "approver": f"worker:{zsl.id}"}
    answer = dispatch.send(f"/volunteer/tasks/{task}/error", mistaken, zsl)
    assert answer.json()["code"] in ("approval-needed", "second-person-needed"), answer.text
    assert dispatch.get(f"/volunteer/tasks/{task}", zsl)["state"] == "opened"


def test_a_student_reads_only_between_the_mentors_and_the_end_of_the_pairing(dispatch: Dispatch) -> None:
    """INV-25: one community and one academy mentor before any client's identity is opened."""
    area, student = dispatch.unit.partition(":")[2], f"person:s-{dispatch.street}"
    worker, college = Actor(id="w-zxy", role="worker", org=area), f"university:u-{dispatch.street}"
    call = dispatch.call()
    consent = {
        "person_id": call.person, "by": "self", "purposes": ["casework", "training"], "categories": ["identity"],
        "receivers": [student], "method": "written", "notice_version": "2026-1",
    }  # fmt: skip
    dispatch.do("/intake/consents", consent, worker)
    pair = {
        "kind": "school_community", "parties": ["worker:w-zxy", student], "holder": dispatch.unit,
        "units": [dispatch.unit, college],
    }  # fmt: skip
    pairing = dispatch.do("/volunteer/pairings", pair, worker)
    at = f"/volunteer/pairings/{pairing}"
    commitments = dispatch.get(f"/volunteer/commitments?pairing_id={pairing}", AUDITING)["items"]
    assert {row["code"] for row in commitments} == {"c1", "c2", "c3", "c4", "c5"}
    disclosed = {"person_id": call.person, "receiver": student, "purpose": "training", "need_id": pairing}
    for kind, unit in (("community", dispatch.unit), ("academy", college)):
        dispatch.hears("intake", "volunteer")
        dispatch.refused("mentors-missing", "/intake/disclosures", disclosed, worker)
        dispatch.refused("mentors-missing", f"{at}/reports", {"to_org": college, "form_code": "talk"}, worker)
        mentor = {"mentor_kind": kind, "mentor": f"worker:m-{kind}", "unit": unit}
        dispatch.do(f"{at}/mentors", mentor, worker)
    dispatch.hears("intake", "volunteer")
    disclosure = dispatch.do("/intake/disclosures", disclosed, worker)
    dispatch.do(f"{at}/end", {"result": "partly", "reason_code": "term-over"}, worker)

    def events() -> list[str]:
        return [event["type"] for event in dispatch.said(disclosure, "intake")]

    until(lambda: events() == ["identity.disclosed", "identity.access-revoked"], "the student's access ends")


AUDITING = Actor(id="a-01", role="auditor")
