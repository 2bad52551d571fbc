"""When anything about an offer was written down last, and which Tasks began with a dispute: to find them without the log."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, put
from services.referral.fhir.course import disputes, round_id
from services.referral.views.tables import METADATA

asked = sa.Table(
    "offer_changes",
    METADATA,
    sa.Column("offer_id", sa.Uuid, primary_key=True),
    sa.Column("referral_id", sa.Uuid, index=True),
    sa.Column("changed_at", sa.DateTime(timezone=True), index=True),
)

rounds = sa.Table(
    "offer_rounds",
    METADATA,
    sa.Column("round_id", sa.Uuid, primary_key=True),
    sa.Column("offer_id", sa.Uuid, index=True),
)
"""After a dispute an organization is at it once more."""


def project(recorded: Recorded) -> list[Change]:
    """The offer that an event is about, or all of a referral that should never have been."""
    offer_id = getattr(recorded.event, "offer_id", None)
    marked = recorded.event.offer_ids if isinstance(recorded.event, public.ReferralEnteredInError) else ()
    about = dict.fromkeys([*([offer_id] if offer_id else []), *marked])
    found = [put(asked, each, referral_id=recorded.stream_id, changed_at=recorded.recorded_at) for each in about]
    if offer_id is not None and disputes(recorded.event):
        found.append(put(rounds, round_id(offer_id, recorded.version), offer_id=offer_id))
    return found
