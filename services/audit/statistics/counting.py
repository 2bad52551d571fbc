"""The statistics follower: derives rows from the ledger, entry by entry, and keeps from which to which each was true.

Whatever an entry touches is derived anew from all its standing facts and compared with what was counted so far: so late
entries, corrections, strikes, and strikes that are struck themselves need no rule of their own. Rows depend on the
ledger's order alone and not on how it was read, so that figures as known at a size are the same forever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from services.audit.statistics import contacts, places
from services.audit.statistics.facts import Fact, fact, standing
from services.audit.statistics.families import HEARD, TYPES
from services.audit.statistics.rows import Family, Row
from services.audit.statistics.staff import STATION, STATIONS
from services.audit.statistics.tables import counted
from services.audit.tables import entry
from services.kernel.manifest import Do, Look
from services.kernel.view import Change, put

PAGE = 1_000
AT_ONCE = 500
COLUMNS = tuple(f.name for f in fields(Row))


class StatisticsFollower:
    """Keeps `counted` true to the ledger."""

    name = "statistics"
    tables: tuple[sa.Table, ...] = (counted,)

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """What follows from the entries after the first `after` of them."""
        c = entry.c
        heads = look.run(sa.select(c.idx, c.type, c.moves).where(c.idx >= after).order_by(c.idx).limit(PAGE))
        if not heads:
            return [], [], after
        wanted = [row["idx"] for row in heads if row["type"] in TYPES or row["moves"]]
        facts = read(look, entry.c.idx.in_(wanted)) if wanted else []
        return Page(look, facts).take(), [], int(heads[-1]["idx"]) + 1


def read(look: Look, where: sa.ColumnElement[bool]) -> list[Fact]:
    """The facts of some entries, in the ledger's order."""
    c = entry.c
    return [fact(row) for row in look.run(sa.select(c.idx, c.matter_id, c.raw).where(where).order_by(c.idx))]


@dataclass(frozen=True, slots=True)
class Known:
    """A row that counts, under the key it is stored by."""

    row: Row
    known_from: int
    n: int


@dataclass
class Page:
    """One page of facts, with what the ledger says, and the counted rows said, of everything that it touches."""

    look: Look
    facts: list[Fact]
    changes: list[Change] = field(default_factory=list)
    streams: dict[str, list[Fact]] = field(default_factory=dict)
    matters: dict[UUID, list[Fact]] = field(default_factory=dict)
    openings: dict[str, Fact] = field(default_factory=dict)
    live: dict[str, list[Known]] = field(default_factory=dict)

    def take(self) -> list[Change]:
        """What becomes of the counted rows."""
        if self.facts:
            self._prepare()
        for each in self.facts:
            for family, of in self._touched(each):
                self._derive(family, of, each)
        return self.changes

    # --- what an entry touches ---

    def _touched(self, each: Fact) -> Iterable[tuple[Family, Fact]]:
        """Every unit once, named by one of its facts."""
        units = {family.unit(of): (family, of) for of in self._concerned(each) for family in HEARD.get(of.type, ())}
        return units.values()

    def _concerned(self, each: Fact) -> Iterator[Fact]:
        """The facts whose units may count otherwise now; where a matter is comes before what counts there."""
        yield each
        undone = self._before(each) if unmakes(each) else []
        undone += self._corrected(each)
        yield from undone
        placing = [of.matter_id for of in (each, *undone) if of.type in places.FAMILY.types]
        for matter_id in dict.fromkeys(placing):
            yield from (of for of in self._matter(matter_id) if of.idx < each.idx)

    def _corrected(self, each: Fact) -> list[Fact]:
        """The contact that a record's correction is about; it stands in another stream than its correction."""
        stream = None if each.event is None else contacts.corrected_in(each)
        told = [] if stream is None else self._stream(stream)
        return [of for of in told if of.envelope.id == each.event.corrects]

    def _before(self, each: Fact) -> list[Fact]:
        """Everything that was said before in the stream of a correction, or in the matter, where its target is there."""
        told = [of for of in self._stream(each.stream) if of.idx < each.idx]
        corrects = each.envelope.corrects
        if corrects is None or each.matter_id is None or any(of.envelope.id == corrects for of in told):
            return told
        return [of for of in self._matter(each.matter_id) if of.idx < each.idx]

    # --- deriving ---

    def _derive(self, family: Family, of: Fact, now: Fact) -> None:
        """What the unit of a fact counts for, now that this entry is there, against what it counted for so far."""
        unit = family.unit(of)
        facts = self._unit(family, of, now)
        rows = family.derived(facts)
        wanted = [row if final(row) else replace(row, place=self._place(row, facts)) for row in rows]
        live = self._live(unit)
        gone = [known for known in live if known.row not in wanted]
        kept = [known for known in live if known.row in wanted]
        there = [known.row for known in kept]
        new = [Known(r, now.idx, n) for n, r in enumerate(w for w in wanted if w not in there)]
        self.changes += [put(counted, unit, known.known_from, known.n, known_until=now.idx) for known in gone]
        self.changes += [put(counted, unit, k.known_from, k.n, known_until=None, **columns(k.row)) for k in new]
        self.live[unit] = kept + new

    def _unit(self, family: Family, of: Fact, now: Fact) -> list[Fact]:
        """The standing facts of a unit by now, in the ledger's order."""
        if family.by == "event" and of is now:
            return [self.openings.get(of.stream, of), of]
        told = self._matter(of.matter_id) if family.by == "matter" else self._stream(of.stream)
        facts = standing([each for each in told if each.idx <= now.idx])
        if family.by == "event":
            told = alone(facts, of, family) if facts else []
            return told and [*told, *(each for each in self._stream(f"record/{of.id}") if each.idx <= now.idx)]
        return [each for each in facts if each.type in family.types or each.type in family.errors]

    def _place(self, row: Row, facts: Sequence[Fact]) -> str:
        """Where the matter is, as far as anybody has said so by now; not each event names the matter that it is about."""
        if row.place is not None:
            station = self._live(f"{STATIONS.name}/{row.place}")
            return station[0].row.place or "" if station else ""
        told = [each for each in facts if each.matter_id is not None]
        if not told:
            return ""
        of = next((each for each in told if each.idx == row.entry), told[0])
        known = self._live(places.FAMILY.unit(of))
        return known[0].row.place or "" if known else ""

    # --- what was said before ---

    def _prepare(self) -> None:
        """Read in few questions what this page needs; what it needs beside that is rare and read when it is met."""
        units = [(family, each) for each in self.facts for family in HEARD.get(each.type, ())]
        self._read_streams({each.stream for family, each in units if family.by == "stream"})
        self._read_matters({each.matter_id for family, each in units if family.by == "matter" and each.matter_id})
        self._read_openings({each.stream for family, each in units if family.by == "event"})
        self.live |= {family.unit(each): [] for family, each in units if family.by == "event"}
        matters = {places.FAMILY.unit(each) for each in self.facts if each.matter_id is not None}
        self._read_live(matters | {family.unit(each) for family, each in units if family.by != "event"})

    def _stream(self, stream: str) -> list[Fact]:
        if stream not in self.streams:
            self._read_streams({stream})
        return self.streams[stream]

    def _matter(self, matter_id: UUID | None) -> list[Fact]:
        if matter_id is None:
            return []
        if matter_id not in self.matters:
            self._read_matters({matter_id})
        return self.matters[matter_id]

    def _live(self, unit: str) -> list[Known]:
        if unit not in self.live:
            self._read_live({unit})
        return self.live[unit]

    def _read_streams(self, streams: set[str]) -> None:
        self.streams |= {stream: [] for stream in streams}
        for each in self._told(entry.c.stream, streams):
            self.streams[each.stream].append(each)

    def _read_matters(self, matters: set[UUID]) -> None:
        self.matters |= {matter_id: [] for matter_id in matters}
        for each in self._told(entry.c.matter_id, matters):
            self.matters[cast(UUID, each.matter_id)].append(each)

    def _told(self, column: sa.Column[Any], values: set[Any]) -> Iterator[Fact]:
        """What statistics listen to, and whatever may correct it, up to the end of this page."""
        heard = sa.or_(entry.c.type.in_(sorted(TYPES)), entry.c.moves)
        for some in chunks(values):
            yield from read(self.look, sa.and_(column.in_(some), heard, entry.c.idx <= self.facts[-1].idx))

    def _read_openings(self, streams: set[str]) -> None:
        for some in chunks(streams):
            for each in read(self.look, sa.and_(entry.c.stream.in_(some), entry.c.seq == 1)):
                self.openings[each.stream] = each

    def _read_live(self, units: set[str]) -> None:
        self.live |= {unit: [] for unit in units}
        for some in chunks(units):
            where = sa.and_(counted.c.unit.in_(some), counted.c.known_until.is_(None))
            for stored in self.look.run(sa.select(counted).where(where).order_by(*counted.primary_key)):
                known = Known(row_of(stored), stored["known_from"], stored["n"])
                self.live[stored["unit"]].append(known)


def final(row: Row) -> bool:
    """Whether a row says itself where it counts: neither where its matter is, nor where a station is."""
    return row.place is not None and not row.place.startswith(STATION)


def unmakes(each: Fact) -> bool:
    """Whether it changes what was said before."""
    return each.envelope.corrects is not None or each.type.endswith(".entered-in-error")


def alone(facts: Sequence[Fact], of: Fact, family: Family) -> list[Fact]:
    """The opening of a stream and one event of it, and what makes it void; nothing where the event does not stand."""
    stands = any(each.envelope.id == of.envelope.id for each in facts)
    return [facts[0], *(each for each in facts if each.type in family.errors), of] if stands else []


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values in lists that a question can hold."""
    ordered = sorted(values)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def columns(row: Row) -> dict[str, Any]:
    """A row as it is stored."""
    return {name: getattr(row, name) for name in COLUMNS}


def row_of(stored: dict[str, Any]) -> Row:
    """A row from how it is stored."""
    return Row(**{name: stored[name] for name in COLUMNS})
