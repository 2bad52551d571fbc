"""The tables of accounts: views of what is on record, and what is kept beside the log because no event may hold it."""

from __future__ import annotations

import sqlalchemy as sa

from services.console.views import METADATA

KEPT = sa.MetaData()
"""Secrets, sessions and likings: no rebuild touches them, and no event tells what is in them."""

account = sa.Table(
    "account", METADATA,
    sa.Column("account_id", sa.Uuid, primary_key=True),
    sa.Column("holder", sa.String, index=True),
    sa.Column("role", sa.String),
    sa.Column("org", sa.String),
    sa.Column("state", sa.String),
    sa.Column("reason_code", sa.String),
    sa.Column("has_password", sa.Boolean),
    sa.Column("has_second", sa.Boolean),
    sa.Column("codes_left", sa.BigInteger),
    sa.Column("invited_until", sa.DateTime(timezone=True)),
    sa.Column("opened_at", sa.DateTime(timezone=True)),
    sa.Column("out_at", sa.DateTime(timezone=True)),
)  # fmt: skip
"""One row an account; whoever came in at or before `out_at` is out."""

binding = sa.Table(
    "binding", METADATA,
    sa.Column("binding_id", sa.Uuid, primary_key=True),
    sa.Column("account_id", sa.Uuid, index=True),
    sa.Column("bound_at", sa.DateTime(timezone=True)),
)  # fmt: skip
"""Which sign-ins elsewhere open which account."""

sign_in = sa.Table(
    "sign_in", KEPT,
    sa.Column("binding_id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.String, index=True, nullable=False),
    sa.Column("issuer", sa.String, nullable=False),
)  # fmt: skip
"""Which sign-in elsewhere a binding means: the digest of issuer and subject."""

knock = sa.Table(
    "knock", KEPT,
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("digest", sa.String, nullable=False),
    sa.Column("issuer", sa.String, nullable=False),
    sa.Column("at", sa.DateTime(timezone=True), nullable=False),
)  # fmt: skip
"""Sign-ins elsewhere that no account knows, under the short code that their owner tells the administrator."""

credential = sa.Table(
    "credential", KEPT,
    sa.Column("holder", sa.String, primary_key=True),
    sa.Column("password", sa.String),
    sa.Column("secret", sa.LargeBinary),
    sa.Column("offered", sa.LargeBinary),
)  # fmt: skip
"""The hash of a password, the sealed secret of the second factor, and the one that is being enrolled."""

recovery = sa.Table(
    "recovery", KEPT,
    sa.Column("holder", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
)  # fmt: skip

code_used = sa.Table(
    "code_used", KEPT,
    sa.Column("holder", sa.String, primary_key=True),
    sa.Column("step", sa.BigInteger, primary_key=True, autoincrement=False),
)  # fmt: skip
"""Codes of the moment that were used: each is good once (RFC 6238, 5.2)."""

invitation = sa.Table(
    "invitation", KEPT,
    sa.Column("holder", sa.String, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False, index=True),
)  # fmt: skip

session = sa.Table(
    "session", KEPT,
    sa.Column("digest", sa.LargeBinary, primary_key=True),
    sa.Column("holder", sa.String, nullable=False, index=True),
    sa.Column("stage", sa.String, nullable=False),
    sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("device", sa.String),
)  # fmt: skip
"""Who is in: by the hash of what the cookie holds. `stage` is `in`, or what is still to be shown."""

preference = sa.Table(
    "preference", KEPT,
    sa.Column("holder", sa.String, primary_key=True),
    sa.Column("lang", sa.String),
    sa.Column("theme", sa.String),
    sa.Column("type", sa.String),
)  # fmt: skip
"""How somebody likes to see pages, at whichever machine he sits."""

second_wanted = sa.Table(
    "second_wanted", KEPT,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("of", sa.String, nullable=False),
    sa.Column("act", sa.String, nullable=False),
    sa.Column("about", sa.Uuid, nullable=False),
    sa.Column("matter_id", sa.Uuid, nullable=False),
    sa.Column("asker", sa.String, nullable=False),
    sa.Column("asker_role", sa.String, nullable=False),
    sa.Column("asker_org", sa.String, nullable=False, index=True),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("body", sa.String, nullable=False),
)  # fmt: skip
"""What somebody has asked and a second person has not looked at yet."""

unsealing = sa.Table(
    "unsealing", KEPT,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, nullable=False),
    sa.Column("matter_id", sa.Uuid, nullable=False),
    sa.Column("station", sa.String, nullable=False),
    sa.Column("is_child", sa.Boolean, nullable=False),
    sa.Column("asker", sa.String, nullable=False),
    sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False, index=True),
    sa.Column("why", sa.String, nullable=False),
    sa.Column("categories", sa.String, nullable=False),
    sa.Column("approver", sa.String),
    sa.Column("approver_role", sa.String),
    sa.Column("approver_org", sa.String),
    sa.Column("approved_at", sa.DateTime(timezone=True)),
)  # fmt: skip
"""What an auditor asks to see of somebody, and who approved; nothing of what was seen."""
