"""Plans as they are shown: where each stands, and who would go where."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec
import sqlalchemy as sa

from services.contracts.volunteer import (
    PlanFailed,
    PlanProposalContinued,
    PlanProposed,
    PlanPublished,
    PlanRejected,
    PlanRequested,
)
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put
from services.volunteer.view_tables import METADATA

plans = sa.Table(
    "plans", METADATA,
    sa.Column("plan_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger),
    sa.Column("state", sa.String, index=True),
    sa.Column("area", sa.String, index=True),
    sa.Column("day", sa.Date),
    sa.Column("seed", sa.BigInteger),
    sa.Column("workers", sa.JSON),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
    sa.Column("model", sa.String),
    sa.Column("weights", sa.String),
    sa.Column("input_digest", sa.String),
    sa.Column("cost", sa.BigInteger),
    sa.Column("bound", sa.BigInteger),
    sa.Column("gap_ppm", sa.BigInteger),
    sa.Column("milliseconds", sa.BigInteger),
    sa.Column("cut_short", sa.Boolean),
    sa.Column("unserved", sa.BigInteger),
    sa.Column("shortages", sa.JSON),
    sa.Column("cause", sa.String),
    sa.Column("made_by", sa.String),
    sa.Column("kept_by", sa.String),
)  # fmt: skip
"""`due` is set while the planner is still to make it; `unserved` counts the tasks that nobody would go to."""

plan_pairs = sa.Table(
    "plan_pairs", METADATA,
    sa.Column("plan_id", sa.Uuid, primary_key=True),
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("assignee", sa.String, primary_key=True),
)  # fmt: skip
"""Who would go where: tentative, as long as nobody has said yes to the task itself."""

plan_unserved = sa.Table(
    "plan_unserved", METADATA,
    sa.Column("plan_id", sa.Uuid, primary_key=True),
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("cause", sa.String),
    sa.Column("changes", sa.JSON),
)  # fmt: skip
"""Where nobody would go, why not, and what would have to change."""

KEPT = sa.MetaData()
plan_inputs = sa.Table(
    "plan_inputs", KEPT,
    sa.Column("plan_id", sa.Uuid, primary_key=True),
    sa.Column("input", sa.LargeBinary),
)  # fmt: skip
"""What each plan was made from, byte for byte: ids, codes and times, from which anybody makes the same plan again."""


def about_plan(recorded: Recorded, plan_id: UUID) -> Iterable[Change]:
    """The rows that an event of this plan changes."""
    event = recorded.event
    yield put(plans, plan_id, version=recorded.version)
    match event:
        case PlanRequested():
            yield put(
                plans, plan_id, state="requested", area=event.area, day=event.day, seed=event.seed, due=event.due,
                workers=list(event.workers),
            )  # fmt: skip
        case PlanProposed():
            yield put(
                plans, plan_id, state="proposed", due=None, model=event.model, weights=event.weights,
                input_digest=event.input_digest, cost=event.cost, bound=event.bound, gap_ppm=event.gap_ppm,
                milliseconds=event.milliseconds, cut_short=event.cut_short, unserved=0,
                shortages=msgspec.to_builtins(event.shortages),
            )  # fmt: skip
            yield from _named(plan_id, event)
        case PlanProposalContinued():
            yield from _named(plan_id, event)
        case PlanFailed():
            yield put(plans, plan_id, state="failed", due=None, cause=event.cause)
        case PlanPublished():
            yield put(plans, plan_id, state="published")
        case PlanRejected():
            yield put(plans, plan_id, state="rejected", due=None, cause=event.reason_code)
        case _:
            return


def _named(plan_id: UUID, event: PlanProposed | PlanProposalContinued) -> Iterable[Change]:
    yield from (put(plan_pairs, plan_id, pair.task_id, pair.assignee) for pair in event.pairs)
    for each in event.unserved:
        changes = msgspec.to_builtins(each.changes)
        yield put(plan_unserved, plan_id, each.task_id, cause=each.cause, changes=changes)
    yield add(plans, plan_id, unserved=len(event.unserved))
