"""The heads that were signed, as they are stored. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from services.audit.tables import checkpoint
from services.kernel.manifest import Look


@dataclass(frozen=True, slots=True)
class Signed:
    """A head that was signed: the note with the log's own signatures, and when that was, in microseconds since 1970."""

    size: int
    root: bytes
    note: bytes
    signed_at: int


def latest(look: Look) -> Signed | None:
    """The last one, if there is any."""
    return _first(look, sa.select(checkpoint).order_by(checkpoint.c.size.desc()).limit(1))


def at(look: Look, size: int) -> Signed | None:
    """The one of this size."""
    return _first(look, sa.select(checkpoint).where(checkpoint.c.size == size))


def covering(look: Look, index: int) -> Signed | None:
    """The first one under which this entry lies."""
    return _first(look, sa.select(checkpoint).where(checkpoint.c.size > index).order_by(checkpoint.c.size).limit(1))


def _first(look: Look, query: sa.Select[tuple[object, ...]]) -> Signed | None:
    for row in look.run(query):
        return Signed(row["size"], bytes(row["root"]), bytes(row["note"]), row["signed_at"])
    return None
