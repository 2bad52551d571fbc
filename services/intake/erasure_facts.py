"""What stands in the way of an erasure: open matters, an open duty to protect, and how long the law has facts kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.contracts.codes_times import RETENTION
from services.intake import same
from services.intake import tables as t
from services.intake.domain.help_request_state import OPEN_STATES
from services.intake.domain.known import ErasureFact, Known
from services.intake.domain.rules import local_day
from services.kernel.manifest import Look

Row = dict[str, Any]

GONE = ("leaving", "restricted", "erased")
"""Persons whose data are gone, going or at rest."""

OPEN_CASES = ("opened", "assessed", "planned", "intervening", "evaluated", "suspended")
OPEN_CONCERNS = ("raised", "reported", "acknowledged")


def for_decision(command: object, itself: UUID, look: Look) -> Known:
    """Everything about the person, under any of his records, that a decision to erase has to heed."""
    records = same.records_of(look, itself)
    cases, requests = _all(look, t.cases, records), _all(look, t.help_requests, records)
    plans = _all(look, t.visit_plans, records)
    matters = {row["matter_id"] for row in (*cases, *requests)}
    open_matters = {row["matter_id"] for row in cases if row["state"] in OPEN_CASES}
    open_matters |= {row["matter_id"] for row in requests if row["state"] in OPEN_STATES}
    open_matters |= {row["plan_id"] for row in plans if row["state"] == "running"}
    return Known(
        itself=itself,
        erasure=ErasureFact(
            open_matters=len(open_matters),
            concern_open=_concern_open(look, records, matters),
            keep_until=max(_floors(look, records, cases, requests), default=None),
        ),
    )


def _all(look: Look, table: sa.Table, records: list[UUID]) -> list[Row]:
    """The rows of a person, under any of his records."""
    return [row for record in records for row in look.all(table, person_id=record)]


def _concern_open(look: Look, records: list[UUID], matters: Iterable[UUID]) -> bool:
    rows = [row for matter_id in matters for row in look.all(t.safeguarding, matter_id=matter_id)]
    return any(row["state"] in OPEN_CONCERNS for row in (*_all(look, t.safeguarding, records), *rows))


def _floors(look: Look, records: list[UUID], cases: list[Row], requests: list[Row]) -> Iterator[date]:
    """For each kind of record that there is of the person, until when the law has the last of it kept (INV-34)."""
    child = any((look.one(t.persons, record) or {}).get("sensitivity") == "child" for record in records)
    kinds = {
        "access-log": _last(_all(look, t.reads, records), "at"),
        "handoff": _latest(
            _last(_all(look, t.disclosures, records), "disclosed_at", "ended_at"),
            _last(requests, "received_at", "triaged_at", "closed_at"),
        ),
        "child-file" if child else "case-file": _last(cases, "opened_at", "last_service_at", "closed_at"),
        "voucher": _last_money(look, cases),
    }
    for kind, last in kinds.items():
        if last is not None:
            yield kept_until(kind, last)


def _latest(*days: date | None) -> date | None:
    return max((day for day in days if day is not None), default=None)


def _last_money(look: Look, cases: list[Row]) -> date | None:
    """The last day of cases that money went to."""
    paid = [row for row in cases if look.all(t.strands, matter_id=row["matter_id"], kind="grant")]
    return _last(paid, "opened_at", "last_service_at", "closed_at")


def _last(rows: Iterable[Row], *columns: str) -> date | None:
    days: list[datetime] = [row[column] for row in rows for column in columns if row[column] is not None]
    return local_day(max(days)) if days else None


def kept_until(kind: str, last: date) -> date:
    """The first day on which a record of this kind, whose last day was `last`, need not be kept any more.

    The law's floor holds under whatever a station has set; the edition is that of the record's last day.
    """
    numbers = RETENTION.on(last).terms[kind].numbers
    months = max(numbers.get("months", 0), numbers.get("least", 0))
    year, month = divmod(last.year * 12 + last.month - 1 + months, 12)
    return _day(year, month + 1, last.day)


def _day(year: int, month: int, day: int) -> date:
    """The day of a month, or the first of the next where the month has none such."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year + month // 12, month % 12 + 1, 1)
