"""When the origin spoke with the person about a referral, and whether anybody was reached."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, put
from services.referral.views.tables import METADATA

contacts = sa.Table(
    "contacts",
    METADATA,
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("about", sa.String(32)),
    sa.Column("mode", sa.String(64)),
    sa.Column("result", sa.String(32)),
    sa.Column("by", sa.String(160)),
    sa.Column("at", sa.DateTime(timezone=True)),
)
"""One row a contact; its number is that of the event in the referral's stream."""


def project(recorded: Recorded) -> list[Change]:
    """The contact that an event tells of."""
    match recorded.event:
        case public.PersonContacted() as event:
            return [
                put(
                    contacts, recorded.stream_id, recorded.version, matter_id=event.matter_id, about=event.about,
                    mode=event.mode, result=event.result, by=recorded.actor.id, at=recorded.happened_at,
                )
            ]  # fmt: skip
        case _:
            return []
