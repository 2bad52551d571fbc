"""The coordinator's worklist: what is late, what is due today, what is new, what waits for us, what waits for others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.console.templating import Frame, render
from services.console.views import aware
from services.console.words import local

BUCKETS = ("overdue", "today", "new", "mine", "others")
SHOWN = 50
FORMS = {
    ("help-request", "triage"): "triage-help-request", ("help-request", "client"): "follow-up-help-request",
    ("referral", "information"): "supply-information", ("referral", "confirm"): "confirm-outcome",
    ("task", "assign"): "assign-task", ("task", "verify"): "verify-task", ("grant", "grant-use"): "report-grant-use",
    ("grant", "confirm"): "close-grant",
}  # fmt: skip
"""What is to be done about what waits, where it is one thing."""

URGENCY = {"emergency": 0, "urgent": 1, "normal": 2, "low": 3}


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing that waits: for what, for whom, since when, until when."""

    matter_id: UUID
    stream: str
    what: str
    whose: str
    kind: str
    needs: tuple[str, ...]
    holders: tuple[str, ...]
    urgency: str
    since: datetime | None
    due_at: datetime | None

    @property
    def form(self) -> str:
        """Where it can be done at once; empty where there is more than one thing to do about it."""
        kind, _, ident = self.stream.partition("/")
        act = FORMS.get((kind, self.what))
        return f"/matters/{self.matter_id}/acts/{kind}/{ident}/{act}" if act else ""


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """One part of the worklist; `count` counts also what is not shown."""

    name: str
    items: tuple[Item, ...] = ()
    count: int = 0


@dataclass(frozen=True, kw_only=True)
class Model:
    """The five parts."""

    buckets: tuple[Bucket, ...] = field(default_factory=tuple)

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all waits."""
        return not any(bucket.count for bucket in self.buckets)


def bucket_of(item: Item, now: datetime) -> str:
    """Where an item stands: once, in the first part that fits."""
    if item.due_at is not None and item.due_at < now:
        return "overdue"
    if item.due_at is not None and local(item.due_at) == local(now):
        return "today"
    return item.whose


def order(item: Item) -> tuple[int, float, float]:
    """By urgency, then by deadline, then by age."""
    due = item.due_at.timestamp() if item.due_at else float("inf")
    return URGENCY.get(item.urgency, 2), due, item.since.timestamp() if item.since else 0


def item(row: Mapping[str, Any]) -> Item:
    """An item from a row of `waiting` joined with its matter."""
    whose, what = row["whose"], row["what"]
    if what == "re-offer" and (row["live"] or 0) > 0:
        whose, what = "others", "offer"
    waits_for = str(row["party"] or "") if what in ("offer", "first-contact", "outcome", "task") else ""
    return Item(
        matter_id=row["matter_id"], stream=str(row["stream"]), what=what, whose=whose, kind=str(row["stream"]).partition("/")[0],
        needs=tuple(str(row["needs"] or row["matter_needs"] or "").split()),
        holders=tuple((waits_for or str(row["holder"] or "")).split()),
        urgency=row["urgency"] or row["matter_urgency"] or "",
        since=aware(row["since"]) if row["since"] else None, due_at=aware(row["due_at"]) if row["due_at"] else None,
    )  # fmt: skip


def build(rows: Iterable[Mapping[str, Any]], now: datetime) -> Model:
    """The worklist at this moment."""
    parts: dict[str, list[Item]] = {name: [] for name in BUCKETS}
    for row in rows:
        if row["whose"]:
            found = item(row)
            parts[bucket_of(found, now)].append(found)
    return Model(
        buckets=tuple(
            Bucket(name=name, items=tuple(sorted(items, key=order)[:SHOWN]), count=len(items)) for name, items in parts.items()
        )
    )  # fmt: skip


def page(model: Model, frame: Frame) -> str:
    """The whole page."""
    return render("worklist.html", frame, m=model)


def part(model: Model, frame: Frame) -> str:
    """What changes of it while somebody looks."""
    return render("_worklist.html", frame, m=model)
