"""What became of a referral, told as Tasks and a ServiceRequest with all their versions, folded from its log. Pure.

An outcome that the origin disputes does not bring its Task back: no edge leads there. What the organization does after
that is a Task of its own, part of the first, which begins as accepted, for the organization still answers for the need.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts import referral as public
from services.kernel.ids import named
from services.kernel.message import Recorded
from services.referral.fhir.machine import Status

FAILED = ("not_delivered", "unreachable")
"""Outcomes, and reasons of a return, by which the organization says that it could not help."""
CLIENT_DECLINED = ("client-declines", "client_declined")
OF_OUTCOME: dict[str, Status] = {
    "delivered": "completed", "partially": "completed", "not_delivered": "failed", "unreachable": "failed",
    "client_declined": "cancelled",
}  # fmt: skip
FINAL = ("rejected", "cancelled", "failed", "completed", "entered-in-error")


@dataclass(frozen=True, kw_only=True)
class Task:
    """One asking of one organization, in one of its versions."""

    task_id: UUID
    offer_id: UUID
    organization_id: UUID
    status: Status
    version: int
    at: datetime
    authored_at: datetime
    respond_by: datetime | None = None
    business: str | None = None
    reason: str | None = None
    outcome: str | None = None
    quantity: int | None = None
    unit: str | None = None
    evidence: str | None = None
    started_at: datetime | None = None
    part_of: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Asking:
    """The referral itself, in one of its versions."""

    status: str
    version: int
    at: datetime


@dataclass
class Course:
    """All versions, in the order in which they came to be."""

    tasks: dict[UUID, list[Task]] = field(default_factory=dict)
    asking: list[Asking] = field(default_factory=list)
    latest: dict[UUID, UUID] = field(default_factory=dict)
    head: int = 0

    def of_offer(self, offer_id: UUID) -> Task:
        """The Task that an offer is now."""
        return self.tasks[self.latest[offer_id]][-1]

    def change(self, recorded: Recorded, offer_id: UUID, **columns: Any) -> None:
        """One more version of the Task that an offer is."""
        now = self.of_offer(offer_id)
        then = replace(now, version=recorded.version, at=recorded.recorded_at, **columns)
        self.tasks[then.task_id].append(then)

    def mark(self, recorded: Recorded, reason: str) -> None:
        """None of the Tasks should ever have been: the referral was entered in error."""
        for versions in self.tasks.values():
            versions.append(
                replace(
                    versions[-1], version=recorded.version, at=recorded.recorded_at, status="entered-in-error", reason=reason,
                    business=None, respond_by=None,
                )
            )  # fmt: skip

    def begin(self, task: Task) -> None:
        """A Task comes into being."""
        self.tasks[task.task_id], self.latest[task.offer_id] = [task], task.task_id

    def become(self, recorded: Recorded, status: str) -> None:
        """One more version of the ServiceRequest."""
        self.asking.append(Asking(status=status, version=recorded.version, at=recorded.recorded_at))


def course_of(log: Iterable[Recorded]) -> Course:
    """A referral's log as what FHIR shows."""
    course = Course()
    for recorded in log:
        course.head = recorded.version
        _take(course, recorded)
    return course


def round_id(offer_id: UUID, version: int) -> UUID:
    """The Task that begins with a dispute: named by the offer, and by the version in which it was disputed."""
    return named(offer_id, f"round/{version}")


def disputes(event: object) -> bool:
    """Whether with this event a Task ends in dispute and another one begins."""
    return isinstance(event, public.OutcomeDisputed) or (
        isinstance(event, public.AnswerDisputed) and event.answer == "outcome"
    )


def _take(course: Course, recorded: Recorded) -> None:
    match recorded.event:
        case public.ReferralDrafted():
            course.become(recorded, "draft")
        case public.ReferralReady():
            course.become(recorded, "active")
        case public.ReferralClosed() as event:
            course.become(recorded, "completed")
            _closed(course, recorded, event)
        case public.ReferralWithdrawn() as event:
            course.become(recorded, "revoked")
            _end(course, recorded, event.offer_id, event.reason_code)
        case public.ReferralCancelled():
            course.become(recorded, "revoked")
        case public.ReferralEnteredInError() as event:
            course.become(recorded, "entered-in-error")
            course.mark(recorded, event.reason_code)
        case _:
            _answered(course, recorded)


def _answered(course: Course, recorded: Recorded) -> None:
    match recorded.event:
        case public.ReferralOffered() as event:
            course.begin(
                Task(
                    task_id=event.offer_id, offer_id=event.offer_id, organization_id=event.organization_id, status="requested",
                    version=recorded.version, at=recorded.recorded_at, authored_at=recorded.recorded_at,
                    respond_by=event.respond_by,
                )
            )  # fmt: skip
        case public.OfferViewed() as event:
            course.change(recorded, event.offer_id, business="viewed")
        case public.MoreInformationRequested() as event:
            course.change(recorded, event.offer_id, business="information-requested", respond_by=event.respond_by)
        case public.InformationSupplied() as event:
            course.change(recorded, event.offer_id, business="information-supplied", respond_by=event.respond_by)
        case public.OfferDeclined() as event:
            said: Status = "cancelled" if event.reason_code in CLIENT_DECLINED else "rejected"
            course.change(recorded, event.offer_id, status=said, reason=event.reason_code, business=None)
        case public.OfferExpired() as event:
            _end(course, recorded, event.offer_id, "expired")
        case public.OfferSuperseded() as event:
            _end(course, recorded, event.offer_id, "superseded")
        case public.OfferWithdrawn() as event:
            _end(course, recorded, event.offer_id, event.reason_code)
        case public.AcceptanceRefused() as event if course.of_offer(event.offer_id).status == "requested":
            full: Status = "rejected" if event.reason == "capacity" else "cancelled"
            why = "no-capacity" if event.reason == "capacity" else event.reason.replace("_", "-")
            course.change(recorded, event.offer_id, status=full, reason=why, business=None)
        case _:
            _served(course, recorded)


def _served(course: Course, recorded: Recorded) -> None:
    match recorded.event:
        case public.ReferralAccepted() as event:
            course.change(recorded, event.offer_id, status="accepted", respond_by=None, business=None)
        case public.ServiceStarted() as event:
            course.change(recorded, event.offer_id, status="in-progress", started_at=event.first_contact_at)
        case public.ServicePaused() as event:
            course.change(recorded, event.offer_id, status="on-hold", reason=event.reason_code)
        case public.ServiceResumed() as event:
            course.change(recorded, event.offer_id, status="in-progress", reason=None, business=None)
        case public.OutcomeReported() as event:
            declined = event.outcome if OF_OUTCOME[event.outcome] != "completed" else None
            course.change(
                recorded, event.offer_id, status=OF_OUTCOME[event.outcome], business="outcome-reported", outcome=event.outcome,
                quantity=event.quantity, unit=event.unit, evidence=event.evidence_ref, reason=declined,
            )  # fmt: skip
        case public.OutcomeConfirmed() as event:
            course.change(recorded, event.offer_id, business="outcome-confirmed")
        case public.ReferralReturned() | public.ReferralRerouted() as event:
            back: Status = "failed" if event.reason_code in FAILED else "cancelled"
            course.change(recorded, event.offer_id, status=back, reason=event.reason_code, business=None)
        case public.OutcomeDisputed() | public.AnswerDisputed() as event if disputes(event):
            _disputed(course, recorded, event.offer_id)
        case _:
            return


def _disputed(course: Course, recorded: Recorded, offer_id: UUID) -> None:
    course.change(recorded, offer_id, business="outcome-disputed")
    before = course.of_offer(offer_id)
    anew = replace(
        before, task_id=round_id(offer_id, recorded.version), status="accepted", authored_at=recorded.recorded_at,
        part_of=before.task_id, outcome=None, quantity=None, unit=None, evidence=None, reason=None,
    )  # fmt: skip
    course.begin(anew)


def _end(course: Course, recorded: Recorded, offer_id: UUID | None, reason: str) -> None:
    if offer_id is not None and course.of_offer(offer_id).status not in FINAL:
        course.change(recorded, offer_id, status="cancelled", reason=reason, business=None)


def _closed(course: Course, recorded: Recorded, event: public.ReferralClosed) -> None:
    """A need that is closed while its outcome is in dispute ends the Task that began with the dispute."""
    if event.offer_id is not None:
        _end(course, recorded, event.offer_id, event.unconfirmed_reason or "closed")
