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

queue = sa.Table(
    "queue", METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("after", sa.BigInteger),
    sa.Column("opened_at", sa.DateTime(timezone=True)),
    comment="Organizations with a queue of their own, and after which number it begins.",
)  # fmt: skip

endpoint = sa.Table(
    "endpoint", METADATA,
    sa.Column("endpoint_id", sa.Uuid, primary_key=True),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("state", sa.String),
    sa.Column("reason_code", sa.String),
    sa.Column("after", sa.BigInteger),
    sa.Column("generation", sa.Integer),
    sa.Column("old_until", sa.DateTime(timezone=True)),
    sa.Column("added_at", sa.DateTime(timezone=True)),
    comment="Where organizations are called; the address itself is in a table that no rebuild empties.",
)  # fmt: skip

barred = sa.Table(
    "barred", METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    comment="Organizations that are suspended or have left: they ask nothing by any token.",
)  # fmt: skip

token = sa.Table(
    "token", METADATA,
    sa.Column("token_id", sa.Uuid, primary_key=True),
    sa.Column("access_id", sa.Uuid),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("holder", sa.String),
    sa.Column("scopes", sa.JSON),
    sa.Column("issued_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Column("revoked_at", sa.DateTime(timezone=True)),
    sa.Column("reason_code", sa.String),
    comment="API tokens: whose, for what, until when; the hash of each is in a table that no rebuild empties.",
)  # fmt: skip

token_hash = sa.Table(
    "token_hash", KEPT,
    sa.Column("token_id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""SHA-256 of each token: of 256 random bits nobody finds them by trying."""

token_use = sa.Table(
    "token_use", KEPT,
    sa.Column("token_id", sa.Uuid, primary_key=True),
    sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""When a token was used last, to the minute."""

posted = sa.Table(
    "posted", KEPT,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
)  # fmt: skip
"""How far the broker has confirmed what was put into an organization's queue."""

address = sa.Table(
    "address", KEPT,
    sa.Column("endpoint_id", sa.Uuid, primary_key=True),
    sa.Column("url", sa.String, nullable=False),
)  # fmt: skip
"""Where an endpoint is called: it may hold a secret of its owner's, so no event says it."""

hook = sa.Table(
    "hook", KEPT,
    sa.Column("endpoint_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("rests_until", sa.DateTime(timezone=True)),
)  # fmt: skip
"""How an endpoint is doing: the last number that was tried at all, failures in a row, until when it wants to be left alone."""

retry = sa.Table(
    "retry", KEPT,
    sa.Column("endpoint_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""Deliveries that an endpoint has not taken yet, and when each is tried again."""

called = sa.Table(
    "called", KEPT,
    sa.Column("endpoint_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.DateTime(timezone=True), primary_key=True),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("milliseconds", sa.Integer, nullable=False),
)  # fmt: skip
"""The log of calls, which the organization reads: what became of each."""

sa.Index("called_at", called.c.at)

claim = sa.Table(
    "claim", KEPT,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("holder", sa.Uuid, nullable=False),
    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""Which process does something that one process alone should do, and until when it may."""
