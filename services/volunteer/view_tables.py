"""The tables of the volunteer service's views."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

volunteers = sa.Table(
    "volunteers", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger),
    sa.Column("state", sa.String, index=True),
    sa.Column("area", sa.String),
    sa.Column("minor", sa.Boolean),
    sa.Column("guardian_consent", sa.Boolean),
    sa.Column("national_no", sa.String),
    sa.Column("worker", sa.String),
    sa.Column("cleared_until", sa.Date),
    sa.Column("lapses_at", sa.DateTime(timezone=True), index=True),
    sa.Column("insured_from", sa.Date),
    sa.Column("insured_until", sa.Date),
    sa.Column("minutes_confirmed", sa.BigInteger),
    sa.Column("merged_into", sa.Uuid, index=True),
    sa.Column("erase_due", sa.DateTime(timezone=True), index=True),
    sa.Column("changed", sa.BigInteger, index=True),
)  # fmt: skip
"""`changed` is the position of the last event of the volunteer: what is kept in memory of the roster goes by it."""

volunteer_skills = sa.Table(
    "volunteer_skills", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("skill", sa.String, primary_key=True),
    sa.Column("trained_on", sa.Date),
    sa.Column("valid_until", sa.Date),
)  # fmt: skip
"""Skills that a volunteer says to have, and since when training shows it (`trained_on`)."""

volunteer_checks = sa.Table(
    "volunteer_checks", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("check_kind", sa.String, primary_key=True),
    sa.Column("skill", sa.String, primary_key=True),
    sa.Column("result", sa.String),
    sa.Column("checked_on", sa.Date),
    sa.Column("valid_until", sa.Date),
)  # fmt: skip
"""The latest check of each kind; `skill` is empty where the check is about none."""

volunteer_relatives = sa.Table(
    "volunteer_relatives", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("relation", sa.String),
    sa.Index("volunteer_relatives_of", "person_id"),
)  # fmt: skip
"""To which clients a volunteer is related, as declared."""

volunteer_limits = sa.Table(
    "volunteer_limits", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("demand", sa.String, primary_key=True),
)  # fmt: skip

volunteer_teams = sa.Table(
    "volunteer_teams", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("team", sa.String, primary_key=True),
)  # fmt: skip

volunteer_sealed = sa.Table(
    "volunteer_sealed", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.String, primary_key=True),
)  # fmt: skip
"""Where a volunteer's own values lie in the vault."""

volunteer_reads = sa.Table(
    "volunteer_reads", METADATA,
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("volunteer_id", sa.Uuid, index=True),
    sa.Column("reader", sa.String),
    sa.Column("reader_role", sa.String),
    sa.Column("reader_org", sa.String),
    sa.Column("why", sa.String),
    sa.Column("fields", sa.String),
    sa.Column("task_id", sa.Uuid),
    sa.Column("allowed", sa.Boolean),
    sa.Column("at", sa.DateTime(timezone=True)),
)  # fmt: skip
"""Who read, or tried to read, what a volunteer is called and how to reach one (INV-33)."""

statements = sa.Table(
    "statements", METADATA,
    sa.Column("verify_code", sa.String, primary_key=True),
    sa.Column("volunteer_id", sa.Uuid),
    sa.Column("issuer", sa.String),
    sa.Column("minutes", sa.BigInteger),
    sa.Column("issued_at", sa.DateTime(timezone=True)),
    sa.Column("position", sa.BigInteger),
)  # fmt: skip

statement_records = sa.Table(
    "statement_records", METADATA,
    sa.Column("verify_code", sa.String, primary_key=True),
    sa.Column("record_id", sa.Uuid, primary_key=True),
)  # fmt: skip

tasks = sa.Table(
    "tasks", METADATA,
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger),
    sa.Column("state", sa.String, index=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("case_id", sa.Uuid),
    sa.Column("referral_id", sa.Uuid, index=True),
    sa.Column("person_id", sa.Uuid, index=True),
    sa.Column("kind", sa.String),
    sa.Column("urgency", sa.String),
    sa.Column("headcount", sa.Integer),
    sa.Column("skills", sa.JSON),
    sa.Column("demands", sa.JSON),
    sa.Column("risk", sa.String),
    sa.Column("with_minor", sa.Boolean),
    sa.Column("area", sa.String),
    sa.Column("slot_start", sa.DateTime(timezone=True)),
    sa.Column("slot_end", sa.DateTime(timezone=True)),
    sa.Column("began_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("unfilled_at", sa.DateTime(timezone=True), index=True),
    sa.Column("holder", sa.String),
    sa.Column("dispatcher", sa.String),
    sa.Column("owner", sa.String),
    sa.Column("result", sa.String),
    sa.Column("verified_by", sa.String),
    sa.Column("wave", sa.Integer),
    sa.Column("level", sa.String),
    sa.Column("changed", sa.BigInteger, index=True),
)  # fmt: skip
"""`owner` answers for the need now; `unfilled_at` is set while people are being looked for; `wave` counts the waves of
offers, `level` says to whom the search has been escalated; `changed` is the position of the last event."""

matters = sa.Table(
    "matters", METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid),
    sa.Column("owner", sa.String),
    sa.Column("area", sa.String),
    sa.Column("made_by", sa.String),
    sa.Column("kept_by", sa.String),
)  # fmt: skip
"""As heard from intake: whose matter it is, where it lies, who took it down, and who answers for it now."""

matter_owners = sa.Table(
    "matter_owners", METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.String, primary_key=True),
)  # fmt: skip
"""Everybody who has ever answered for a matter."""

assignments = sa.Table(
    "assignments", METADATA,
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("assignee", sa.String, primary_key=True),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("state", sa.String),
    sa.Column("arrived_at", sa.DateTime(timezone=True)),
    sa.Column("left_at", sa.DateTime(timezone=True)),
    sa.Column("offered_at", sa.DateTime(timezone=True)),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
    sa.Index("assignments_of", "assignee"),
)  # fmt: skip
"""Who was asked (asked, accepted, declined, expired, superseded, in_vain) and who goes (assigned, cancelled, replaced,
no_show, released).

What somebody gave between arriving and leaving stays his, whoever came instead.
"""

task_clocks = sa.Table(
    "task_clocks", METADATA,
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("wave", sa.Integer),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
)  # fmt: skip
"""What the clock will ask for: while people are looked for `wave-over`, `wave-due` or `escalation`; of what is done and
not verified `verify-reminder` or `verify-lateness`."""

overrides = sa.Table(
    "overrides", METADATA,
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("month", sa.String, index=True),
    sa.Column("reason_code", sa.String, index=True),
    sa.Column("waived", sa.JSON),
    sa.Column("made_at", sa.DateTime(timezone=True)),
)  # fmt: skip
"""Where somebody chose others than were suggested, and why: how often tells which rule is missing, and nothing of anybody."""

choices = sa.Table(
    "choices", METADATA,
    sa.Column("month", sa.String, primary_key=True),
    sa.Column("chosen", sa.Integer),
    sa.Column("overridden", sa.Integer),
)  # fmt: skip
"""How often people were sent, and how often others than were suggested, month by month."""

alerts = sa.Table(
    "alerts", METADATA,
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("who", sa.String, index=True),
    sa.Column("since", sa.DateTime(timezone=True)),
)  # fmt: skip
"""What a task needs at once, and of whom: `find-somebody`, `tell-client`, `verify-task`; gone once it is done."""

no_shows = sa.Table(
    "no_shows", METADATA,
    sa.Column("assignee", sa.String, primary_key=True),
    sa.Column("times", sa.Integer),
    sa.Column("last_at", sa.DateTime(timezone=True)),
)  # fmt: skip
"""How often somebody did not come: a private fact for those who dispatch, never a score (INV-37)."""

hours = sa.Table(
    "hours", METADATA,
    sa.Column("record_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger),
    sa.Column("state", sa.String),
    sa.Column("volunteer_id", sa.Uuid, index=True),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("task_id", sa.Uuid),
    sa.Column("pairing_id", sa.Uuid),
    sa.Column("activity", sa.String),
    sa.Column("day", sa.Date),
    sa.Column("minutes", sa.Integer),
    sa.Column("minutes_before", sa.Integer),
    sa.Column("began_at", sa.DateTime(timezone=True)),
    sa.Column("ended_at", sa.DateTime(timezone=True)),
    sa.Column("place_area", sa.String),
    sa.Column("content_code", sa.String),
    sa.Column("organizer", sa.String),
    sa.Column("lead", sa.String),
    sa.Column("record_by", sa.Date),
    sa.Column("late", sa.Boolean),
    sa.Column("paper_ref", sa.String),
    sa.Column("questioned", sa.Boolean),
    sa.Column("answer_late", sa.Boolean),
    sa.Column("score", sa.Integer),
    sa.Column("rated_on", sa.Date),
    sa.Column("rated_late", sa.Boolean),
    sa.Column("changed", sa.BigInteger),
)  # fmt: skip
"""`changed` is the position at which a record was last corrected or voided: statements from before are superseded."""

stars = sa.Table(
    "stars", METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("scheme_id", sa.String, primary_key=True),
    sa.Column("level", sa.Integer),
    sa.Column("minutes", sa.BigInteger),
    sa.Column("since", sa.DateTime(timezone=True)),
)  # fmt: skip
"""The level that each volunteer's confirmed hours come to; shown to that volunteer and to stations, never as a ranking."""

hours_due = sa.Table(
    "hours_due", METADATA,
    sa.Column("task_id", sa.Uuid, primary_key=True),
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
)  # fmt: skip
"""Volunteers who went and whose hours are not confirmed yet, and until when that is in time."""

hours_clocks = sa.Table(
    "hours_clocks", METADATA,
    sa.Column("record_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
)  # fmt: skip
"""When a unit is reminded of the answer that it owes a volunteer (`reminder`), and when that is late (`lateness`)."""

pairings = sa.Table(
    "pairings", METADATA,
    sa.Column("pairing_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger),
    sa.Column("state", sa.String),
    sa.Column("kind", sa.String),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("case_id", sa.Uuid),
    sa.Column("referral_id", sa.Uuid, index=True),
    sa.Column("agreement_id", sa.Uuid),
    sa.Column("holder", sa.String),
    sa.Column("convener", sa.String),
    sa.Column("community_mentor", sa.String),
    sa.Column("academy_mentor", sa.String),
    sa.Column("formed_on", sa.Date),
    sa.Column("with_minor", sa.Boolean),
    sa.Column("supervised_on", sa.Date),
    sa.Column("supervisions", sa.Integer),
    sa.Column("result", sa.String),
)  # fmt: skip

pairing_parties = sa.Table(
    "pairing_parties", METADATA,
    sa.Column("pairing_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.String, primary_key=True),
    sa.Column("role", sa.String),
)  # fmt: skip
"""The parties of a pairing, and the units they come from."""

pairing_clocks = sa.Table(
    "pairing_clocks", METADATA,
    sa.Column("pairing_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
)  # fmt: skip
"""When a pair is reminded of what it owes (`reminder`), and when that is late (`lateness`)."""

commitments = sa.Table(
    "commitments", METADATA,
    sa.Column("pairing_id", sa.Uuid, primary_key=True),
    sa.Column("code", sa.String, primary_key=True),
    sa.Column("giver", sa.String),
    sa.Column("due", sa.Date),
    sa.Column("state", sa.String),
    sa.Column("times", sa.Integer),
    sa.Column("evidence_ref", sa.String),
)  # fmt: skip

pairing_reports = sa.Table(
    "pairing_reports", METADATA,
    sa.Column("pairing_id", sa.Uuid, primary_key=True),
    sa.Column("to_org", sa.String, primary_key=True),
    sa.Column("form_code", sa.String),
    sa.Column("reported_at", sa.DateTime(timezone=True)),
)  # fmt: skip

MADE = {"task": tasks, "volunteer": volunteers, "service-hours": hours, "pairing": pairings}
"""The tables whose rows keep who brought them into being (`made_by`) and for which unit (`kept_by`)."""

for _made in MADE.values():
    _made.append_column(sa.Column("made_by", sa.String))
    _made.append_column(sa.Column("kept_by", sa.String))

barred = sa.Table(
    "barred", METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.String, index=True),
)  # fmt: skip
"""Organizations that are suspended or have left, as heard from referral: they send nobody meanwhile (INV-43)."""

merged_persons = sa.Table(
    "merged_persons", METADATA,
    sa.Column("merged_id", sa.Uuid, primary_key=True),
    sa.Column("survivor_id", sa.Uuid, index=True),
)  # fmt: skip
"""Records of persons that were merged into others, as heard; a task keeps the record that it was opened for (INV-39)."""
