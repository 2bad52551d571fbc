"""One register from its first row to the last answer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice

from services.importing.hub import Hub
from services.importing.plan import Planner
from services.importing.report import Report
from services.importing.sending import Sender


def run(
    planner: Planner, hub: Hub, report: Report, tell: Callable[[int], None] = lambda rows: None, most: int | None = None
) -> Report:
    """Send every row of a register, or try it, and report on each; with `most`, no row after so many."""
    sender = Sender(lambda: hub.poster(planner.mapping.service), dry_run=report.dry_run)
    for planned in islice(planner, most):
        report.planned(planned)
        steps = () if planned.is_wrong else planned.steps
        for answer in sender.send(steps):
            report.answered(answer, planner.sheet.number)
        tell(report.rows)
    for answer in sender.finish():
        report.answered(answer, planner.sheet.number)
    return report
