"""What each kind of command looks up before it is decided: other aggregates of this service, as they are in its views."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from services.contracts.codes_volunteer import RECORD_WITHIN_WORKING_DAYS
from services.contracts.volunteer import (
    AcceptTask,
    AssignTask,
    CancelAssignment,
    CancelTask,
    CompleteTask,
    DeclareRelative,
    DeclareUnfilled,
    DeclineTask,
    EndPairing,
    EraseVolunteer,
    EscalateVerification,
    FormPairing,
    JoinTeam,
    LeaveTeam,
    MarkTaskEnteredInError,
    MergeVolunteers,
    OfferTask,
    OpenTask,
    ReassignTask,
    RecordArrival,
    RecordNoShow,
    ReviewStars,
    SuspendVolunteer,
    UnmergeVolunteers,
    VerifyTask,
    WithdrawVolunteer,
)
from services.contracts.words import Party
from services.contracts.worktime import working_days_after
from services.kernel.manifest import Facts, Look
from services.volunteer.aliases import records_of
from services.volunteer.domain.eligibility import day_of
from services.volunteer.domain.known import Known
from services.volunteer.facts_people import aware, bound, family_of, people_of
from services.volunteer.view_tables import assignments, matter_owners, matters, pairings, tasks, volunteers

CANDIDATES_MOST = 100


def _holder(task_id: UUID, look: Look) -> Party | None:
    """Who answers for the matter now, if somebody has taken it over from the holder that the task names."""
    task = look.one(tasks, task_id)
    return _owner_after(task["holder"], task["matter_id"], look) if task else None


def _owner_after(holder: Party, matter_id: UUID, look: Look) -> Party | None:
    matter = look.one(matters, matter_id)
    if matter is None or look.one(matter_owners, matter_id, holder) is None:
        return None
    owner: Party | None = matter["owner"]
    return owner


def forming(command: FormPairing, pairing_id: UUID, look: Look) -> Known:
    """The id under which it will be known, and the volunteers among the parties."""
    return Known(itself=pairing_id, people=people_of(command.parties, pairing_id, look))


def ending(command: EndPairing, pairing_id: UUID, look: Look) -> Known:
    """Who owns the case now."""
    row = look.one(pairings, pairing_id)
    return Known(holder=_owner_after(row["holder"], row["matter_id"], look) if row else None)


def handing_back(
    command: DeclareUnfilled | EscalateVerification | CancelTask | MarkTaskEnteredInError, task_id: UUID, look: Look
) -> Known:
    """Who answers for the matter now."""
    return Known(holder=_holder(task_id, look))


def verifying(command: VerifyTask, task_id: UUID, look: Look) -> Known:
    """Those who went with their other hats, the client's family, and who answers for the matter now."""
    return Known(
        people=people_of(went(task_id, look), task_id, look), relatives=family_of(task_id, look),
        holder=_holder(task_id, look),
    )  # fmt: skip


def opening(command: OpenTask, stream_id: UUID, look: Look) -> Known:
    """The id under which it will be known."""
    return Known(itself=stream_id)


def answering(command: AcceptTask | DeclineTask, task_id: UUID, look: Look) -> Known:
    """The one who answers, and those who said yes before."""
    return Known(people=people_of((command.assignee, *accepted(task_id, look)), task_id, look))


def choosing(command: OfferTask | AssignTask | ReassignTask, task_id: UUID, look: Look) -> Known:
    """Those who are named, and those who said yes before."""
    named = (*command.leaving, *command.joining) if isinstance(command, ReassignTask) else _named(command)
    return Known(people=people_of((*named, *accepted(task_id, look)), task_id, look))


def _named(command: OfferTask | AssignTask) -> tuple[Party, ...]:
    return command.candidates if isinstance(command, OfferTask) else command.assignees


def replacing(command: CancelAssignment | RecordNoShow, task_id: UUID, look: Look) -> Known:
    """Active volunteers of the same street (of anywhere, where the task's place is not known), who could be asked next."""
    task = look.one(tasks, task_id)
    query = (
        sa.select(volunteers.c.volunteer_id).where(volunteers.c.state == "active").order_by(volunteers.c.volunteer_id)
    )
    if task and task["area"]:
        query = query.where(volunteers.c.area.startswith(task["area"][:9], autoescape=True))
    passed = {row["assignee"] for row in look.all(assignments, task_id=task_id)}
    parties = [f"volunteer:{row['volunteer_id']}" for row in look.run(query.limit(CANDIDATES_MOST))]
    return Known(
        people=people_of((command.assignee,), task_id, look),
        candidates=people_of((who for who in parties if who not in passed), task_id, look),
    )


def arriving(command: RecordArrival, task_id: UUID, look: Look) -> Known:
    """Those who go."""
    return Known(people=people_of(went(task_id, look), task_id, look))


def completing(command: CompleteTask, task_id: UUID, look: Look) -> Known:
    """Those who went, and until when volunteers' hours are recorded in time: None where nobody knows when it was."""
    task = look.one(tasks, task_id)
    moment = command.ended_at or command.began_at or (aware(task["slot_start"]) if task else None)
    people = people_of(went(task_id, look), task_id, look)
    return Known(people=people, record_by=record_by(day_of(moment)) if moment else None)


def leaving(command: SuspendVolunteer | WithdrawVolunteer, volunteer_id: UUID, look: Look) -> Known:
    """The tasks that wait for this volunteer."""
    return Known(
        itself=volunteer_id,
        open_tasks=tuple(row["task_id"] for row in bound((f"volunteer:{volunteer_id}",), None, look)),
    )


def joining(command: MergeVolunteers | UnmergeVolunteers | EraseVolunteer, volunteer_id: UUID, look: Look) -> Known:
    """Whose roster entry it is, the record that would speak for it, and the tasks that wait for this volunteer."""
    survivor: UUID | None
    if isinstance(command, MergeVolunteers):
        survivor = command.survivor_id
    else:
        survivor = (look.one(volunteers, volunteer_id) or {}).get("merged_into")
    named = (f"volunteer:{survivor}",) if survivor else ()
    waiting = bound((f"volunteer:{volunteer_id}",), None, look)
    return Known(
        itself=volunteer_id, people=people_of(named, volunteer_id, look),
        open_tasks=tuple(row["task_id"] for row in waiting),
    )  # fmt: skip


def own(command: JoinTeam | LeaveTeam, volunteer_id: UUID, look: Look) -> Known:
    """Whose roster entry it is."""
    return Known(itself=volunteer_id)


def counting(command: ReviewStars, volunteer_id: UUID, look: Look) -> Known:
    """The confirmed minutes of this volunteer, under all of his records."""
    rows = [look.one(volunteers, record) for record in records_of(volunteer_id, look)]
    return Known(itself=volunteer_id, minutes=sum(row["minutes_confirmed"] or 0 for row in rows if row is not None))


def record_by(day: date) -> date:
    """The last day on which hours given on this day are recorded in time."""
    return working_days_after(day, RECORD_WITHIN_WORKING_DAYS)


FACTS: dict[type, Facts] = {
    OpenTask: opening, FormPairing: forming, EndPairing: ending, AcceptTask: answering, DeclineTask: answering, OfferTask: choosing,
    AssignTask: choosing, ReassignTask: choosing, CancelAssignment: replacing, RecordNoShow: replacing,
    DeclareUnfilled: handing_back, EscalateVerification: handing_back,
    CancelTask: handing_back, MarkTaskEnteredInError: handing_back, VerifyTask: verifying,
    DeclareRelative: own, MergeVolunteers: joining, UnmergeVolunteers: joining, EraseVolunteer: joining,
    RecordArrival: arriving, CompleteTask: completing, SuspendVolunteer: leaving, WithdrawVolunteer: leaving, JoinTeam: own, LeaveTeam: own,
    ReviewStars: counting,
}  # fmt: skip


def accepted(task_id: UUID, look: Look) -> tuple[Party, ...]:
    """Those who have said yes."""
    return tuple(row["assignee"] for row in look.all(assignments, task_id=task_id, state="accepted"))


def went(task_id: UUID, look: Look) -> tuple[Party, ...]:
    """Those who go or went."""
    return tuple(row["assignee"] for row in look.all(assignments, task_id=task_id, state="assigned"))
