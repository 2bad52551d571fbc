"""The view of erasures: what was asked, what was decided, what is still to be done about the keys, until when it rests."""

from __future__ import annotations

import sqlalchemy as sa

from services.intake.tables import METADATA

erasures = sa.Table(
    "erasures", METADATA,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger),
    sa.Column("request_id", sa.Uuid),
    sa.Column("state", sa.String),
    sa.Column("by", sa.String),
    sa.Column("ground", sa.String),
    sa.Column("kinds", sa.String),
    sa.Column("decisions", sa.String),
    sa.Column("approver", sa.String),
    sa.Column("act", sa.String),
    sa.Column("keys", sa.BigInteger),
    sa.Column("until", sa.Date),
    sa.Column("requested_at", sa.DateTime(timezone=True)),
    sa.Column("decided_at", sa.DateTime(timezone=True)),
    sa.Column("done_at", sa.DateTime(timezone=True)),
    sa.Column("act_due", sa.DateTime(timezone=True)),
    sa.Column("review_due", sa.DateTime(timezone=True)),
    sa.Index("erasures_act_due", "act_due"),
    sa.Index("erasures_review_due", "review_due"),
)  # fmt: skip
"""One row a person: `act` is what becomes of the keys (destroy, restrict, none), `act_due` while it is not yet done."""
