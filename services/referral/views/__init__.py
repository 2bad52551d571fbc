"""What the referral service shows, folded from its own events, and the little that it keeps of what others say."""

from __future__ import annotations

from services.kernel.message import Recorded
from services.kernel.view import Change
from services.referral.views import deadlines, directory, money, progress, staff, told, unmet
from services.referral.views.heard import project_heard
from services.referral.views.tables import METADATA

__all__ = ["METADATA", "project", "project_heard"]


def project(recorded: Recorded) -> list[Change]:
    """Which rows change by an event of this service."""
    return [
        *directory.project(recorded),
        *progress.project(recorded),
        *money.project(recorded),
        *deadlines.project(recorded),
        *staff.project(recorded),
        *told.project(recorded),
        *unmet.project(recorded),
    ]
