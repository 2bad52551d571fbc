"""What audit keeps of its ledger's witnesses: their signatures, the heads that enough of them vouch for, how each stands."""

from __future__ import annotations

import sqlalchemy as sa

from services.audit.tables import KEPT

cosignature = sa.Table(
    "cosignature",
    KEPT,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("witness", sa.String, primary_key=True),
    sa.Column("line", sa.String, nullable=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    info={"append_only": True},
)
"""A witness's word for a head: its key (vkey), the line of the signed note, and when it says that it signed."""

witnessed = sa.Table(
    "witnessed",
    KEPT,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger, nullable=False),
    info={"append_only": True},
)
"""The heads under which the policy's quorum has signed, and since when we know it; all others are pending."""

witness = sa.Table(
    "witness",
    KEPT,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("state", sa.String),
    sa.Column("since", sa.BigInteger),
    sa.Column("seen", sa.BigInteger),
    sa.Column("answered_at", sa.BigInteger),
    sa.Column("failures", sa.Integer),
    sa.Column("next_at", sa.BigInteger),
)
"""How each witness stands: what came of asking it last, how far it has seen the ledger, when it is asked again."""
