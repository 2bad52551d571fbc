"""The tables of the referral service's views; all of them can be emptied and folded again from the log."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True))


organizations = sa.Table(
    "organizations",
    METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(32), index=True),
    sa.Column("kind", sa.String(32)),
    sa.Column("party", sa.String(80), index=True),
    sa.Column("code", sa.String(64), index=True),
    sa.Column("area", sa.String(17)),
    sa.Column("uscc", sa.String(18)),
    sa.Column("parent_id", sa.Uuid),
    sa.Column("evidence_kind", sa.String(64)),
    sa.Column("verified_until", sa.Date),
    sa.Column("reason_code", sa.String(64)),
    _instant("registered_at"),
)

organization_names = sa.Table(
    "organization_names",
    METADATA,
    sa.Column("organization_id", sa.Uuid, primary_key=True),
    sa.Column("digest", sa.String(43), primary_key=True),
    sa.Column("position", sa.BigInteger),
)
"""Where an organization's names lie in the vault, the first being its own name and the others aliases."""

agreements = sa.Table(
    "agreements",
    METADATA,
    sa.Column("agreement_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(32), index=True),
    sa.Column("parties", sa.JSON),
    sa.Column("purpose_codes", sa.JSON),
    sa.Column("agreement_ref", sa.String(160)),
    sa.Column("pia_ref", sa.String(160)),
    sa.Column("signed_on", sa.Date),
    sa.Column("valid_until", sa.Date),
    sa.Column("reason_code", sa.String(64)),
)

offerings = sa.Table(
    "offerings",
    METADATA,
    sa.Column("offering_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(32), index=True),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("service_codes", sa.JSON),
    sa.Column("areas", sa.JSON),
    sa.Column("conditions", sa.JSON),
    sa.Column("capacity", sa.BigInteger),
    sa.Column("area_edition", sa.String(64)),
    sa.Column("eligible_by", sa.JSON),
    sa.Column("group_codes", sa.JSON),
    sa.Column("age_bands", sa.JSON),
    sa.Column("agreement_needed", sa.Boolean),
    _instant("published_at"),
)

referrals = sa.Table(
    "referrals",
    METADATA,
    sa.Column("referral_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(32), index=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("case_id", sa.Uuid, index=True),
    sa.Column("person_id", sa.Uuid, index=True),
    sa.Column("kind", sa.String(32)),
    sa.Column("need_codes", sa.JSON),
    sa.Column("areas", sa.JSON),
    sa.Column("group_codes", sa.JSON),
    sa.Column("age_band", sa.String(64)),
    sa.Column("urgency", sa.String(32)),
    sa.Column("origin", sa.String(80), index=True),
    sa.Column("holder", sa.String(80), index=True),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("offer_id", sa.Uuid),
    sa.Column("consent_id", sa.Uuid, index=True),
    sa.Column("taken_on", sa.Uuid),
    sa.Column("legal_basis", sa.String(64)),
    sa.Column("required_by", sa.Date),
    sa.Column("offers_count", sa.Integer),
    sa.Column("sequence", sa.JSON),
    _instant("respond_by"),
    _instant("start_by"),
    _instant("drafted_at"),
    _instant("ready_at"),
    _instant("accepted_at"),
    _instant("started_at"),
    _instant("ended_at"),
    sa.Column("outcome", sa.String(32)),
    sa.Column("confirmed", sa.Boolean),
    sa.Column("level", sa.String(32)),
    sa.Column("withdrawn_by", sa.String(64)),
    sa.Column("reason_code", sa.String(64)),
)

offers = sa.Table(
    "offers",
    METADATA,
    sa.Column("offer_id", sa.Uuid, primary_key=True),
    sa.Column("referral_id", sa.Uuid, index=True),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("case_id", sa.Uuid),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("party", sa.String(80), index=True),
    sa.Column("offering_id", sa.Uuid, index=True),
    sa.Column("state", sa.String(32), index=True),
    sa.Column("kind", sa.String(32)),
    sa.Column("mode", sa.String(32)),
    sa.Column("need_code", sa.String(64), index=True),
    sa.Column("need_codes", sa.JSON),
    sa.Column("areas", sa.JSON),
    sa.Column("group_codes", sa.JSON),
    sa.Column("age_band", sa.String(64)),
    sa.Column("urgency", sa.String(32)),
    sa.Column("required_by", sa.Date),
    sa.Column("question_codes", sa.JSON),
    sa.Column("answer_codes", sa.JSON),
    sa.Column("worker_ref", sa.String(160)),
    sa.Column("planned_start", sa.Date),
    sa.Column("reason_code", sa.String(64)),
    sa.Column("suggested_organization_id", sa.Uuid),
    sa.Column("answered_via", sa.String(64)),
    _instant("offered_at"),
    _instant("viewed_at"),
    _instant("respond_by"),
    _instant("answered_at"),
)

grants = sa.Table(
    "grants",
    METADATA,
    sa.Column("grant_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("state", sa.String(32), index=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("case_id", sa.Uuid, index=True),
    sa.Column("person_id", sa.Uuid, index=True),
    sa.Column("purpose_code", sa.String(64)),
    sa.Column("applicant", sa.String(80), index=True),
    sa.Column("holder", sa.String(80)),
    sa.Column("fund", sa.String(80), index=True),
    sa.Column("asked_fen", sa.BigInteger),
    sa.Column("approved_fen", sa.BigInteger),
    sa.Column("paid_fen", sa.BigInteger),
    sa.Column("returned_fen", sa.BigInteger),
    sa.Column("used_fen", sa.BigInteger),
    sa.Column("payments", sa.Integer),
    sa.Column("payments_unknown", sa.Integer),
    sa.Column("return_asked_at", sa.DateTime(timezone=True)),
    sa.Column("due_at", sa.DateTime(timezone=True)),
    sa.Column("overdue", sa.Boolean),
    sa.Column("decided_on", sa.Date),
    sa.Column("reason_code", sa.String(64)),
    sa.Column("overlaps", sa.Integer),
    _instant("applied_at"),
    _instant("paid_at"),
    _instant("ended_at"),
)

in_kind = sa.Table(
    "in_kind",
    METADATA,
    sa.Column("in_kind_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.Integer),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("case_id", sa.Uuid, index=True),
    sa.Column("person_id", sa.Uuid),
    sa.Column("referral_id", sa.Uuid, index=True),
    sa.Column("giver", sa.String(80), index=True),
    sa.Column("item_codes", sa.JSON),
    sa.Column("quantity", sa.BigInteger),
    sa.Column("est_value_fen", sa.BigInteger),
    sa.Column("evidence_ref", sa.String(160)),
    _instant("delivered_at"),
)

deadlines = sa.Table(
    "deadlines",
    METADATA,
    sa.Column("subject_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("referral_id", sa.Uuid, index=True),
    sa.Column("matter_id", sa.Uuid),
    sa.Column("party", sa.String(80)),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
)
"""What the clock will ask for: a row an offer or a referral, and a kind of clock."""

clocks = sa.Table(
    "clocks",
    METADATA,
    sa.Column("subject_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.String(32), primary_key=True),
    sa.Column("stream_id", sa.Uuid),
    sa.Column("due", sa.DateTime(timezone=True), index=True),
)
"""What the clock will ask of grants and projects: a row a grant or a report that is owed, and `reminder` or `lateness`."""

matters = sa.Table(
    "matters",
    METADATA,
    sa.Column("matter_id", sa.Uuid, primary_key=True),
    sa.Column("area", sa.String(17)),
    sa.Column("state", sa.String(16)),
    sa.Column("holder", sa.String(80)),
    sa.Column("case_id", sa.Uuid),
    sa.Column("person_id", sa.Uuid),
)
"""Matters heard of, and who answers for them."""

consents = sa.Table(
    "consents",
    METADATA,
    sa.Column("consent_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, index=True),
    sa.Column("granted", sa.Boolean),
    sa.Column("receivers", sa.JSON),
    sa.Column("receivers_gone", sa.JSON),
    sa.Column("for_referral", sa.Boolean),
    sa.Column("valid_until", sa.DateTime(timezone=True)),
)
"""Consents heard of; `receivers_gone` are those for whom it was withdrawn last, `for_referral` says what it is about."""

MADE = {
    "referral": referrals, "grant": grants, "in-kind-support": in_kind, "organization": organizations,
    "cooperation-agreement": agreements,
}  # fmt: skip
"""The tables whose rows keep who brought them into being (`made_by`) and for which unit (`kept_by`); matters, too."""

for _made in (*MADE.values(), matters):
    _made.append_column(sa.Column("made_by", sa.String(160)))
    _made.append_column(sa.Column("kept_by", sa.String(160)))

merged_persons = sa.Table(
    "merged_persons",
    METADATA,
    sa.Column("merged_id", sa.Uuid, primary_key=True),
    sa.Column("survivor_id", sa.Uuid, index=True),
)
"""Records of persons that were merged into others, as heard; a need keeps the record that it was asked for (INV-39)."""

members = sa.Table(
    "team_members",
    METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("team", sa.String(80), primary_key=True),
)
"""Volunteers by the teams that they belong to, as heard."""

cleared = sa.Table(
    "cleared_volunteers",
    METADATA,
    sa.Column("volunteer_id", sa.Uuid, primary_key=True),
    sa.Column("until", sa.Date),
    sa.Column("away", sa.Boolean),
)
"""Until when a volunteer's register check for work with minors stands, as heard; `away` who is suspended or has left."""
