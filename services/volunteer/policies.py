"""What ends elsewhere ends here: "whenever intake or referral says X, call off Y"; and what follows from hours. Pure.

A task that was completed stays: its result is still to be verified, whatever became of the matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts import intake, referral
from services.contracts.codes_volunteer import MINOR_PROTECTION
from services.contracts.volunteer import (
    CancelAssignment,
    CancelTask,
    DeclareUnfilled,
    EndPairing,
    EscalateHoursAnswer,
    EscalatePairing,
    EscalateTask,
    EscalateVerification,
    ExpireWave,
    LapseClearance,
    OfferTask,
    OpenWave,
    PlanPublicationContinued,
    PlanPublished,
    RemindHoursAnswer,
    RemindOfHours,
    RemindOfVerification,
    RemindPairing,
    ReviewStars,
    ServiceHoursConfirmed,
    ServiceHoursCorrected,
    ServiceHoursVoided,
    VolunteerClearanceLapsed,
    VolunteerCleared,
    VolunteersMerged,
    VolunteersUnmerged,
    VolunteerSuspended,
)
from services.contracts.volunteer.words import PairingResult
from services.kernel.manifest import Do, Look, Timer
from services.kernel.message import Message
from services.volunteer.aliases import records_of as volunteers_of
from services.volunteer.domain import hours, pairing, task, volunteer
from services.volunteer.notes import on_erasure
from services.volunteer.policies_organizations import on_organization
from services.volunteer.same import records_of
from services.volunteer.view_tables import (
    assignments,
    hours_clocks,
    hours_due,
    pairing_clocks,
    pairing_parties,
    pairings,
    task_clocks,
    tasks,
    volunteers,
)
from services.volunteer.views_tasks import CALLED_OFF
from services.volunteer.views_waves import DUE, ESCALATION, OVER, VERIFY_LATENESS, VERIFY_REMINDER

MATTER_ENDS = (
    intake.CaseClosed | intake.CaseEnteredInError | intake.HelpRequestClosed | intake.HelpRequestDeclined
    | intake.HelpRequestEnteredInError | intake.DuplicateRequestLinked
)  # fmt: skip
REFERRAL_ENDS = (
    referral.ReferralWithdrawn
    | referral.ReferralReturned
    | referral.ReferralRerouted
    | referral.ReferralCancelled
    | referral.ReferralEnteredInError
)

CHANGED = ServiceHoursCorrected | ServiceHoursVoided


def whenever(message: Message, look: Look) -> list[Do]:
    """The commands that follow from what another service said."""
    event = message.event
    if isinstance(event, intake.PersonalDataErased | intake.ProcessingRestricted):
        return on_erasure(event)
    if isinstance(event, intake.PersonDied):
        # The reason is neutral: whoever was to go learns that it is off, not why.
        records = records_of(event.person_id, look)
        return list(_cancel(tasks.c.person_id.in_(records), "matter-closed", look))
    if isinstance(event, MATTER_ENDS):
        off = _cancel(tasks.c.matter_id == event.matter_id, "matter-closed", look)
        return [*off, *_end(pairings.c.matter_id == event.matter_id, "partly", "matter-closed", look)]
    if isinstance(event, REFERRAL_ENDS):
        off = _cancel(tasks.c.referral_id == message.stream_id, "referral-ended", look)
        return [*off, *_end(pairings.c.referral_id == message.stream_id, "broken_off", "referral-ended", look)]
    if isinstance(event, referral.OrganizationSuspended | referral.OrganizationRetired):
        return on_organization(event, look)
    if isinstance(event, PlanPublished | PlanPublicationContinued):
        return [Do(task.DECIDER, pair.task_id, OfferTask(candidates=(pair.assignee,))) for pair in event.pairs]
    if isinstance(event, ServiceHoursConfirmed) or (isinstance(event, CHANGED) and event.counted):
        return [Do(volunteer.DECIDER, volunteers_of(event.volunteer_id, look)[0], ReviewStars())]
    if isinstance(event, VolunteersMerged | VolunteersUnmerged):
        return [Do(volunteer.DECIDER, event.survivor_id, ReviewStars())]
    if isinstance(event, VolunteerSuspended):
        return list(_release(message.stream_id, "suspended", event.open_tasks, look))
    if _keeps_from_minors(event):
        return list(_away_from_minors(message.stream_id, look))
    return []


def _keeps_from_minors(event: object) -> bool:
    """Whether it says that somebody may not work with minors, or not any longer (INV-16)."""
    if isinstance(event, VolunteerClearanceLapsed):
        return True
    return isinstance(event, VolunteerCleared) and event.check_kind == MINOR_PROTECTION and event.result == "not_clear"


def _away_from_minors(volunteer_id: UUID, look: Look) -> Iterable[Do]:
    """Others go to the tasks, and pairings with a minor end: what was promised is the case owner's again."""
    with_minors = [row["task_id"] for row in _bound(volunteer_id, look) if row["with_minor"]]
    yield from _release(volunteer_id, "not-cleared", with_minors, look)
    theirs = (
        sa.select(pairing_parties.c.pairing_id)
        .where(pairing_parties.c.party == f"volunteer:{volunteer_id}")
        .scalar_subquery()
    )
    where = sa.and_(pairings.c.with_minor.is_(True), pairings.c.pairing_id.in_(theirs))
    yield from _end(where, "broken_off", "not-cleared", look)


def lapse(row: dict[str, Any]) -> Do:
    """The day until which a check holds is over."""
    return Do(volunteer.DECIDER, row["volunteer_id"], LapseClearance())


def _bound(volunteer_id: UUID, look: Look) -> list[dict[str, Any]]:
    """The tasks to which this volunteer is to go."""
    query = (
        sa.select(tasks.c.task_id, tasks.c.with_minor)
        .join(assignments, tasks.c.task_id == assignments.c.task_id)
        .where(assignments.c.assignee == f"volunteer:{volunteer_id}", assignments.c.state == "assigned",
               tasks.c.state == "assigned")
        .order_by(tasks.c.task_id)
    )  # fmt: skip
    return look.run(query)


def _release(volunteer_id: UUID, reason: str, task_ids: Iterable[UUID], look: Look) -> Iterable[Do]:
    """Somebody else is looked for, for those tasks to which the volunteer still was to go."""
    still = {row["task_id"] for row in _bound(volunteer_id, look)}
    for task_id in task_ids:
        if task_id in still:
            yield Do(task.DECIDER, task_id, CancelAssignment(assignee=f"volunteer:{volunteer_id}", reason_code=reason))


def _cancel(which: sa.ColumnElement[bool], reason: str, look: Look) -> Iterable[Do]:
    query = sa.select(tasks.c.task_id).where(which, tasks.c.state.in_(CALLED_OFF)).order_by(tasks.c.task_id)
    for row in look.run(query):
        yield Do(task.DECIDER, row["task_id"], CancelTask(by="hub", reason_code=reason))


def _end(which: sa.ColumnElement[bool], result: PairingResult, reason: str, look: Look) -> Iterable[Do]:
    query = sa.select(pairings.c.pairing_id).where(which, pairings.c.state != "ended").order_by(pairings.c.pairing_id)
    for row in look.run(query):
        yield Do(pairing.DECIDER, row["pairing_id"], EndPairing(result=result, reason_code=reason))


def give_up(row: dict[str, UUID]) -> Do:
    """The search has lasted long enough; the holder of the matter takes over."""
    return Do(task.DECIDER, row["task_id"], DeclareUnfilled())


def point_out(row: dict[str, UUID]) -> Do:
    """The ten working days are over, and the hours are not confirmed."""
    return Do(task.DECIDER, row["task_id"], RemindOfHours(volunteer_id=row["volunteer_id"]))


def ring(row: dict[str, Any]) -> Do:
    """A wave is over, a postponed one is due, somebody above is to look after it, or what was done is still unverified."""
    commands: dict[str, object] = {
        OVER: ExpireWave(wave=row["wave"] or 0), DUE: OpenWave(), ESCALATION: EscalateTask(),
        VERIFY_REMINDER: RemindOfVerification(), VERIFY_LATENESS: EscalateVerification(),
    }  # fmt: skip
    return Do(task.DECIDER, row["task_id"], commands[row["kind"]])


def ask_for_answer(row: dict[str, Any]) -> Do:
    """A unit owes a volunteer an answer about a record, or is late with it (INV-20)."""
    command = RemindHoursAnswer() if row["kind"] == "reminder" else EscalateHoursAnswer()
    return Do(hours.DECIDER, row["record_id"], command)


def hold_to_promises(row: dict[str, Any]) -> Do:
    """A pair is reminded of what it owes, or is late with it."""
    command = RemindPairing() if row["kind"] == "reminder" else EscalatePairing()
    return Do(pairing.DECIDER, row["pairing_id"], command)


TIMERS = (
    Timer(name="unfilled", table=tasks, due="unfilled_at", command=give_up),
    Timer(name="task-clocks", table=task_clocks, due="due", command=ring),
    Timer(name="pairings", table=pairing_clocks, due="due", command=hold_to_promises),
    Timer(name="clearances", table=volunteers, due="lapses_at", command=lapse),
    Timer(name="hours-answers", table=hours_clocks, due="due", command=ask_for_answer),
    Timer(name="hours-missed", table=hours_due, due="due", command=point_out),
)
