"""What a time machine is drawn from: the moments of both times, the lanes of custody, and the entries by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from services.audit import archive
from services.audit.entries import Entry, read
from services.audit.language import facts_of, restricted
from services.audit.ledger import written
from services.audit.moments import turns
from services.audit.moments.reading import Moment, chain
from services.audit.moments.state import stretch
from services.audit.replay import DAY
from services.audit.tables import entry
from services.contracts.words import SOCIETIES
from services.kernel.manifest import Look

AT_ONCE = 400


def moments(look: Look, matter_id: UUID, moment: Moment) -> dict[str, Any]:
    """Every entry of the matter with both its moments, the societies' lanes, and every stretch of custody in them.

    `known` is in the order in which things became known: with `size` as the moment of knowledge its entry is known.
    `valid` are the moments in the world at which something changed, each once, in their order.
    """
    told = [e for e in _entries(look, matter_id, moment) if turns.told(e)]
    placed = turns.placed(told)
    return {
        "known": [_known(each, at) for each, at in placed],
        "valid": [written(at) for at in sorted({at for _, at in placed})],
        "lanes": [*SOCIETIES, "outside"],
        "custody": [stretch(row) for row in chain(look, matter_id, moment)],
    }


def _entries(look: Look, matter_id: UUID, moment: Moment) -> list[Entry]:
    found = archive.entries_of(look, matter_id, restricted=moment.unsealed)
    return [each for each in found if each.idx < moment.size]


def _known(each: Entry, at: int) -> dict[str, Any]:
    return {
        "entry": each.idx,
        "size": each.idx + 1,
        "known_at": written(each.rt),
        "at": written(at),
        "precision": each.precision,
        "late_days": max(0, (each.rt - at) // DAY),
        "type": each.type,
        "zh": each.facts.zh,
        "en": each.facts.en,
        "moves": each.facts.moves or each.said.handoff is not None,
    }


def named(look: Look, found: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Differences, with the entries that made them by type, publisher and time."""
    wanted = sorted({idx for each in found for idx in each["entries"]})
    return {"differences": list(found), "entries": [row for some in _chunks(wanted) for row in _named(look, some)]}


def _chunks(values: Sequence[int]) -> Iterable[Sequence[int]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _named(look: Look, some: Sequence[int]) -> list[dict[str, Any]]:
    query = sa.select(entry.c.idx, entry.c.rt, entry.c.raw).where(entry.c.idx.in_(some)).order_by(entry.c.idx)
    return [_line(read(row)) for row in look.run(query)]


def _line(each: Entry) -> dict[str, Any]:
    facts, envelope = facts_of(each.type), each.envelope
    hidden = each.type in restricted()
    return {
        "entry": each.idx,
        "known_at": written(each.rt),
        "at": None if each.vt is None else written(each.vt),
        "precision": each.precision,
        "type": each.type,
        "zh": facts.zh,
        "en": facts.en,
        "publisher": envelope.publisher,
        "position": envelope.position,
        "stream": envelope.subject,
        "actor": None if hidden else {"id": envelope.actorid, "role": envelope.actorrole, "org": envelope.actororg},
    }
