"""What is shown of auditors' work: samples as they were planned, findings as they stand, with the day that is set."""

from __future__ import annotations

import sqlalchemy as sa

from services.audit import report_views, views
from services.contracts.audit.findings import (
    AuditFindingAnswered,
    AuditFindingRaised,
    AuditFindingReopened,
    AuditFindingResolved,
    SamplePlanned,
)
from services.kernel.message import Recorded
from services.kernel.view import Change, put

raised = sa.Table(
    "audit_finding",
    views.METADATA,
    sa.Column("finding_id", sa.Uuid, primary_key=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("finding_code", sa.String),
    sa.Column("state", sa.String, index=True),
    sa.Column("raised_by", sa.String),
    sa.Column("raised_at", views.INSTANT),
    sa.Column("answer_by", views.INSTANT, index=True),
    sa.Column("answered_at", views.INSTANT),
    sa.Column("answer_code", sa.String),
    sa.Column("late", sa.Boolean),
    sa.Column("result_code", sa.String),
    sa.Column("entries", sa.String),
    sa.Column("sample_id", sa.Uuid),
    sa.Column("version", sa.Integer),
)
"""A finding; `state` is `raised`, `answered`, `resolved` or `reopened`; `entries` of the ledger, joined by commas."""

sample = sa.Table(
    "sample",
    views.METADATA,
    sa.Column("sample_id", sa.Uuid, primary_key=True),
    sa.Column("seed", sa.String),
    sa.Column("per_stratum", sa.Integer),
    sa.Column("purpose", sa.String),
    sa.Column("station", sa.String),
    sa.Column("kind", sa.String),
    sa.Column("size", sa.BigInteger),
    sa.Column("root", sa.String),
    sa.Column("planned_by", sa.String),
    sa.Column("planned_at", views.INSTANT),
)
"""A sample as it was planned, which is all that its draw follows from."""


def project(recorded: Recorded) -> list[Change]:
    """What audit's own events change in all its views."""
    match recorded.event:
        case SamplePlanned() as event:
            planned = {"planned_by": recorded.actor.id, "planned_at": recorded.recorded_at}
            columns = {c.name: getattr(event, c.name) for c in sample.c if hasattr(event, c.name)}
            return [put(sample, event.sample_id, **{k: v for k, v in columns.items() if k != "sample_id"}, **planned)]
        case AuditFindingRaised() as event:
            return [_raised(recorded, event)]
        case AuditFindingAnswered() as event:
            columns = {"answered_at": recorded.recorded_at, "answer_code": event.answer_code, "late": event.late}
            return [_now(recorded, event.finding_id, "answered", **columns)]
        case AuditFindingResolved() as event:
            return [_now(recorded, event.finding_id, "resolved", result_code=event.result_code)]
        case AuditFindingReopened() as event:
            return [_now(recorded, event.finding_id, "reopened", answer_by=event.answer_by, result_code=None)]
        case _:
            return report_views.project(recorded)


def _raised(recorded: Recorded, event: AuditFindingRaised) -> Change:
    return put(
        raised, event.finding_id,
        matter_id=event.matter_id, finding_code=event.finding_code, state="raised", raised_by=recorded.actor.id,
        raised_at=recorded.recorded_at, answer_by=event.answer_by, entries=",".join(map(str, event.entries)),
        sample_id=event.sample_id, version=recorded.version,
    )  # fmt: skip


def _now(recorded: Recorded, finding_id: object, state: str, **columns: object) -> Change:
    return put(raised, finding_id, state=state, version=recorded.version, **columns)
