"""Reading who a volunteer is: for few, for a purpose, as much as is needed, and always on record (INV-33)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from services.contracts.volunteer import (
    AssignTask,
    OfferTask,
    ReadVolunteerIdentity,
    VerifyTask,
    VolunteerErasureDecided,
    VolunteerIdentityRead,
    VolunteerIdentityReadRefused,
    VolunteerRegistered,
)
from services.kernel.message import Actor
from services.volunteer.domain import task, volunteer
from services.volunteer.domain.reading import ALL, TO_CALL, Findable, Sent
from services.volunteer.reading import of_volunteer
from services.volunteer.view_tables import volunteer_reads, volunteer_sealed
from services.volunteer.views_roster import BESIDE
from tests.service.volunteer.desk import Desk
from tests.service.volunteer.test_service import DONE, ONE
from tests.service.volunteer.test_service import somebody as fit_for_it
from tests.support.spec import Spec
from tests.unit.volunteer.people import MEI_ID, TASK

somebody = Spec(volunteer.DECIDER)
READ = ReadVolunteerIdentity(why="contact")
LOTUS = "team:lotus"
REGISTERED = VolunteerRegistered(area="220104004001", teams=(LOTUS,), consent_ref="paper-1")
KEPT = Findable(volunteer_id=MEI_ID, places=("220104004001", "", "220199"))
SENT = replace(KEPT, sent=(Sent(task_id=TASK, dispatcher="worker:w-grid", places=("220105002001",)),))
HEAD = Actor(id="w-head", role="station_head", org="220104004")
FAR = Actor(id="w-far", role="coordinator", org="220105002")


def read(actor: Actor, *fields: str, task_id: UUID | None = None) -> VolunteerIdentityRead:
    """This one read it."""
    return VolunteerIdentityRead(
        volunteer_id=MEI_ID, reader=actor.id, reader_role=actor.role, why="contact", reader_org=actor.org or None,
        fields=fields, task_id=task_id,
    )  # fmt: skip


def refused(actor: Actor) -> VolunteerIdentityReadRefused:
    """This one tried."""
    return VolunteerIdentityReadRefused(
        volunteer_id=MEI_ID, reader=actor.id, reader_role=actor.role, why="contact", reader_org=actor.org or None
    )


def test_those_who_keep_the_roster_of_the_place_and_the_volunteer_read_everything() -> None:
    """Each time anew, and each time on record."""
    himself = Actor(id=str(MEI_ID), role="volunteer")
    for actor in (HEAD, replace(HEAD, role="coordinator"), replace(HEAD, org="220199"), himself):
        somebody.given(REGISTERED, read(actor, *ALL)).when(READ, facts=KEPT, actor=actor).then(read(actor, *ALL))


def test_of_a_candidate_another_station_learns_nothing_and_of_one_who_is_asked_what_it_needs_to_call() -> None:
    """INV-5 for those who help: first codes, and then, once he is asked, as much as is needed."""
    grid = Actor(id="w-grid", role="grid_worker", org="220105002001")
    sends = Actor(id="w-d", role="dispatcher", org="220105002")
    for actor in (FAR, grid, sends):
        somebody.given(REGISTERED).when(READ, facts=KEPT, actor=actor).then(refused(actor))
        somebody.given(REGISTERED).when(READ, facts=SENT, actor=actor).then(read(actor, *TO_CALL, task_id=TASK))


@pytest.mark.parametrize(
    "actor",
    [
        Actor(id="w-x", role="worker", org="220105002001"), Actor(id="w-y", role="dispatcher", org="220199001"),
        Actor(id="w-z", role="coordinator", org="220106"), Actor(id="p", role="team_leader", org="team:harbor"),
        Actor(id=str(UUID(int=99)), role="volunteer"), Actor(id="a-01", role="auditor"),
    ],
)  # fmt: skip
def test_whoever_does_not_dispatch_keep_or_lead_is_refused_on_record(actor: Actor) -> None:
    somebody.given(REGISTERED).when(READ, facts=SENT, actor=actor).then(refused(actor))


def test_a_leader_reaches_the_own_people_and_an_auditor_reads_with_a_second_person() -> None:
    for org in (LOTUS, "lotus"):
        leader = Actor(id="p-1", role="team_leader", org=org)
        somebody.given(REGISTERED).when(READ, facts=KEPT, actor=leader).then(read(leader, *TO_CALL))
    auditor = Actor(id="a-01", role="auditor")
    somebody.given(REGISTERED).when(READ, facts=KEPT, actor=auditor, approver=HEAD).then(read(auditor, *ALL))


def test_of_one_who_is_forgotten_nobody_reads_and_a_purpose_is_named() -> None:
    """INV-35."""
    gone = VolunteerErasureDecided(approver="w-02", evidence_kind="statement")
    somebody.given(REGISTERED, gone).when(READ, facts=KEPT, actor=HEAD).then(refused(HEAD))
    because = ReadVolunteerIdentity(why="because")
    somebody.given(REGISTERED).when(because, facts=KEPT, actor=HEAD).then_refused("unknown-code")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The service's desk."""
    made = Desk(tmp_path)
    yield made
    made.store.stop()


def test_a_task_binds_from_the_asking_until_it_is_verified(desk: Desk) -> None:
    """As the views have it; the readings are shown one by one, and digests lie beside the roster until they are erased."""
    who = fit_for_it(desk)
    job = desk.asks(ONE, task.DECIDER)
    party = f"volunteer:{who}"

    def binding() -> list[UUID]:
        return [sent.task_id for sent in of_volunteer(READ, who, desk.store.views).sent]

    assert binding() == []
    desk.asks(OfferTask(candidates=(party,)), task.DECIDER, job)
    assert binding() == [job]
    desk.asks(AssignTask(assignees=(party,)), task.DECIDER, job)
    desk.asks(DONE, task.DECIDER, job)
    assert binding() == [job], "somebody may still have to ask how it went"
    desk.asks(VerifyTask(by="client"), task.DECIDER, job)
    assert binding() == []

    desk.asks(READ, volunteer.DECIDER, who)
    desk.asks(READ, volunteer.DECIDER, who, by=FAR)
    shown = [(row["reader"], row["allowed"]) for row in desk.sees(volunteer_reads, volunteer_id=who)]
    assert shown == [("w-01", True), ("w-far", False)]
    assert volunteer_sealed in BESIDE
