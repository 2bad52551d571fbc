"""Monthly reports: what is sealed, how it is hashed, and which events changed what an earlier report said. Pure."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from services.audit.statistics.figures import SIDES, Figure, made_of
from services.audit.statistics.held import Counted
from services.audit.statistics.lines import Line
from services.audit.statistics.shown import key_of
from services.contracts.audit import Adjustment, FigureLine, NamedEvent
from services.kernel.contract import canonical

EVENTS_NAMED = 50

Changes = Mapping[str, tuple[int, ...]]
"""By the subject of a merger or a death, the entries that said so or took it back."""


def hash_of(
    month: str, station: str | None, size: int, root: str, definitions: str, lines: Sequence[FigureLine]
) -> str:
    """The hash by which a report's figures are known: whoever has them can compute it again."""
    said = {
        "month": month, "station": station, "size": size, "root": root, "definitions": definitions, "figures": lines,
    }  # fmt: skip
    return urlsafe_b64encode(sha256(canonical(said)).digest()).rstrip(b"=").decode()


# --- what has changed since -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Difference:
    """A line that is not what it was; one side is None where it came up, or is gone."""

    indicator: str
    part: str
    before: FigureLine | None
    after: FigureLine | None


def changed(stated: Iterable[FigureLine], now: Iterable[FigureLine]) -> list[Difference]:
    """The lines that are not what they were."""
    before, after = {key_of(line): line for line in stated}, {key_of(line): line for line in now}
    keys = dict.fromkeys((*before, *after))
    return [Difference(*key, before.get(key), after.get(key)) for key in keys if before.get(key) != after.get(key)]


def causes(then: Figure | None, now: Figure | None, people: Changes) -> list[int]:
    """The entries that made the difference: they made rows count, or ended that, or changed who is whom or who lived."""
    before, after = _rows(then), _rows(now)
    found = {row.known_from for key, row in after.items() if key not in before}
    found |= {row.known_until for key, row in before.items() if key not in after and row.known_until is not None}
    if any(figure is not None and figure.line.subjects for figure in (then, now)):
        subjects = {row.subject for row in (*before.values(), *after.values())}
        found |= {idx for subject in subjects for idx in people.get(subject, ())}
    return sorted(found)


def _rows(figure: Figure | None) -> dict[tuple[str, int, int], Counted]:
    if figure is None:
        return {}
    line: Line = figure.line
    return {(row.unit, row.known_from, row.n): row for side in SIDES for row in made_of(line, side)}


def adjustment(month: str, said: Difference, events: Sequence[dict[str, Any]], definitions: bool) -> Adjustment:
    """One 调整数 line, naming the events that made the difference."""
    named = tuple(
        NamedEvent(
            entry=e["entry"], publisher=e["publisher"], position=e["position"], type=e["type"], event_id=UUID(e["id"])
        )
        for e in events[:EVENTS_NAMED]
    )
    return Adjustment(
        month=month, indicator=said.indicator, part=said.part or None, before=said.before, after=said.after,
        cause="definitions" if definitions and not events else "events", events_count=len(events), events=named,
    )  # fmt: skip
