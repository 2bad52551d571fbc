"""The daily plan: asked for, proposed by the planner's own process, and published or rejected by a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from services.contracts.words import AreaCode, Party
from services.kernel.contract import Code, Count, Digest, Instant, Ref, asked, published

UnservedCause = Literal["nobody_may", "nobody_in_time", "needed_elsewhere", "too_many_at_once"]
FailureCause = Literal["killed", "too_late", "contradictory"]
Most = 20_000
OnDuty = Annotated[tuple[Party, ...], Meta(max_length=60)]


@asked(zh="申请日计划")
class RequestPlan:
    """Plan the tasks that begin on this day in this area and look for people, after `cut_off`; without one, at once.

    `workers` are the professionals who make rounds that day, beside the volunteers of the area.
    """

    area: AreaCode
    day: date
    cut_off: Instant | None = None
    seed: Count = 0
    workers: OnDuty = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedPair:
    """This one would go there."""

    task_id: UUID
    assignee: Party


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanChange:
    """One change that would be enough, and how much of it: minutes, kilometres, visits, skills, or people who could go."""

    code: Code
    amount: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class UnservedTask:
    """Nobody would go there: by no rule, by no time, or because whoever could is needed more elsewhere.

    `changes` are the three cheapest of those that would each be enough; nobody is named by them.
    """

    task_id: UUID
    cause: UnservedCause
    changes: Annotated[tuple[PlanChange, ...], Meta(max_length=3)] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortage:
    """What one more volunteer with this skill in this place would be worth, in minutes of travel; never about a person."""

    skill: Code
    area: AreaCode | None
    value: Count


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadAt:
    """How far a log had been read."""

    publisher: Code
    position: Count


@asked(zh="提出日计划")
class ProposePlan:
    """The planner's process has come to an end; asked by the hub itself."""

    model: Code
    weights: Ref
    input_digest: Digest
    read_at: tuple[ReadAt, ...]
    cost: Count
    bound: Count
    gap_ppm: Count
    milliseconds: Count
    cut_short: bool = False
    pairs: Annotated[tuple[PlannedPair, ...], Meta(max_length=Most)] = ()
    unserved: Annotated[tuple[UnservedTask, ...], Meta(max_length=Most)] = ()
    shortages: Annotated[tuple[Shortage, ...], Meta(max_length=64)] = ()


@asked(zh="日计划失败")
class FailPlan:
    """The planner's process ended without a plan, twice; asked by the hub itself."""

    cause: FailureCause
    attempts: Count


@asked(zh="发布日计划")
class PublishPlan:
    """Ask those whom the plan names; asking binds nobody."""


@asked(zh="否决日计划")
class RejectPlan:
    """This plan is not used."""

    reason_code: Code


@published("plan.requested", zh="申请日计划")
class PlanRequested:
    """A plan was asked for; it is made after `due`, from what is then known; `workers` make rounds that day."""

    area: AreaCode
    day: date
    due: Instant
    seed: Count
    workers: OnDuty = ()


@published("plan.proposed", zh="提出日计划")
class PlanProposed:
    """This would be the day: tentative, binding nobody. No plan costs less than `bound`, by these weights.

    The same input gives the same plan, unless the clock has `cut_short` the search: then another run may find another one,
    no dearer than this one's bound. `input_digest` is that of the input, `read_at` says how far logs had been read.
    """

    model: Code
    weights: Ref
    input_digest: Digest
    read_at: tuple[ReadAt, ...]
    seed: Count
    cost: Count
    bound: Count
    gap_ppm: Count
    milliseconds: Count
    pairs: tuple[PlannedPair, ...]
    unserved: tuple[UnservedTask, ...]
    shortages: tuple[Shortage, ...]
    cut_short: bool = False


@published("plan.proposal-continued", zh="提出日计划(续)")
class PlanProposalContinued:
    """More of a proposal that one event cannot hold, as it comes directly behind it: it adds to what was proposed."""

    pairs: tuple[PlannedPair, ...]
    unserved: tuple[UnservedTask, ...]


@published("plan.failed", zh="日计划失败")
class PlanFailed:
    """No plan came of it; nothing of it was used."""

    cause: FailureCause
    attempts: Count


@published("plan.published", zh="发布日计划")
class PlanPublished:
    """Those whom the plan names are asked; each of them may say no."""

    pairs: tuple[PlannedPair, ...]


@published("plan.publication-continued", zh="发布日计划(续)")
class PlanPublicationContinued:
    """More of those whom the plan names, as it comes directly behind its publication: they are asked as well."""

    pairs: tuple[PlannedPair, ...]


@published("plan.rejected", zh="否决日计划")
class PlanRejected:
    """A person has decided otherwise; nobody is asked because of it."""

    reason_code: Code
