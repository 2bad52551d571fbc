"""Visit plans: somebody looks in on a person at an agreed cadence; recording a visit costs seconds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.intake.terms import Codes, Narrative, RiskLevel
from services.contracts.words import AreaCode, Handoff, Party
from services.kernel.contract import Code, Digest, Ref, asked, published

Cadence = Literal["daily", "weekly", "fortnightly", "monthly", "quarterly"]
Mode = Literal["door", "phone", "video", "neighbour"]
Result = Literal["ok", "concern", "no_answer"]


@dataclass(frozen=True, kw_only=True, slots=True)
class VisitDone:
    """One visit of a day, as a weekly sheet has it."""

    on: date
    mode: Mode = "door"
    result: Result = "ok"


@published("visit-plan.set", zh="探访计划", handoff=True, opens="matter")
class VisitPlanSet:
    """Somebody looks in on this person at this cadence, and answers for it."""

    plan_id: UUID
    matter_id: UUID
    handoff: Handoff
    person_id: UUID
    cadence: Cadence
    visitor: Party
    unit: Party
    area: AreaCode
    basis: Code
    level: RiskLevel | None = None


@published("visit-plan.changed", zh="探访计划变更")
class VisitPlanChanged:
    """The cadence or level of the plan is another from now on."""

    plan_id: UUID
    matter_id: UUID
    cadence: Cadence
    reason_code: Code
    level: RiskLevel | None = None


@published("visit-plan.visitor-changed", zh="更换探访人", handoff=True)
class VisitorChanged:
    """Somebody else looks in on this person from now on."""

    plan_id: UUID
    matter_id: UUID
    handoff: Handoff
    visitor: Party
    reason_code: Code


@published("visit-plan.ended", zh="探访计划结束", closes="matter")
class VisitPlanEnded:
    """Nobody needs to look in any more under this plan, from this day on."""

    plan_id: UUID
    matter_id: UUID
    reason_code: Code
    on: date | None = None


@published("visit.made", zh="探访")
class VisitMade:
    """The person was seen or spoken to on this day; a day after the plan's end is a conflict, and said to be one."""

    plan_id: UUID
    matter_id: UUID
    person_id: UUID
    visitor: Party
    on: date
    mode: Mode
    result: Result
    activity_codes: Codes = ()
    sealed: tuple[Digest, ...] = ()
    conflict: Code | None = None


@published("visit.missed", zh="漏访")
class VisitMissed:
    """Nobody came on this day, for this reason."""

    plan_id: UUID
    matter_id: UUID
    person_id: UUID
    visitor: Party
    on: date
    reason_code: Code


@published("visit.concern-raised", zh="异常")
class ConcernRaised:
    """Something is not right with the person; these steps were taken at once."""

    plan_id: UUID
    matter_id: UUID
    person_id: UUID
    on: date
    concern_code: Code
    action_codes: Codes
    sealed: tuple[Digest, ...] = ()


@asked(zh="设定探访计划")
class SetVisitPlan:
    """Plan visits to a person: how often, by whom, on which basis."""

    person_id: UUID
    cadence: Cadence
    visitor: Party
    unit: Party
    area: AreaCode
    basis: Code
    level: RiskLevel | None = None


@asked(zh="变更探访计划")
class ChangeVisitPlan:
    """Visit more or less often."""

    cadence: Cadence
    reason_code: Code
    level: RiskLevel | None = None


@asked(zh="更换探访人")
class ChangeVisitor:
    """Let somebody else do the visits."""

    visitor: Party
    reason_code: Code


@asked(zh="登记探访")
class RecordVisit:
    """Write down one visit; today's, if no day is given. A concern or an unanswered door says what was done at once."""

    on: date | None = None
    mode: Mode = "door"
    result: Result = "ok"
    activity_codes: Codes = ()
    concern_code: Code | None = None
    action_codes: Codes = ()
    paper_ref: Ref | None = None
    observed_by: Party | None = None
    words: Narrative | None = None


@asked(zh="批量登记探访")
class RecordVisits:
    """Write down many visits at once, as a weekly sheet has them; days already on record are passed over.

    A paper that is brought in late has a number, and tells of one month.
    """

    visits: Annotated[tuple[VisitDone, ...], Meta(min_length=1, max_length=400)]
    paper_ref: Ref | None = None
    observed_by: Party | None = None


@asked(zh="登记漏访")
class RecordMissedVisit:
    """Write down that nobody came on a day."""

    on: date
    reason_code: Code


@asked(zh="登记异常")
class RaiseConcern:
    """Write down that something is not right, and what was done at once."""

    concern_code: Code
    action_codes: Codes = ()
    on: date | None = None
    words: Narrative | None = None


@asked(zh="结束探访计划")
class EndVisitPlan:
    """Stop the visits; from the day on which it is said, if no other is named."""

    reason_code: Code
    on: date | None = None
