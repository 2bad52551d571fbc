"""Needs that nobody took: one row a referral that ran out of organizations to ask, until somebody takes it after all.

They say what a street lacks. A need stands there once, however often the rounds were made; it stays when the referral is
closed unmet, and goes when it is no need any more.
"""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, drop, put
from services.referral.views.tables import METADATA

unmet = sa.Table(
    "unmet_needs",
    METADATA,
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("case_id", sa.Uuid),
    sa.Column("need_codes", sa.JSON),
    sa.Column("tried", sa.JSON),
    sa.Column("declined_reasons", sa.JSON),
    sa.Column("exhausted_at", sa.DateTime(timezone=True)),
)

OVER = (
    public.ReferralAccepted, public.ReferralWithdrawn, public.ReferralCancelled, public.ReferralEnteredInError,
)  # fmt: skip
"""With these somebody has taken it, or it is no need any more."""


def project(recorded: Recorded) -> list[Change]:
    """Which needs are unmet after an event."""
    match recorded.event:
        case public.ReferralExhausted() as event:
            return [
                put(
                    unmet, recorded.stream_id, matter_id=event.matter_id, case_id=event.case_id,
                    need_codes=list(event.need_codes), tried=[str(each) for each in event.tried],
                    declined_reasons=list(event.declined_reasons), exhausted_at=recorded.happened_at,
                )
            ]  # fmt: skip
        case event if isinstance(event, OVER):
            return [drop(unmet, recorded.stream_id)]
        case _:
            return []
