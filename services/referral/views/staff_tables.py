"""The tables of stations, staff, training and projects; all of them can be emptied and folded again from the logs."""

from __future__ import annotations

import sqlalchemy as sa

from services.referral.views.tables import METADATA

stations = sa.Table(
    "stations",
    METADATA,
    sa.Column("station_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(16), index=True),
    sa.Column("kind", sa.String(16), index=True),
    sa.Column("code", sa.String(64), index=True),
    sa.Column("party", sa.String(80), index=True),
    sa.Column("parent_id", sa.Uuid, index=True),
    sa.Column("host_id", sa.Uuid),
    sa.Column("places", sa.JSON),
    sa.Column("reason_code", sa.String(64)),
)

station_names = sa.Table(
    "station_names",
    METADATA,
    sa.Column("station_id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.String(43), primary_key=True),
)
"""Where a station's name lies in the vault."""

staff = sa.Table(
    "staff",
    METADATA,
    sa.Column("staff_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(16), index=True),
    sa.Column("code", sa.String(64), index=True),
    sa.Column("worker", sa.String(80), index=True),
    sa.Column("employer", sa.String(80), index=True),
    sa.Column("supervisor", sa.String(80)),
    sa.Column("since", sa.Date),
    sa.Column("last_day", sa.Date),
    sa.Column("reason_code", sa.String(64)),
    sa.Column("left_open_reason", sa.String(64)),
)

staff_sealed = sa.Table(
    "staff_sealed",
    METADATA,
    sa.Column("staff_id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.String(43), primary_key=True),
)
"""Where a worker's name and number lie in the vault."""

staff_reads = sa.Table(
    "staff_reads",
    METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("staff_id", sa.Uuid, index=True),
    sa.Column("reader", sa.String(160)),
    sa.Column("reader_role", sa.String(64)),
    sa.Column("reader_org", sa.String(160)),
    sa.Column("why", sa.String(64)),
    sa.Column("allowed", sa.Boolean),
    sa.Column("at", sa.DateTime(timezone=True)),
)
"""Who read, or tried to read, what a worker is called (INV-33)."""

posts = sa.Table(
    "posts",
    METADATA,
    sa.Column("post_id", sa.Uuid, primary_key=True),
    sa.Column("staff_id", sa.Uuid, index=True),
    sa.Column("role", sa.String(64), index=True),
    sa.Column("station_id", sa.Uuid, index=True),
    sa.Column("state", sa.String(16), index=True),
    sa.Column("since", sa.Date),
    sa.Column("until", sa.Date),
    sa.Column("reason_code", sa.String(64)),
)

certificates = sa.Table(
    "certificates",
    METADATA,
    sa.Column("certificate_id", sa.Uuid, primary_key=True),
    sa.Column("staff_id", sa.Uuid, index=True),
    sa.Column("level", sa.String(64), index=True),
    sa.Column("valid_from", sa.Date),
    sa.Column("valid_until", sa.Date, index=True),
    sa.Column("evidence_ref", sa.String(160)),
)

trainings = sa.Table(
    "trainings",
    METADATA,
    sa.Column("training_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("kind", sa.String(64), index=True),
    sa.Column("organizer", sa.String(80), index=True),
    sa.Column("held_on", sa.Date, index=True),
    sa.Column("minutes", sa.BigInteger),
    sa.Column("topic_codes", sa.JSON),
    sa.Column("attended", sa.BigInteger),
)

training_attendance = sa.Table(
    "training_attendance",
    METADATA,
    sa.Column("training_id", sa.Uuid, primary_key=True),
    sa.Column("staff_id", sa.Uuid, primary_key=True, index=True),
    sa.Column("struck", sa.Boolean),
    sa.Column("reason_code", sa.String(64)),
)

projects = sa.Table(
    "projects",
    METADATA,
    sa.Column("project_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(16), index=True),
    sa.Column("code", sa.String(64), index=True),
    sa.Column("operator", sa.String(80), index=True),
    sa.Column("commissioner", sa.String(80), index=True),
    sa.Column("level", sa.String(16), index=True),
    sa.Column("places", sa.JSON),
    sa.Column("group_codes", sa.JSON),
    sa.Column("table_version", sa.String(64)),
    sa.Column("starts_on", sa.Date),
    sa.Column("ends_on", sa.Date),
    sa.Column("reason_code", sa.String(64)),
)

project_reports = sa.Table(
    "project_reports",
    METADATA,
    sa.Column("report_id", sa.Uuid, primary_key=True),
    sa.Column("project_id", sa.Uuid, index=True),
    sa.Column("kind", sa.String(64)),
    sa.Column("owed_to", sa.String(80), index=True),
    sa.Column("due_on", sa.Date, index=True),
    sa.Column("state", sa.String(16), index=True),
    sa.Column("overdue", sa.Boolean),
    sa.Column("late", sa.Boolean),
    sa.Column("evidence_ref", sa.String(160)),
)

MADE = {"training": trainings, "project": projects}
"""As in `tables`: who entered it, and for which unit."""

for _made in MADE.values():
    _made.append_column(sa.Column("made_by", sa.String(160)))
    _made.append_column(sa.Column("kept_by", sa.String(160)))

needs = sa.Table(
    "needs",
    METADATA,
    sa.Column("need_id", sa.Uuid, primary_key=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("kind", sa.String(32)),
    sa.Column("is_open", sa.Boolean, index=True),
    sa.Column("holders", sa.String(1000)),
)
"""Needs that other services say are open (tasks, pairings), and those who answer for them, each between commas."""
