"""When an organization, an offering or a station was changed last, for whoever reads the directory again."""

from __future__ import annotations

import sqlalchemy as sa

from services.kernel.message import Recorded
from services.kernel.view import Change, put
from services.referral.views.tables import METADATA

changes = sa.Table(
    "directory_changes",
    METADATA,
    sa.Column("stream_id", sa.Uuid, primary_key=True),
    sa.Column("changed_at", sa.DateTime(timezone=True), index=True),
)

KINDS = ("organization", "offering", "station")


def project(recorded: Recorded) -> list[Change]:
    """The newest change of a thing in the directory."""
    if recorded.stream.partition("/")[0] not in KINDS:
        return []
    return [put(changes, recorded.stream_id, changed_at=recorded.recorded_at)]
