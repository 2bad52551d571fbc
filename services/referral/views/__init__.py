"""What the referral service shows, folded from its own events, and the little that it keeps of what others say."""

from __future__ import annotations

from services.kernel.message import Recorded
from services.kernel.view import Change, put
from services.referral.views import (
    asked,
    changes,
    clocks,
    contacts,
    deadlines,
    directory,
    mailings,
    money,
    progress,
    served,
    staff,
    told,
    unmet,
)
from services.referral.views.heard import project_heard
from services.referral.views.staff_tables import MADE as OF_STAFF
from services.referral.views.tables import MADE, METADATA

__all__ = ["METADATA", "project", "project_heard"]


def _made(recorded: Recorded) -> list[Change]:
    """Who brought it into being, and for whom; what the hub does of its own accord is nobody's."""
    table, actor = (MADE | OF_STAFF).get(recorded.stream.partition("/")[0]), recorded.actor
    if recorded.version != 1 or table is None or actor.role == "service":
        return []
    return [put(table, recorded.stream_id, made_by=actor.id, kept_by=actor.org)]


def project(recorded: Recorded) -> list[Change]:
    """Which rows change by an event of this service."""
    return [
        *directory.project(recorded),
        *progress.project(recorded),
        *money.project(recorded),
        *deadlines.project(recorded),
        *clocks.project(recorded),
        *staff.project(recorded),
        *_made(recorded),
        *contacts.project(recorded),
        *told.project(recorded),
        *unmet.project(recorded),
        *changes.project(recorded),
        *mailings.project(recorded),
        *asked.project(recorded),
        *served.project(recorded),
    ]
