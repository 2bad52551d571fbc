"""The kernel's own tables, the same in every service's database; instants are whole microseconds since 1970, UTC.

Events are append-only: triggers refuse UPDATE, DELETE and TRUNCATE, and in the reference deployment the role that the
service runs as has no right to them either.
"""

from __future__ import annotations

import sqlalchemy as sa

KERNEL = sa.MetaData()

# SQLite keeps a table in the order of a key of exactly this type, without an index beside it.
POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

event = sa.Table(
    "event", KERNEL,
    sa.Column("position", POSITION, primary_key=True, autoincrement=False),
    sa.Column("stream", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("type", sa.String, nullable=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("stream", "version"),
)  # fmt: skip
"""The log: one row an event, in the order in which it became visible, without gaps."""

head = sa.Table(
    "head", KERNEL,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", sa.BigInteger, nullable=False),
)  # fmt: skip
"""One row: where the log ends, the hash of its last event's bytes, and when that was recorded."""

command = sa.Table(
    "command", KERNEL,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("stream", sa.String, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("events", sa.String, nullable=False),
)  # fmt: skip
"""The first answer to every command that changed something, by the command's id."""

snapshot = sa.Table(
    "snapshot", KERNEL,
    sa.Column("stream", sa.String, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("fingerprint", sa.String, nullable=False),
    sa.Column("state", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""A stream's state at a version, for the code with that fingerprint; disposable."""

cursor = sa.Table(
    "cursor", KERNEL,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)  # fmt: skip
"""How far this service has heard each publisher."""

relay = sa.Table(
    "relay", KERNEL,
    sa.Column("output", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
)  # fmt: skip
"""How far each output of the relay has been confirmed by the broker."""

attempt = sa.Table(
    "attempt", KERNEL,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("count", sa.Integer, nullable=False),
)  # fmt: skip
"""How often a troublesome message has been begun, counted before each beginning."""

declared = sa.Table(
    "declared", KERNEL,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("note", sa.LargeBinary, nullable=False),
    sa.Column("signed_at", sa.BigInteger, nullable=False),
)  # fmt: skip
"""One row: the head of the own log that was signed last (see `heads`)."""

outdated = sa.Table(
    "outdated", KERNEL,
    sa.Column("view", sa.String, primary_key=True),
)  # fmt: skip
"""Views that an older release has left without what today's would show, until they are rebuilt (see `widening`)."""

parked = sa.Table(
    "parked", KERNEL,
    sa.Column("publisher", sa.String, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("stream", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("parked_at", sa.BigInteger, nullable=False),
    sa.Column("raw", sa.LargeBinary, nullable=False),
)  # fmt: skip
"""Messages set aside: `poison` ones with their reason, and `waiting` ones behind them on the same stream."""

sealed = sa.Table(
    "sealed", KERNEL,
    sa.Column("digest", sa.String, primary_key=True),
    sa.Column("subject", sa.String, index=True),
    sa.Column("field", sa.String),
    sa.Column("category", sa.String),
    sa.Column("key_version", sa.Integer),
    sa.Column("nonce", sa.LargeBinary),
    sa.Column("ciphertext", sa.LargeBinary),
    sa.Column("sealed_at", sa.BigInteger),
)  # fmt: skip
"""Personal values, each sealed under the key of its subject (see `vault`); events hold nothing but its digest."""
