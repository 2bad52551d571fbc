"""The tables of intake's views: codes, ids and times; whatever names a person stays in the vault.

Lists of codes stand in one column, joined by commas: they are shown and compared, never joined on.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from services.intake.domain.rules import local_day

METADATA = sa.MetaData()


def _table(name: str, key: tuple[str, ...], *columns: sa.Column[Any] | sa.Index) -> sa.Table:
    """A view's table: its key columns are ids unless they are given with a type."""
    given = {column.name for column in columns if isinstance(column, sa.Column)}
    ids = [sa.Column(column, sa.Uuid, primary_key=True) for column in key if column not in given]
    return sa.Table(name, METADATA, *ids, *columns)


def _key(name: str, kind: Any) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String) for name in names]


def _ids(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Uuid) for name in names]


def _times(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.DateTime(timezone=True)) for name in names]


def _counts(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger) for name in names]


def _days(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.Date) for name in names]


help_requests = _table(
    "help_requests",
    ("request_id",),
    *_counts("version"),
    *_texts("state", "urgency", "disposition", "risk_level", "unit", "area", "dispatcher"),
    *_texts("came_by", "reporter_kind", "need_codes", "materials_missing", "outcome", "confirmed_by"),
    *_ids("matter_id", "person_id", "case_id", "other_request_id"),
    *_times("received_at", "triaged_at", "closed_at", "due_at", "remind_due", "overdue_due"),
    sa.Column("overdue", sa.Boolean),
    *_days("follow_up_by"),
    sa.Index("help_requests_state", "state", "follow_up_by"),
    sa.Index("help_requests_person", "person_id"),
    sa.Index("help_requests_remind", "remind_due"),
    sa.Index("help_requests_overdue", "overdue_due"),
)

persons = _table(
    "persons",
    ("person_id",),
    *_counts("version"),
    *_texts("state", "station", "age_band", "sensitivity", "residence_area", "hukou_area"),
    *_texts("residence_edition", "hukou_edition", "id_number_override"),
    *_ids("merged_into"),
    *_times("registered_at"),
    sa.Index("persons_merged", "merged_into"),
    sa.Index("persons_state", "state"),
)
duplicates = _table(
    "duplicates",
    ("person_id", "candidate_id"),
    *_texts("state", "rule", "basis"),
    *_counts("score"),
    *_times("at"),
    sa.Index("duplicates_candidate", "candidate_id"),
    sa.Index("duplicates_state", "state"),
)
households = _table(
    "households", ("household_id",), *_counts("version", "size"), *_texts("station", "area", "area_edition")
)
household_members = _table(
    "household_members", ("household_id", "person_id"), *_texts("relation"), *_days("since", "until"),
    sa.Column("lives_there", sa.Boolean),
    sa.Index("household_members_person", "person_id"),
)  # fmt: skip
client_groups = _table(
    "client_groups", ("person_id", "group_code"), _key("group_code", sa.String),
    *_texts("table_version", "basis"), *_days("since", "until"),
)  # fmt: skip
guardians = _table(
    "guardians", ("person_id", "guardian_id"), *_texts("relation", "evidence_kind"), *_days("since", "until")
)
legal_bases = _table(
    "legal_bases", ("person_id", "basis_code"), _key("basis_code", sa.String),
    *_texts("reason_code", "approver", "told_to"), *_days("notify_by"), *_times("invoked_at", "told_at"),
    sa.Index("legal_bases_owed", "notify_by"),
)  # fmt: skip
"""On which basis of the law something was done about a person without consent, and whether the person has been told since.

`notify_by` is set as long as it is owed to tell.
"""
reads = _table(
    "reads",
    ("position",),
    _key("position", sa.BigInteger),
    *_ids("person_id", "disclosure_id", "case_id", "request_id"),
    *_texts("reader", "reader_role", "reader_org", "why", "categories"),
    *_times("at"),
    sa.Column("allowed", sa.Boolean),
    sa.Index("reads_person", "person_id"),
)
sealed_values = _table(
    "sealed_values",
    ("digest",),
    _key("digest", sa.String),
    *_texts("subject", "stream", "event"),
    *_counts("position"),
    sa.Index("sealed_values_stream", "stream"),
)

consents = _table(
    "consents",
    ("consent_id",),
    *_counts("version"),
    *_texts("state", "given_by", "purposes", "categories", "receivers", "method", "notice_version"),
    *_ids("person_id", "by_person_id"),
    *_times("valid_from", "valid_until", "expires_due"),
    sa.Column("sensitive", sa.Boolean),
    sa.Index("consents_person", "person_id"),
    sa.Index("consents_due", "expires_due"),
)
disclosures = _table(
    "disclosures",
    ("disclosure_id",),
    *_counts("version"),
    *_texts("state", "receiver", "purpose", "categories", "legal_basis", "reason_code", "deletion"),
    *_ids("person_id", "matter_id", "need_id", "consent_id"),
    *_days("deletion_due"),
    *_times("disclosed_at", "ended_at", "expires_due"),
    sa.Index("disclosures_person", "person_id"),
    sa.Index("disclosures_need", "need_id"),
    sa.Index("disclosures_receiver", "receiver"),
    sa.Index("disclosures_consent", "consent_id"),
    sa.Index("disclosures_due", "expires_due"),
)

cases = _table(
    "cases",
    ("case_id",),
    *_counts("version", "services", "activities", "collected"),
    *_texts("state", "owner", "workers", "supervisor", "area", "subject_kind", "project_id", "risk_level"),
    *_texts("need_codes", "goal_codes", "legal_basis", "close_reason", "transferred_to"),
    *_ids("matter_id", "person_id", "request_id", "household_id", "pairing_id", "consent_id"),
    *_times("opened_at", "closed_at", "last_service_at", "evaluated_at"),
    sa.Index("cases_matter", "matter_id"),
    sa.Index("cases_person", "person_id"),
    sa.Index("cases_request", "request_id"),
    sa.Index("cases_owner", "owner", "state"),
)
case_months = _table("case_months", ("case_id", "month"), _key("month", sa.String), *_counts("services", "late"))
strands = _table(
    "strands",
    ("need_id",),
    *_texts("kind", "receiver"),
    *_ids("matter_id", "person_id"),
    sa.Column("is_open", sa.Boolean),
    sa.Index("strands_matter", "matter_id"),
)

pairings = _table("pairings", ("pairing_id",), *_texts("kind", "community_mentor", "academy_mentor"))
"""As heard from the volunteer service: whether a pair of school and community has its two mentors (INV-25)."""

visit_plans = _table(
    "visit_plans",
    ("plan_id",),
    *_counts("version", "visits", "missed", "concerns"),
    *_texts("state", "cadence", "level", "visitor", "unit", "area", "last_result"),
    *_ids("person_id"),
    *_days("last_visit_on"),
    *_times("set_at", "ended_at"),
    sa.Index("visit_plans_person", "person_id"),
)
visits = _table(
    "visits", ("plan_id", "visited_on", "mode"), _key("visited_on", sa.Date), _key("mode", sa.String),
    *_texts("result", "visitor", "activity_codes"),
)  # fmt: skip
visit_concerns = _table(
    "visit_concerns", ("position",), _key("position", sa.BigInteger), *_ids("plan_id"), *_days("raised_on"),
    *_texts("concern_code", "action_codes"), *_times("at"), sa.Index("visit_concerns_plan", "plan_id", "raised_on"),
)  # fmt: skip
"""What was not right on a visit, and what was done at once."""
visit_months = _table(
    "visit_months", ("plan_id", "month"), _key("month", sa.String), *_ids("person_id"),
    *_counts("made", "missed", "concerns"),
)  # fmt: skip

activities = _table(
    "activities",
    ("activity_id",),
    *_counts("version", "headcount", "attended"),
    *_texts("kind", "host", "area", "goal_codes", "place_kind"),
    *_ids("pairing_id"),
    *_times("held_at"),
)
attendances = _table("attendances", ("activity_id", "person_id"), *_ids("case_id", "matter_id"), *_times("at"))

safeguarding = _table(
    "safeguarding",
    ("concern_id",),
    *_counts("version"),
    *_texts("state", "situation_code", "authority", "result_code"),
    *_ids("matter_id", "person_id"),
    *_times("raised_at", "reported_at"),
    sa.Column("guardian_suspected", sa.Boolean),
    sa.Index("safeguarding_matter", "matter_id"),
    sa.Index("safeguarding_person", "person_id"),
)
safeguarding_readers = _table(
    "safeguarding_readers", ("concern_id", "reader"), _key("reader", sa.String), *_texts("by")
)
"""Who was named as a reader of a concern, beside those who are by their office."""

MADE = {
    "help-request": help_requests, "person": persons, "consent": consents, "disclosure": disclosures, "case": cases,
    "visit-plan": visit_plans, "activity": activities, "safeguarding": safeguarding, "household": households,
}  # fmt: skip
"""The tables whose rows keep who brought them into being (`made_by`) and for which unit (`kept_by`)."""

for _made_table in MADE.values():
    _made_table.append_column(sa.Column("made_by", sa.String))
    _made_table.append_column(sa.Column("kept_by", sa.String))

OWN = {
    persons: ("made_by", "kept_by", "station", "residence_area", "hukou_area"),
    cases: ("made_by", "supervisor"),
    help_requests: ("made_by", "kept_by", "unit", "dispatcher"),
    visit_plans: ("made_by", "unit", "visitor"),
}  # fmt: skip
"""By what somebody's own rows are found (see `scopes`); the owner of a case has an index of its own."""

for _own_table, _columns in OWN.items():
    for _column in _columns:
        sa.Index(f"{_own_table.name}_{_column}", _own_table.c[_column])


def joined(codes: Iterable[str]) -> str:
    """Codes in one column."""
    return ",".join(codes)


def split(codes: str | None) -> tuple[str, ...]:
    """The codes of one column."""
    return tuple(codes.split(",")) if codes else ()


def month_of(moment: datetime | date) -> str:
    """The month, by the clock of the street, as 2026-03."""
    day = local_day(moment) if isinstance(moment, datetime) else moment
    return f"{day.year:04}-{day.month:02}"
