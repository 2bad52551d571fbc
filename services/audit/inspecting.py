"""Continuous checking: a slice of the ledger and of what is derived from it, every minute, round after round.

Every entry is hashed again and compared at least once a day, however long the ledger is; it is remembered how far the
round has come, so that a restart begins no round anew. Damage to the ledger is said as any other, and halts signing. A
derived row that is not what the entries give is named (`crooked`), counted, and halts nothing: a rebuild mends it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit import views
from services.audit.archive import size_of
from services.audit.checkpointer import report
from services.audit.follow import barring, derived
from services.audit.fsck import Verification, Walk
from services.audit.ledger import micros
from services.audit.tables import KEPT, entry, log_state
from services.kernel import log, metrics
from services.kernel.manifest import Look
from services.kernel.unit import Unit
from services.kernel.view import Change, drop, put

LEAST = 2_000
ROUNDS_OF = 24 * 60
"""A round has at most so many slices: at one a minute, everything is looked at once a day."""
MATTERS_AT_ONCE = 200
COMMIT_SECONDS = 30
NOWHERE = UUID(int=0)
FOLDED = (views.matter.name, views.custody.name)
"""The tables that this check folds again; all others are `refolding`'s."""

inspection = sa.Table(
    "inspection",
    KEPT,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.BigInteger),
    sa.Column("matter", sa.Uuid),
    sa.Column("began_at", sa.BigInteger),
    sa.Column("done_at", sa.BigInteger),
    sa.Column("sound", sa.Boolean),
)
"""One row: the entry and the matter at which the next slice begins, when the round began, when the last one ended, and
whether it found nothing."""

crooked = sa.Table(
    "crooked",
    KEPT,
    sa.Column("view", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("found_at", sa.BigInteger),
)
"""Derived rows that are not what the entries give, by table and key."""


@dataclass
class Inspector:
    """The duty: a turn checks the next slice."""

    store: Any
    look: Look
    every: float = 60.0
    name: str = "inspection"

    @classmethod
    def duty(cls, hand: Any) -> Inspector:
        """As the service is set up."""
        return cls(hand.store, hand.look, hand.settings.inspect_seconds)

    def health(self) -> dict[str, Any]:
        """How far the round has come, and when the last one ended."""
        row = self.look.one(inspection, 1) or {}
        return {"at": row.get("at", 0), "done_at": row.get("done_at"), "sound": row.get("sound", True),
                "crooked": len(self.look.all(crooked))}  # fmt: skip

    def turn(self) -> bool:
        """Check the next slice of entries and the next matters; what is found is said, and the place kept."""
        now, row = micros(self.store.clock()), self.look.one(inspection, 1) or {}
        at, began, sound = (
            row.get("at") or 0,
            row.get("began_at") or now,
            bool(row.get("sound", True)) or not row.get("at"),
        )
        size = size_of(self.look)
        end = min(size, at + max(LEAST, -(-size // ROUNDS_OF)))
        found = entries_between(self.look, at, end, size)
        if found.damage and not self._halted():
            report(self.store, found)
        matter, rows, wrong = self._views(row.get("matter") or NOWHERE, now)
        over = end >= size
        place = {"at": 0 if over else end, "matter": matter, "began_at": now if over else began,
                 "sound": sound and not found.damage}  # fmt: skip
        if over:
            place["done_at"] = now
        self.store.submit(Unit(rows=[*rows, put(inspection, 1, **place)])).result(timeout=COMMIT_SECONDS)
        metrics.inspected("audit", now / 1e6 if over else None, wrong)
        return False

    def _halted(self) -> bool:
        """Whether damage was said already, and nobody has let signing go on since."""
        row = self.look.one(views.signing, 1)
        return row is not None and row["state"] == "halted"

    def _views(self, after: UUID, now: int) -> tuple[UUID, list[Change], int]:
        """Fold the next matters again; the rows that differ are named, those that do not any more are forgotten."""
        c = entry.c
        level = self.store.cursor("follower:custody")
        query = (
            sa.select(c.matter_id).distinct().where(c.matter_id > after).order_by(c.matter_id).limit(MATTERS_AT_ONCE)
        )
        matters = [row["matter_id"] for row in self.look.run(query)]
        known = {(row["view"], row["key"]) for row in self.look.all(crooked)}
        if not matters:
            return NOWHERE, [], len(known)
        wrong = bent(self.look, matters)
        if level != size_of(self.look) or level != self.store.cursor("follower:custody"):
            return after, [], len(known)  # What is derived is not level with the ledger: look at these again.
        ours = {place for place in known if place[0] in FOLDED and UUID(place[1].partition("/")[0]) in set(matters)}
        for view, _key in sorted(wrong - known):
            log.noticed("audit", "view-crooked", level="error", code=view)
        rows = [put(crooked, *place, found_at=now) for place in wrong - known]
        rows += [drop(crooked, *place) for place in ours - wrong]
        return matters[-1], rows, len((known - ours) | wrong)


def entries_between(look: Look, start: int, end: int, size: int) -> Verification:
    """Whether these entries are what rows, tiles and neighbours say; the tree's edge too, where they are the last."""
    state = look.one(log_state, 1)
    try:
        walk = Walk.start(look, start, end)
        found = walk.go(end)
    except ValueError:
        found = Verification(size=size, root=bytes(32))
        found.flaw("tiles-missing", start)
        return found
    if state is not None and state["size"] == end and walk.frontier.pack() != bytes(state["frontier"]):
        found.flaw("frontier-differs", end - 1)
    return found


def bent(look: Look, matters: list[UUID]) -> set[tuple[str, str]]:
    """The derived rows of these matters that differ from what their entries give, by table and key."""
    changes, _ = derived(look, matters, barring(look))
    there: dict[UUID, dict[str, Any]] = {row["matter_id"]: row for row in _rows(look, matters)}
    return {(str(change.table.name), "/".join(map(str, change.key))) for change in changes if _differs(change, there)}


def _rows(look: Look, matters: list[UUID]) -> list[dict[str, Any]]:
    return look.run(sa.select(views.matter).where(views.matter.c.matter_id.in_(matters)))


def _differs(change: Change, there: dict[UUID, dict[str, Any]]) -> bool:
    """A matter's row is derived whether it differs or not; those of the chain only where they do."""
    if change.table is not views.matter:
        return True
    row = there.get(change.key[0])
    if change.drop or row is None:
        return change.drop is not (row is None)
    return any(row[name] != value for name, value in change.sets.items())
