"""What each kind of command looks up before it is decided: other aggregates of this service, as they are in its views."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.codes_volunteer import RECORD_WITHIN_WORKING_DAYS
from services.contracts.volunteer import (
    AcceptTask,
    AssignTask,
    CancelAssignment,
    CompleteTask,
    DeclineTask,
    FormPairing,
    JoinTeam,
    LeaveTeam,
    OfferTask,
    OpenTask,
    ReassignTask,
    RecordArrival,
    RecordNoShow,
    ReviewStars,
    SuspendVolunteer,
    WithdrawVolunteer,
)
from services.contracts.words import Party
from services.contracts.worktime import working_days_after
from services.kernel.manifest import Facts, Look
from services.volunteer.domain.eligibility import Person, Span, Training, day_of
from services.volunteer.domain.known import Known
from services.volunteer.view_tables import (
    assignments,
    tasks,
    volunteer_limits,
    volunteer_skills,
    volunteer_teams,
    volunteers,
)

CANDIDATES_MOST = 100
BOUND = ("assigned", "on_site")


def opening(command: OpenTask | FormPairing, stream_id: UUID, look: Look) -> Known:
    """The id under which it will be known."""
    return Known(itself=stream_id)


def answering(command: AcceptTask | DeclineTask, task_id: UUID, look: Look) -> Known:
    """The one who answers, and those who said yes before."""
    return Known(people=_people((command.assignee, *_accepted(task_id, look)), task_id, look))


def choosing(command: OfferTask | AssignTask | ReassignTask, task_id: UUID, look: Look) -> Known:
    """Those who are named, and those who said yes before."""
    named = command.joining if isinstance(command, ReassignTask) else _named(command)
    return Known(people=_people((*named, *_accepted(task_id, look)), task_id, look))


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
        people=_people((command.assignee,), task_id, look),
        candidates=_people((who for who in parties if who not in passed), task_id, look),
    )


def arriving(command: RecordArrival, task_id: UUID, look: Look) -> Known:
    """Those who go."""
    return Known(people=_people(went(task_id, look), task_id, look))


def completing(command: CompleteTask, task_id: UUID, look: Look) -> Known:
    """Those who went, and until when volunteers' hours are recorded in time: None where nobody knows when it was."""
    task = look.one(tasks, task_id)
    moment = command.ended_at or command.began_at or (aware(task["slot_start"]) if task else None)
    people = _people(went(task_id, look), task_id, look)
    return Known(people=people, record_by=record_by(day_of(moment)) if moment else None)


def leaving(command: SuspendVolunteer | WithdrawVolunteer, volunteer_id: UUID, look: Look) -> Known:
    """The tasks that wait for this volunteer."""
    return Known(
        itself=volunteer_id,
        open_tasks=tuple(row["task_id"] for row in _bound((f"volunteer:{volunteer_id}",), None, look)),
    )


def own(command: JoinTeam | LeaveTeam, volunteer_id: UUID, look: Look) -> Known:
    """Whose roster entry it is."""
    return Known(itself=volunteer_id)


def counting(command: ReviewStars, volunteer_id: UUID, look: Look) -> Known:
    """The confirmed minutes of this volunteer."""
    row = look.one(volunteers, volunteer_id)
    return Known(itself=volunteer_id, minutes=(row["minutes_confirmed"] or 0) if row else 0)


def record_by(day: date) -> date:
    """The last day on which hours given on this day are recorded in time."""
    return working_days_after(day, RECORD_WITHIN_WORKING_DAYS)


FACTS: dict[type, Facts] = {
    OpenTask: opening, FormPairing: opening, AcceptTask: answering, DeclineTask: answering, OfferTask: choosing,
    AssignTask: choosing, ReassignTask: choosing, CancelAssignment: replacing, RecordNoShow: replacing,
    RecordArrival: arriving, CompleteTask: completing, SuspendVolunteer: leaving, WithdrawVolunteer: leaving, JoinTeam: own, LeaveTeam: own,
    ReviewStars: counting,
}  # fmt: skip


def _accepted(task_id: UUID, look: Look) -> tuple[Party, ...]:
    return tuple(row["assignee"] for row in look.all(assignments, task_id=task_id, state="accepted"))


def went(task_id: UUID, look: Look) -> tuple[Party, ...]:
    """Those who go or went."""
    return tuple(row["assignee"] for row in look.all(assignments, task_id=task_id, state="assigned"))


def _people(parties: Iterable[Party], task_id: UUID, look: Look) -> tuple[Person, ...]:
    """What is known of these, bar volunteers nobody knows."""
    named = tuple(dict.fromkeys(parties))
    ids = [UUID(who.partition(":")[2]) for who in named if _is_volunteer(who)]
    rows = {
        row["volunteer_id"]: row for row in look.run(sa.select(volunteers).where(volunteers.c.volunteer_id.in_(ids)))
    }
    skills, limits, teams = (_of(table, ids, look) for table in (volunteer_skills, volunteer_limits, volunteer_teams))
    busy = _busy(named, task_id, look)
    people = [Person(party=who, busy=busy.get(who, ())) for who in named if not who.startswith("volunteer:")]
    for volunteer_id, row in rows.items():
        who = f"volunteer:{volunteer_id}"
        people.append(
            Person(
                party=who, state=row["state"], minor=row["minor"], guardian_consent=bool(row["guardian_consent"]),
                trained=tuple(
                    Training(skill=s["skill"], valid_until=s["valid_until"])
                    for s in skills.get(volunteer_id, ()) if s["trained_on"] is not None
                ),
                limits=tuple(limit["demand"] for limit in limits.get(volunteer_id, ())),
                teams=tuple(team["team"] for team in teams.get(volunteer_id, ())),
                cleared_until=row["cleared_until"], insured_from=row["insured_from"],
                insured_until=row["insured_until"], busy=busy.get(who, ()),
            )
        )  # fmt: skip
    return tuple(people)


def _is_volunteer(who: Party) -> bool:
    kind, _, name = who.partition(":")
    try:
        return kind == "volunteer" and str(UUID(name)) == name
    except ValueError:
        return False


def _of(table: sa.Table, ids: list[UUID], look: Look) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for row in look.run(sa.select(table).where(table.c.volunteer_id.in_(ids))):
        found.setdefault(row["volunteer_id"], []).append(row)
    return found


def _bound(parties: tuple[Party, ...], but: UUID | None, look: Look) -> list[dict[str, Any]]:
    """The open assignments of these, with the slots of their tasks."""
    query = (
        sa.select(assignments.c.assignee, tasks.c.task_id, tasks.c.slot_start, tasks.c.slot_end)
        .join(tasks, tasks.c.task_id == assignments.c.task_id)
        .where(assignments.c.assignee.in_(parties), assignments.c.state == "assigned", tasks.c.state.in_(BOUND))
        .order_by(tasks.c.task_id)
    )
    return [row for row in look.run(query) if row["task_id"] != but]


def _busy(parties: tuple[Party, ...], but: UUID, look: Look) -> dict[Party, tuple[Span, ...]]:
    found: dict[Party, tuple[Span, ...]] = {}
    for row in _bound(parties, but, look):
        start = aware(row["slot_start"])
        if start is not None:
            span = Span(start=start, end=aware(row["slot_end"]))
            found[row["assignee"]] = (*found.get(row["assignee"], ()), span)
    return found


def aware(moment: datetime | None) -> datetime | None:
    """SQLite gives instants back without their zone, which is UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
