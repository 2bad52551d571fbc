"""One row for each act of access in the ledger, what was delivered to whom, and what is about whom; disposable, derived anew at will."""

from __future__ import annotations

import sqlalchemy as sa

from services.audit.views import METADATA

access = sa.Table(
    "access",
    METADATA,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("rt", sa.BigInteger),
    sa.Column("at", sa.BigInteger),
    sa.Column("person_id", sa.Uuid, index=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("type", sa.String),
    sa.Column("act", sa.String),
    sa.Column("who", sa.String),
    sa.Column("role", sa.String),
    sa.Column("org", sa.String),
    sa.Column("purpose", sa.String),
    sa.Column("categories", sa.String),
    sa.Column("ground", sa.String),
    sa.Column("approver", sa.String),
    sa.Column("expires_at", sa.String),
    sa.Column("disclosure_id", sa.Uuid),
    sa.Column("restricted", sa.Boolean),
    sa.Column("publisher", sa.String),
    sa.Column("position", sa.BigInteger),
)
"""Somebody (`who`) was let see, has seen, or was refused, what belongs to a person, or to a matter as a whole."""

about_person = sa.Table(
    "about_person",
    METADATA,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("matter_id", sa.Uuid, primary_key=True),
)
"""A matter names this person's record."""

sa.Index("about_person_of_matter", about_person.c.matter_id)

names_person = sa.Table(
    "names_person",
    METADATA,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
)
"""An entry names this person's record, and no matter."""

delivered = sa.Table(
    "delivered",
    METADATA,
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("rt", sa.BigInteger),
    sa.Column("at", sa.BigInteger),
    sa.Column("organization_id", sa.Uuid),
    sa.Column("number", sa.BigInteger),
    sa.Column("of_publisher", sa.String),
    sa.Column("of_position", sa.BigInteger),
    sa.Column("of_type", sa.String),
    sa.Column("publisher", sa.String),
    sa.Column("position", sa.BigInteger),
)
"""An event was put into an organization's sequence under this number; the event is named, for it may be recorded later."""

sa.Index("delivered_of", delivered.c.of_publisher, delivered.c.of_position)
