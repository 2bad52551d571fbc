"""The replay follower: keeps the rows over both times true to the ledger, entry by entry, in one commit with its place.

What is told in its time goes on from where its stream stood; whatever comes late, corrects or strikes has its matter
folded anew, and only the rows that differ are written. Rows depend on the ledger's order alone and not on how it was
read, so the answer for a size of the ledger is the same forever.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit import archive, times
from services.audit.access import acts
from services.audit.access.tables import about_person, access, delivered, names_person
from services.audit.entries import Entry, read
from services.audit.moments import holding, turns
from services.audit.moments.tables import NOBODY, held, strand, strand_end, telling
from services.audit.moments.turns import OUTSIDE, Turn, Unit
from services.audit.tables import entry
from services.kernel.manifest import Do, Look
from services.kernel.view import Change, put

PAGE = 500
AT_ONCE = 400

Whole = tuple[UUID, str]
"""What is told together: a matter (and no stream), or a stream outside all matters (and nobody's matter)."""


class ReplayFollower:
    """Keeps `strand`, `held` and what they go on from, and who saw what (`access`)."""

    name = "replay"
    tables: tuple[sa.Table, ...] = (strand, strand_end, telling, held, access, about_person, delivered, names_person)

    def step(self, look: Look, after: int) -> tuple[list[Change], list[Do], int]:
        """What follows from the entries after the first `after` of them."""
        c = entry.c
        columns = (c.idx, c.rt, c.raw, c.matter_id, c.moves, c.stream, c.type)
        rows = look.run(sa.select(*columns).where(c.idx >= after).order_by(c.idx).limit(PAGE))
        if not rows:
            return [], [], after
        heard = [Heard(read(row), wholes(row), row["matter_id"] if archive.moving(row) else None) for row in rows]
        return Page(look, after, heard).take(), [], int(rows[-1]["idx"]) + 1


@dataclass(frozen=True, slots=True)
class Heard:
    """An entry, the wholes that it is told in, and the matter in which it moves responsibility, if it does."""

    entry: Entry
    wholes: tuple[Whole, ...]
    moves: UUID | None


def wholes(row: dict[str, Any]) -> tuple[Whole, ...]:
    """Where an entry is told: in its matter, and in its own stream where that belongs to no one matter."""
    stream = str(row["stream"])
    found: list[Whole] = [] if row["matter_id"] is None else [(row["matter_id"], "")]
    if stream.partition("/")[0] in OUTSIDE:
        found.append((NOBODY, stream))
    return tuple(found)


@dataclass
class Strand:
    """One whole as it stands within a page: where its telling is, where its streams end, which rows count.

    Of one of which nothing was told before this page there is nothing to look for.
    """

    matter_id: UUID
    begun: bool = False
    at: int | None = None
    dated: bool = False
    awaited: set[str] = field(default_factory=set)
    ends: dict[Unit, Turn] = field(default_factory=dict)
    entries: list[Entry] | None = None
    live: dict[Unit, dict[Turn, int]] | None = None
    fresh: list[tuple[Unit, Turn, int]] = field(default_factory=list)
    since: list[Entry] = field(default_factory=list)
    moved: set[Unit] = field(default_factory=set)

    def goes_on(self, each: Entry) -> bool:
        """Whether it comes in its time, and changes nothing that was told before."""
        if turns.target(each) is not None or str(each.envelope.id) in self.awaited:
            return False
        if self.at is None or not self.dated or each.facts.restricted:
            return self.at is None and each.vt is not None and not each.facts.restricted
        end = self.ends.get(turns.unit(each))
        return end is None or end.place <= (times.near(each, self.at), each.idx)


@dataclass
class Page:
    """One page of entries, and everything that it touches."""

    look: Look
    after: int
    heard: Sequence[Heard]
    changes: list[Change] = field(default_factory=list)
    strands: dict[Whole, Strand] = field(default_factory=dict)

    def take(self) -> list[Change]:
        """What becomes of the rows."""
        self._prepare()
        chains = holding.Chains(self.look, self.after, {h.moves for h in self.heard if h.moves is not None})
        for each in self.heard:
            self.changes += acts.rows(each.entry)
            if turns.told(each.entry):
                for whole in each.wholes:
                    self._tell(whole, each.entry)
            if each.moves is not None:
                self.changes += chains.take(each.moves, each.entry)
        self._end()
        return self.changes

    def _tell(self, whole: Whole, each: Entry) -> None:
        there = self.strands[whole]
        there.since.append(each)
        if there.entries is not None:
            there.entries.append(each)
        if there.goes_on(each):
            self._go_on(there, each)
        else:
            self._again(whole, there, each)

    def _go_on(self, there: Strand, each: Entry) -> None:
        """One more turn, after all the others of its stream."""
        unit = turns.unit(each)
        there.at = times.near(each, times.earliest(each) if there.at is None else there.at)
        there.dated = True
        end = there.ends.get(unit)
        before = turns.unpacked(end.content) if end is not None else {}
        turn = Turn(there.at, each.idx, turns.packed(turns.after(before, each, there.at)))
        self._open(there, unit, turn, each.idx)
        there.ends[unit] = turn
        there.moved.add(unit)

    def _again(self, whole: Whole, there: Strand, each: Entry) -> None:
        """The whole anew, against the rows that counted so far."""
        if there.entries is None:
            there.entries = [*(self._before(whole) if there.begun else ()), *there.since]
        if there.live is None:
            there.live = self._live(whole, there)
        told = there.entries
        before = {unit: max(live, key=lambda turn: turn.place) for unit, live in there.live.items() if live}
        found = turns.turns(told)
        for unit in found.keys() | there.live.keys():
            self._differ(there, unit, found.get(unit, []), each.idx)
        ends = {unit: some[-1] for unit, some in found.items()}
        there.moved |= {unit for unit in ends.keys() | before.keys() if ends.get(unit) != before.get(unit)}
        there.ends = ends
        places = [at for one, at in turns.placed(told) if not one.facts.restricted]
        there.at = places[-1] if places else None
        there.dated = any(one.vt is not None for one in told if not one.facts.restricted)
        ids = {one.envelope.id for one in told}
        there.awaited = {str(t) for one in told if (t := turns.target(one)) is not None and t not in ids}

    def _differ(self, there: Strand, unit: Unit, wanted: list[Turn], now: int) -> None:
        live = (there.live or {}).setdefault(unit, {})
        for turn in [turn for turn in live if turn not in set(wanted)]:
            key = (there.matter_id, unit[0], turn.at, turn.entry, live.pop(turn))
            self.changes.append(put(strand, *key, known_until=now))
        for turn in wanted:
            if turn not in live:
                self._open(there, unit, turn, now)

    def _open(self, there: Strand, unit: Unit, turn: Turn, now: int) -> None:
        stream, restricted = unit
        if there.live is None:
            there.fresh.append((unit, turn, now))
        else:
            there.live.setdefault(unit, {})[turn] = now
        shown_as = turns.unpacked(turn.content).get("shown_as") if stream.startswith("person/") else None
        columns = {"restricted": restricted, "content": turn.content, "known_until": None}
        row = put(strand, there.matter_id, stream, turn.at, turn.entry, now, **columns, shown_as=as_id(shown_as))
        self.changes.append(row)

    # --- what was there ---

    def _prepare(self) -> None:
        """Where everything that this page touches stands, in few questions."""
        touched = {whole: None for each in self.heard for whole in each.wholes}
        self.strands = {whole: Strand(whole[0]) for whole in touched}
        names = {named(whole): whole for whole in touched}
        for some in chunks(names):
            for row in self.look.run(sa.select(telling).where(telling.c.whole.in_(some))):
                there = self.strands[names[row["whole"]]]
                there.begun = True
                there.at, there.dated, there.awaited = row["at"], row["dated"], set(row["awaited"])
        streams = {each.entry.envelope.subject for each in self.heard if each.wholes}
        for some in chunks(streams):
            for row in self.look.run(sa.select(strand_end).where(strand_end.c.stream.in_(some))):
                whole = (row["matter_id"], row["stream"] if row["matter_id"] == NOBODY else "")
                if whole in self.strands:
                    turn = Turn(row["valid_from"], row["entry"], bytes(row["content"]))
                    self.strands[whole].ends[row["stream"], row["restricted"]] = turn

    def _before(self, whole: Whole) -> list[Entry]:
        """What was told in a whole before this page."""
        c, (matter_id, stream) = entry.c, whole
        where = c.stream == stream if stream else c.matter_id == matter_id
        query = sa.select(c.idx, c.rt, c.raw).where(where, c.idx < self.after).order_by(c.idx)
        return [one for row in self.look.run(query) if turns.told(one := read(row))]

    def _live(self, whole: Whole, there: Strand) -> dict[Unit, dict[Turn, int]]:
        """The rows of a whole that count by now."""
        matter_id, stream = whole
        where = [strand.c.matter_id == matter_id, strand.c.known_until.is_(None)]
        where += [strand.c.stream == stream] if stream else []
        found: dict[Unit, dict[Turn, int]] = {}
        for row in self.look.run(sa.select(strand).where(*where)) if there.begun else ():
            turn = Turn(row["valid_from"], row["entry"], bytes(row["content"]))
            found.setdefault((row["stream"], row["restricted"]), {})[turn] = row["known_from"]
        for unit, turn, known_from in there.fresh:
            found.setdefault(unit, {})[turn] = known_from
        return found

    def _end(self) -> None:
        """Where everything stands after this page."""
        for whole, there in self.strands.items():
            if there.since:
                columns = {"at": there.at, "dated": there.dated, "awaited": sorted(there.awaited)}
                self.changes.append(put(telling, named(whole), **columns))
            for unit in there.moved:
                self.changes.append(self._ended(there, unit))

    def _ended(self, there: Strand, unit: Unit) -> Change:
        turn = there.ends.get(unit)
        key = (unit[0], there.matter_id, unit[1])
        if turn is None:
            return Change(strand_end, key, drop=True)
        return put(strand_end, *key, valid_from=turn.at, entry=turn.entry, content=turn.content)


def named(whole: Whole) -> str:
    """A whole's name."""
    return whole[1] or str(whole[0])


def as_id(text: object) -> UUID | None:
    """The id that a text is, if it is one."""
    try:
        return UUID(str(text)) if text else None
    except ValueError:
        return None


def chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    """The values in lists that a question can hold."""
    ordered = sorted(values)
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]
