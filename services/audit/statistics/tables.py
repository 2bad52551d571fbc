"""The rows that figures are made of, each with the entries between which it was known; disposable, derived anew at will."""

from __future__ import annotations

import sqlalchemy as sa

from services.audit.views import METADATA

counted = sa.Table(
    "counted",
    METADATA,
    sa.Column("unit", sa.String, primary_key=True),
    sa.Column("known_from", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("known_until", sa.BigInteger),
    sa.Column("measure", sa.String),
    sa.Column("part", sa.String),
    sa.Column("key", sa.String),
    sa.Column("subject", sa.String),
    sa.Column("value", sa.BigInteger),
    sa.Column("day", sa.Date),
    sa.Column("dated", sa.Boolean),
    sa.Column("recorded", sa.Date),
    sa.Column("base", sa.Date),
    sa.Column("place", sa.String),
    sa.Column("entry", sa.BigInteger),
    sa.Column("also", sa.BigInteger),
)
"""A row counts in every ledger that holds the entry `known_from` and not the entry `known_until` (NULL: still)."""

sa.Index("counted_by_day", counted.c.measure, counted.c.day)
