"""What was so, and by what was known: rows over both times, disposable, derived anew from the ledger at will.

Of both times the first is when it was so in the world (`valid_from`, microseconds), the second which entries the ledger
must hold for it to be known: a row counts in every ledger that holds the entry `known_from` and not the entry
`known_until` (NULL: still). Rows of `strand` end where the next turn of the same stream begins.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.audit.views import METADATA

NOBODY = UUID(int=0)
"""The matter of what belongs to none: a person, a consent."""

strand = sa.Table(
    "strand",
    METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("valid_from", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("known_from", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("known_until", sa.BigInteger),
    sa.Column("restricted", sa.Boolean),
    sa.Column("shown_as", sa.Uuid),
    sa.Column("content", sa.LargeBinary),
)
"""From `valid_from` on a stream of a matter says this, by its `entry`; `shown_as` is the record that a person is merged into."""

sa.Index("strand_shown_as", strand.c.shown_as)

strand_end = sa.Table(
    "strand_end",
    METADATA,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("restricted", sa.Boolean, primary_key=True),
    sa.Column("valid_from", sa.BigInteger),
    sa.Column("entry", sa.BigInteger),
    sa.Column("content", sa.LargeBinary),
)
"""The last turn of each stream of a matter as known now: what comes in its time goes on from there."""

telling = sa.Table(
    "telling",
    METADATA,
    sa.Column("whole", sa.String, primary_key=True),
    sa.Column("at", sa.BigInteger),
    sa.Column("dated", sa.Boolean),
    sa.Column("awaited", sa.JSON),
)
"""Where the telling of a matter (or of a person, a consent) stands: the moment told last, whether any moment was dated
yet, and the events that were corrected before they were heard."""

held = sa.Table(
    "held",
    METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("known_from", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("n", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("known_until", sa.BigInteger),
    sa.Column("need", sa.String),
    sa.Column("start", sa.BigInteger),
    sa.Column("end", sa.BigInteger),
    sa.Column("precision", sa.String),
    sa.Column("end_precision", sa.String),
    sa.Column("claims", sa.String),
    sa.Column("act", sa.String),
    sa.Column("entry", sa.BigInteger),
    sa.Column("inherited", sa.Boolean),
    sa.Column("ended", sa.Boolean),
    sa.Column("restricted", sa.Boolean),
)
"""Who answered for a matter (`need` is empty) or a need of it, from `start` to `end` (NULL: still).

`claims` are the parties, those that answer together joined by `+`, rivals by a comma; `ended` says that the pairing that
holds it is over.
"""
