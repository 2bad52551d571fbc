"""Who answered, over both times: the chain of a matter derived at each entry that moved it, as rows that differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit import archive
from services.audit.custody import Custody, Interval, custody
from services.audit.entries import Entry, read
from services.audit.moments.tables import held
from services.audit.tables import entry
from services.kernel.manifest import Look
from services.kernel.view import Change, put

AT_ONCE = 400
COLUMNS = (
    "need", "start", "end", "precision", "end_precision", "claims", "act", "entry", "inherited", "ended", "restricted",
)  # fmt: skip

Row = tuple[Any, ...]
"""A stretch as it is stored, in the order of `COLUMNS`."""


def rows(found: Custody) -> list[Row]:
    """The stretches of a chain, those that lasted no time among them."""
    over = {(f.need_id, f.since) for f in found.findings if f.kind == "ended"}
    return [_row(i, (i.need_id, i.start) in over) for i in (*found.intervals, *found.passing)]


def _row(i: Interval, ended: bool) -> Row:
    need, claims = "" if i.need_id is None else str(i.need_id), ",".join("+".join(claim) for claim in i.claims)
    return (
        need, i.start, i.end, i.precision, i.end_precision, claims, i.act, i.idx, i.inherited, ended, i.restricted,
    )  # fmt: skip


@dataclass
class Chains:
    """The chains of some matters, gone on with entry by entry after the first `after` of the ledger."""

    look: Look
    after: int
    matters: Iterable[UUID]
    entries: dict[UUID, list[Entry]] = field(default_factory=dict)
    live: dict[UUID, dict[Row, tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ordered = sorted(self.matters)
        self.entries = {matter_id: [] for matter_id in ordered}
        self.live = {matter_id: {} for matter_id in ordered}
        for start in range(0, len(ordered), AT_ONCE):
            self._read(ordered[start : start + AT_ONCE])

    def _read(self, some: list[UUID]) -> None:
        c = entry.c
        query = sa.select(c.idx, c.rt, c.raw, c.matter_id).where(
            c.matter_id.in_(some), archive.moves(), c.idx < self.after
        )
        for row in self.look.run(query.order_by(c.idx)):
            self.entries[row["matter_id"]].append(read(row))
        for row in self.look.run(sa.select(held).where(held.c.matter_id.in_(some), held.c.known_until.is_(None))):
            self.live[row["matter_id"]][tuple(row[name] for name in COLUMNS)] = (row["known_from"], row["n"])

    def take(self, matter_id: UUID, each: Entry) -> list[Change]:
        """What one more entry makes of the chain: stretches that are not so, and stretches that are so instead."""
        told, live = self.entries[matter_id], self.live[matter_id]
        told.append(each)
        wanted = dict.fromkeys(rows(custody(told)))
        gone = [row for row in live if row not in wanted]
        changes = [put(held, matter_id, *live.pop(row), known_until=each.idx) for row in gone]
        for n, row in enumerate(row for row in wanted if row not in live):
            columns = dict(zip(COLUMNS, row, strict=True))
            changes.append(put(held, matter_id, each.idx, n, known_until=None, **columns))
        live.update({row: (each.idx, n) for n, row in enumerate(row for row in wanted if row not in live)})
        return changes
