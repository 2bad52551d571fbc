"""What audit keeps for good: the ledger's entries, the tree over them, where both end, and what was signed of it.

`entry` and `checkpoint` are append-only: the kernel guards them as it guards the log. Instants are whole microseconds since 1970, UTC, so
that they sort, compare and travel between databases without loss.
"""

from __future__ import annotations

import sqlalchemy as sa

KEPT = sa.MetaData()

entry = sa.Table(
    "entry",
    KEPT,
    sa.Column("idx", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("publisher", sa.String, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("stream", sa.String, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("moves", sa.Boolean, nullable=False),
    sa.Column("vt", sa.BigInteger),
    sa.Column("rt", sa.BigInteger, nullable=False),
    sa.Column("leaf", sa.LargeBinary, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("publisher", "position"),
    info={"append_only": True},
)
"""One event of one publisher: its place in the ledger and in its publisher's log, its bytes and their hash.

`vt` is when it happened in the world (NULL when unknown), `rt` when the ledger learnt of it: strictly increasing.
`moves` marks what the chain of responsibility is derived from.
"""

sa.Index("entry_of_matter", entry.c.matter_id, entry.c.idx)
sa.Index("entry_of_stream", entry.c.stream, entry.c.seq)

tile = sa.Table(
    "tile",
    KEPT,
    sa.Column("level", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("n", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("data", sa.LargeBinary),
)
"""The tree's hashes, 256 to a row (C2SP tlog-tiles); the last row of a level grows until it is full."""

log_state = sa.Table(
    "log_state",
    KEPT,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger),
    sa.Column("frontier", sa.LargeBinary),
    sa.Column("last_rt", sa.BigInteger),
)
"""One row: how many entries there are, the tree's right edge, and the last recorded time."""

checkpoint = sa.Table(
    "checkpoint",
    KEPT,
    sa.Column("size", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("root", sa.LargeBinary, nullable=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
    sa.Column("signed_at", sa.BigInteger, nullable=False),
    info={"append_only": True},
)
"""Every head that was signed: size, root, and the signed note with the log's own signatures (C2SP tlog-checkpoint)."""
