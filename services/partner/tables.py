"""The partner service's tables: what each organization is to receive under which number, and through whom it does."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()
"""Views: what may be read again from the logs."""
KEPT = sa.MetaData()
"""What is kept as it was: no rebuild changes what a partner was told."""

delivery = sa.Table(
    "delivery", METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("publisher", sa.String),
    sa.Column("position", sa.BigInteger),
    sa.Column("event_id", sa.Uuid, index=True),
    sa.Column("event_type", sa.String),
    sa.Column("added_at", sa.DateTime(timezone=True)),
    comment="One row a delivery: the organization, its number, and where the fact stands.",
)  # fmt: skip

engaged = sa.Table(
    "engaged", METADATA,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("party", sa.String, primary_key=True),
    comment="Parties that have something to do with a stream: they hear how it goes on.",
)  # fmt: skip

member = sa.Table(
    "member", METADATA,
    sa.Column("volunteer", sa.String, primary_key=True),
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    comment="Volunteers, as parties, and the teams that they belong to.",
)  # fmt: skip

fact = sa.Table(
    "fact", KEPT,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""What was delivered, in the bytes in which it was, without its number."""
