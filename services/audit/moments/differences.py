"""What changed our mind: the differences between two moments of knowledge, each with the entries that made it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit.moments.reading import Moment, told
from services.audit.moments.state import cited, holders
from services.audit.moments.tables import NOBODY, held, strand
from services.audit.replay import SECTIONS
from services.kernel.manifest import Look

Row = dict[str, Any]
Key = tuple[str, str, str]
"""A field: in which section, of which thing, by which name."""

Leaves = Callable[[Sequence[Row], Moment], Iterable[tuple[Key, Any]]]


def differences(look: Look, matter_id: UUID, first: Moment, second: Moment) -> list[dict[str, Any]]:
    """Every field in which what was known at `first` of the world then differs from what was known at `second`.

    Both look at the same moment in the world. `entries` are those, recorded between the two, at which that field changed:
    also where it changed more than once and is as it was before.
    """
    rows = _strands(look, first, second, strand.c.matter_id == matter_id)
    named = sorted(cited(told(row) for row in rows))
    rows += _strands(look, first, second, strand.c.matter_id == NOBODY, strand.c.stream.in_(named)) if named else []
    found: list[dict[str, Any]] = []
    for some in _apart(rows, "stream", "restricted"):
        found += _changes(some, first, second, _said)
    for some in _apart(_held(look, matter_id, first, second), "need"):
        found += _changes(some, first, second, _answered)
    return sorted(found, key=lambda each: (each["entries"], each["section"], each["id"], each["field"]))


def _apart(rows: Iterable[Row], *names: str) -> Iterable[list[Row]]:
    """The rows of each thing by itself."""
    found: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[name] for name in names), []).append(row)
    return found.values()


def _between(table: sa.Table, first: Moment, second: Moment) -> list[sa.ColumnElement[bool]]:
    """The rows that counted at any size of the ledger from the first to the second."""
    until = sa.or_(table.c.known_until.is_(None), table.c.known_until >= first.size)
    where = [table.c.known_from < second.size, until]
    return where if second.unsealed else [*where, sa.not_(table.c.restricted)]


def _strands(look: Look, first: Moment, second: Moment, *where: sa.ColumnElement[bool]) -> list[Row]:
    here = [*where, *_between(strand, first, second), strand.c.valid_from <= second.until]
    return look.run(sa.select(strand).where(*here))


def _held(look: Look, matter_id: UUID, first: Moment, second: Moment) -> list[Row]:
    here = [held.c.matter_id == matter_id, *_between(held, first, second), held.c.start <= second.until]
    return look.run(sa.select(held).where(*here).order_by(held.c.need, held.c.start, held.c.entry, held.c.n))


def _changes(rows: list[Row], first: Moment, second: Moment, leaves: Leaves) -> Iterator[dict[str, Any]]:
    """The fields of one thing that were told otherwise, step by step through what became known."""
    moments = {row["known_from"] for row in rows} | {row["known_until"] for row in rows}
    before = dict(leaves(_counting(rows, first.size), second))
    now, by = before, dict[Key, list[int]]()
    for idx in sorted(idx for idx in moments if idx is not None and first.size <= idx < second.size):
        then = dict(leaves(_counting(rows, idx + 1), second))
        for key in sorted(then.keys() | now.keys()):
            if then.get(key) != now.get(key):
                by.setdefault(key, []).append(idx)
        now = then
    for (section, id_, field), entries in by.items():
        was, is_ = before.get((section, id_, field)), now.get((section, id_, field))
        yield {"section": section, "id": id_, "field": field, "before": was, "after": is_, "entries": entries}


def _counting(rows: Iterable[Row], size: int) -> list[Row]:
    """The rows that count in a ledger of this size."""
    return [r for r in rows if r["known_from"] < size and (r["known_until"] is None or r["known_until"] >= size)]


def _said(rows: Sequence[Row], moment: Moment) -> Iterator[tuple[Key, Any]]:
    """A stream's fields one by one, by its last turn that was known and had come."""
    if not rows:
        return
    each = told(max(rows, key=lambda row: (row["valid_from"], row["entry"])))
    section = "persons" if each.kind == "person" else SECTIONS.get(each.kind, "others")
    yield (section, each.id, "state"), each.content.get("word", "")
    if "shown_as" in each.content:
        yield (section, each.id, "shown_as"), each.content["shown_as"]
    for name, value in each.content.get("said", {}).items():
        yield (section, each.id, f"said.{name}"), value
    for name, value in each.content.get("money", {}).items():
        yield (section, each.id, f"money.{name}"), value


def _answered(rows: Sequence[Row], moment: Moment) -> Iterator[tuple[Key, Any]]:
    """Who answers; the present lies in the stretch that has not ended. What nobody spoke of yet has no field."""
    here = [r for r in rows if r["end"] is None or (moment.valid_at is not None and r["end"] > moment.valid_at)]
    for need in sorted({str(row["need"]) for row in rows}):
        section = "needs" if need else "matter"
        yield (section, need, "open"), bool(here)
        yield (section, need, "holders"), [party for row in here for party in holders(row)]
