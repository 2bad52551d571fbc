"""Lists of matters, and the auditor's first page: what is broken, what was found, every matter to replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console.templating import Frame, render
from services.console.views import aware

FILTERS = ("open", "closed", "all")
ROWS = 50


@dataclass(frozen=True, kw_only=True)
class Row:
    """One matter in a list."""

    id: UUID
    kind: str
    state: str
    is_open: bool
    needs: tuple[str, ...]
    holders: tuple[str, ...]
    urgency: str
    opened_at: datetime | None
    opened_precision: str
    changed_at: datetime | None
    entries: int


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """Something that audit found wrong and nobody has mended."""

    matter_id: UUID | None
    name: str
    code: str
    since: datetime | None


def row(found: Mapping[str, Any]) -> Row:
    """A matter from a row of the view."""
    return Row(
        id=found["matter_id"], kind=found["kind"] or "matter", state=found["state"] or "open",
        is_open=bool(found["is_open"]), needs=tuple(str(found["needs"] or "").split()),
        holders=tuple(str(found["holder"] or "").split()), urgency=found["urgency"] or "",
        opened_at=aware(found["opened_at"]) if found["opened_at"] else None,
        opened_precision=found["opened_precision"] or "instant",
        changed_at=aware(found["changed_at"]) if found["changed_at"] else None, entries=found["entries"] or 0,
    )  # fmt: skip


def alarm(found: Mapping[str, Any]) -> Alarm:
    """An alarm from a row of the view."""
    since = aware(found["since"]) if found["since"] else None
    return Alarm(matter_id=found["matter_id"], name=found["name"], code=found["code"] or "", since=since)


def page(found: Iterable[Mapping[str, Any]], frame: Frame, chosen: str, older: str = "") -> str:
    """All matters, newest change first; `older` is where the list goes on."""
    return render("matters.html", frame, rows=[row(f) for f in found], chosen=chosen, filters=FILTERS, older=older)


def audit_page(
    found: Iterable[Mapping[str, Any]],
    alarms: Iterable[Mapping[str, Any]],
    frame: Frame,
    ledger: Mapping[str, Any] | None,
    ref: str = "",
) -> str:
    """The auditor's first page; `ledger` is audit's own word on its size and root, None while it is away.

    `ref` is what was looked for.
    """
    told = [alarm(f) for f in alarms]
    broken = [a for a in told if a.name.startswith("custody")]
    findings = [a for a in told if not a.name.startswith("custody")]
    rows = [row(f) for f in found]
    return render("audit.html", frame, rows=rows, broken=broken, findings=findings, ledger=ledger, ref=ref)
