"""The view of records: what was written down, in the order in which it happened, with its marks; and every correction."""

from __future__ import annotations

import sqlalchemy as sa

from services.intake.tables import METADATA

records = sa.Table(
    "records", METADATA,
    sa.Column("record_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String),
    sa.Column("event", sa.String),
    sa.Column("stream", sa.String),
    sa.Column("stream_version", sa.BigInteger),
    sa.Column("command_id", sa.Uuid),
    sa.Column("about_id", sa.Uuid),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("case_id", sa.Uuid),
    sa.Column("person_id", sa.Uuid),
    sa.Column("happened_at", sa.DateTime(timezone=True)),
    sa.Column("on_day", sa.Date),
    sa.Column("recorded_at", sa.DateTime(timezone=True)),
    sa.Column("delay_days", sa.BigInteger),
    sa.Column("conflict", sa.String),
    sa.Column("mark", sa.String),
    sa.Column("review", sa.String),
    sa.Column("moved_to", sa.Uuid),
    sa.Column("said", sa.JSON),
    sa.Column("sealed", sa.String),
    sa.Index("records_about", "about_id", "happened_at"),
    sa.Index("records_stream", "stream"),
)  # fmt: skip
"""One row a record, named by its event's id; `said` is what stands now, `mark` is `corrected` or `entered-in-error`."""

corrections = sa.Table(
    "corrections", METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("record_id", sa.Uuid),
    sa.Column("act", sa.String),
    sa.Column("fields", sa.String),
    sa.Column("was", sa.JSON),
    sa.Column("now", sa.JSON),
    sa.Column("reason_code", sa.String),
    sa.Column("by", sa.String),
    sa.Column("approver", sa.String),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Index("corrections_record", "record_id"),
)  # fmt: skip
"""One row an act on a record: what was and what is, side by side, for whoever audits."""

late_entries = sa.Table(
    "late_entries", METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("command_id", sa.Uuid),
    sa.Column("stream", sa.String),
    sa.Column("about_id", sa.Uuid),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("paper_ref", sa.String),
    sa.Column("delay_days", sa.BigInteger),
    sa.Column("observed_by", sa.String),
    sa.Column("typed_by", sa.String),
    sa.Column("behalf", sa.String),
    sa.Column("happened_at", sa.DateTime(timezone=True)),
    sa.Column("recorded_at", sa.DateTime(timezone=True)),
    sa.Index("late_entries_about", "about_id"),
)  # fmt: skip
"""One row a paper that was brought in late: its number, who observed what it tells, who typed it, how late it was."""

rekeyings = sa.Table(
    "rekeyings", METADATA,
    sa.Column("record_id", sa.Uuid, primary_key=True),
    sa.Column("to_person_id", sa.Uuid),
    sa.Column("digests", sa.String),
    sa.Column("due", sa.DateTime(timezone=True)),
    sa.Index("rekeyings_due", "due"),
)  # fmt: skip
"""Notes that are to lie under another person's key: `due` while they do not yet."""
