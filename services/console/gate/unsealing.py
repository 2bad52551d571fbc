"""Unsealing: an auditor asks to see who somebody is, a second person approves, and for an hour it can be opened.

What is kept says who asked, about whom, why, for which categories, and who approved; nothing of what was seen. Each opening
is put on record by the service that keeps the data, with both of them (INV-33); the word that it is opened with is made at
that moment (ADR 0017), so a right that either has lost meanwhile opens nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from services.console.accounts import Account
from services.console.gate import tables as t
from services.console.gate.second import KEPT_FOR, SENT, standing
from services.console.gate.sessions import WRITE_SECONDS
from services.console.views import aware
from services.contracts.visibility import APPROVERS, lies_within
from services.kernel.approvals import approve, same, wanted
from services.kernel.entrypoints import Hand
from services.kernel.errors import NotFound
from services.kernel.message import Actor
from services.kernel.unit import Unit
from services.kernel.view import drop, put

OPEN_FOR = timedelta(hours=1)
"""So long after the approval it can be opened."""

COMMAND = "unseal"
CATEGORIES = ("identity", "contact", "narrative", "health")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One thing that an auditor asks to see."""

    id: UUID
    person_id: UUID
    matter_id: UUID
    station: str
    is_child: bool
    asker: str
    asked_at: datetime
    why: str
    categories: tuple[str, ...]
    approver: str = ""
    approver_role: str = ""
    approver_org: str = ""
    approved_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether it can be opened now."""
        return self.approved_at is not None and now < self.approved_at + OPEN_FOR

    def may_approve(self, who: Account) -> bool:
        """Whether this one may be the second person: another auditor, or one who answers at the person's station."""
        roles = APPROVERS["unseal-child" if self.is_child else "unseal"]
        fits = who.role == "auditor" or lies_within(self.station, who.org)
        return who.role in roles and fits and not same(who.id, self.asker)


class Unsealings:
    """The store of what auditors ask to see."""

    def __init__(self, hand: Hand) -> None:
        self._hand = hand

    def ask(
        self, matter_id: UUID, person: Mapping[str, Any], who: Account, form: Mapping[str, Any], now: datetime
    ) -> None:
        """Keep what is asked until somebody has looked at it; a form that is sent twice asks once."""
        row = put(
            t.unsealing, uuid5(SENT, f"{who.id}/{form['key']}"), person_id=UUID(str(person["person_id"])), matter_id=matter_id,
            station=str(person.get("station") or ""), is_child=person.get("sensitivity") == "child", asker=who.id,
            asked_at=now, why=form["why"], categories=" ".join(form["categories"]),
        )  # fmt: skip
        old = sa.select(t.unsealing.c.id).where(t.unsealing.c.asked_at < now - KEPT_FOR)
        self._write(row, *(drop(t.unsealing, each["id"]) for each in self._hand.look.run(old)))

    def of(self, matter_id: UUID, who: Account, now: datetime) -> list[Asked]:
        """What this one has asked about a matter, the newest first."""
        return [each for each in reversed(self._all(now)) if each.matter_id == matter_id and same(each.asker, who.id)]

    def waiting_for(self, who: Account, now: datetime) -> list[Asked]:
        """What waits for this one as the second person, the oldest first."""
        return [each for each in self._all(now) if each.approved_at is None and each.may_approve(who)]

    def waiting(self, ident: UUID, who: Account, now: datetime) -> Asked:
        """One of them; raises NotFound where it is none of his."""
        return _one(self.waiting_for(who, now), ident)

    def mine(self, ident: UUID, who: Account, now: datetime) -> Asked:
        """One that this one has asked; raises NotFound where it is none of his."""
        return _one([each for each in self._all(now) if same(each.asker, who.id)], ident)

    def approve(self, one: Asked, second: Account, now: datetime) -> None:
        """From now on it can be opened, for a while."""
        told = {"approver": second.id, "approver_role": second.role, "approver_org": second.org}
        self._write(put(t.unsealing, one.id, approved_at=now, **told))

    def drop(self, ident: UUID) -> None:
        """It was turned down, or taken back."""
        self._write(drop(t.unsealing, ident))

    def word(self, one: Asked, now: datetime) -> str:
        """The second person's word for this opening; raises Refused where he is not what he was."""
        second = Actor(id=one.approver, role=one.approver_role, org=one.approver_org)
        standing(self._hand, second)
        what = wanted(COMMAND, one.person_id, one.asker, {})
        return approve(second, what, self._hand.settings.token_private_key, now)

    def _all(self, now: datetime) -> list[Asked]:
        c = t.unsealing.c
        query = sa.select(t.unsealing).where(c.asked_at >= now - KEPT_FOR).order_by(c.asked_at)
        return [_read(row) for row in self._hand.look.run(query)]

    def _write(self, *rows: Any) -> None:
        self._hand.store.submit(Unit(rows=list(rows))).result(timeout=WRITE_SECONDS)


def _one(found: list[Asked], ident: UUID) -> Asked:
    one = next((each for each in found if each.id == ident), None)
    if one is None:
        raise NotFound("nothing is asked under this id")
    return one


def _read(row: Mapping[str, Any]) -> Asked:
    told: dict[str, Any] = {name: row[name] for name in ("id", "person_id", "matter_id", "station", "asker", "why")}
    approved: dict[str, Any] = {name: row[name] or "" for name in ("approver", "approver_role", "approver_org")}
    at = row["approved_at"]
    return Asked(
        **told, **approved, is_child=bool(row["is_child"]), asked_at=aware(row["asked_at"]),
        categories=tuple(row["categories"].split()), approved_at=None if at is None else aware(at),
    )  # fmt: skip
