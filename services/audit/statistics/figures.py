"""Figures: every indicator of a month at a station, as known at a size of the ledger, opened down to its events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from services.audit.entries import read
from services.audit.ledger import micros, written
from services.audit.statistics.held import EVER, Counted, Held, Period, held
from services.audit.statistics.indicators import INDICATORS, Indicator
from services.audit.statistics.lines import Line
from services.audit.tables import entry
from services.contracts.audit import FigureLine
from services.kernel.manifest import Look

Side = Literal["value", "of", "unknown"]
SIDES: tuple[Side, ...] = ("value", "of", "unknown")


@dataclass(frozen=True)
class Figure:
    """One line of an indicator, with everything that made it."""

    indicator: Indicator
    line: Line

    @property
    def key(self) -> tuple[str, str]:
        """The indicator's code and the line's part."""
        return self.indicator.code, self.line.part

    @property
    def said(self) -> FigureLine:
        """As reports and answers have it."""
        line = self.line
        return FigureLine(
            indicator=self.indicator.code,
            part=line.part or None,
            value=line.value,
            of=line.of,
            unknown=line.unknown,
            things=line.things,
        )


def figures(
    look: Look, station: str, period: Period, size: int, *, restricted: bool = False, only: Iterable[str] = ()
) -> list[Figure]:
    """The figures of a month at a station (empty: the hub), as known when the ledger had so many entries."""
    wanted = [INDICATORS[code] for code in only] or list(INDICATORS.values())
    chosen = [indicator for indicator in wanted if restricted or not indicator.restricted]
    found = held(look, reach(chosen), station, period, size)
    return [figure for indicator in chosen for figure in evaluated(indicator, found)]


def evaluated(indicator: Indicator, found: Held) -> list[Figure]:
    """The lines of one indicator."""
    return [Figure(indicator, line) for line in indicator.evaluate(found)]


def reach(indicators: Iterable[Indicator]) -> dict[str, str]:
    """The measures that are read, each as far as the one that looks furthest needs it."""
    found: dict[str, str] = {}
    for indicator in indicators:
        for measure, how in indicator.reach.items():
            found[measure] = EVER if EVER in (how, found.get(measure)) else how
    return found


# --- drill-down -------------------------------------------------------------------------------------------------------


def made_of(line: Line, side: Side) -> Sequence[Counted]:
    """The rows behind one side of a line."""
    return {"value": line.made, "of": line.of_made, "unknown": line.unknown_made}[side]


def entries_of(rows: Iterable[Counted]) -> list[int]:
    """The entries that rows were made by, in the ledger's order."""
    return sorted({idx for row in rows for idx in (row.entry, row.also) if idx is not None})


def events(look: Look, indices: Sequence[int]) -> list[dict[str, Any]]:
    """Entries as a drill-down lists them: where they stand, of which matter, stream and type, and both times; never whose."""
    c = entry.c
    query = (
        sa.select(c.idx, c.rt, c.raw, c.vt, c.publisher, c.position, c.matter_id)
        .where(c.idx.in_(indices))
        .order_by(c.idx)
    )
    return [_event(row) for row in look.run(query)] if indices else []


def _event(row: Mapping[str, Any]) -> dict[str, Any]:
    envelope = read(dict(row)).envelope
    return {
        "entry": row["idx"],
        "publisher": row["publisher"],
        "position": row["position"],
        "id": str(envelope.id),
        "stream": envelope.subject,
        "matter_id": None if row["matter_id"] is None else str(row["matter_id"]),
        "type": envelope.type,
        "effective_at": None if row["vt"] is None else written(row["vt"]),
        "effective_precision": envelope.effectiveprecision,
        "recorded_at": written(micros(envelope.time)),
        "corrects": None if envelope.corrects is None else str(envelope.corrects),
    }
