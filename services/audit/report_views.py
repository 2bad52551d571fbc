"""What is shown of monthly reports: which are sealed, as of which ledger, and what has been adjusted since."""

from __future__ import annotations

import sqlalchemy as sa

from services.audit import reconciliation_views, views
from services.audit.domain.report import HUB
from services.contracts.audit import MonthlyReportRestated, MonthlyReportSealed
from services.kernel.message import Recorded
from services.kernel.view import Change, put

monthly_report = sa.Table(
    "monthly_report",
    views.METADATA,
    sa.Column("station", sa.String, primary_key=True),
    sa.Column("month", sa.String, primary_key=True),
    sa.Column("state", sa.String, index=True),
    sa.Column("size", sa.BigInteger),
    sa.Column("root", sa.String),
    sa.Column("definitions", sa.String),
    sa.Column("figures_hash", sa.String),
    sa.Column("sealed_at", views.INSTANT),
    sa.Column("adjustments", sa.Integer),
    sa.Column("restated_in", sa.String),
    sa.Column("position", sa.BigInteger),
)
"""A sealed report; `state` is `sealed` or `restated`, `restated_in` the month whose report carries the last difference.

Its size, root and hash are those that it was sealed with, for good; `adjustments` counts the lines it carries itself.
"""


def project(recorded: Recorded) -> list[Change]:
    """What audit's own events change in all its views."""
    match recorded.event:
        case MonthlyReportSealed() as event:
            return [_sealed(recorded, event)]
        case MonthlyReportRestated() as event:
            return [
                put(monthly_report, event.station or HUB, event.month, state="restated", restated_in=event.in_month)
            ]
        case _:
            return reconciliation_views.project(recorded) or views.project(recorded)


def _sealed(recorded: Recorded, event: MonthlyReportSealed) -> Change:
    return put(
        monthly_report,
        event.station or HUB,
        event.month,
        state="sealed",
        size=event.size,
        root=event.root,
        definitions=event.definitions,
        figures_hash=event.figures_hash,
        sealed_at=recorded.recorded_at,
        adjustments=len(event.adjustments),
        restated_in=None,
        position=recorded.position,
    )
