"""The blind index: by which keyed tokens each record of a person can be found. No event fills it, so no rebuild empties it."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from services.intake.likeness import MOST
from services.kernel.view import Change, drop, put

KEPT = sa.MetaData()

likeness = sa.Table(
    "likeness", KEPT,
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("rule", sa.String, nullable=False),
    sa.Column("token", sa.String, nullable=False),
    sa.Index("likeness_token", "token"),
)  # fmt: skip
"""A row a token; `place` counts them, so that a record's rows are known without looking, and can all be taken away."""


def kept(person_id: UUID, tokens: list[tuple[str, str]], before: int = 0) -> list[Change]:
    """A record is found by these tokens, of which each has its rule, and by no others that there were before."""
    rows = [put(likeness, person_id, n, rule=rule, token=token) for n, (rule, token) in enumerate(tokens)]
    return [*rows, *(drop(likeness, person_id, n) for n in range(len(tokens), before))]


def forgotten(person_id: UUID) -> list[Change]:
    """A record is found by nothing any more (INV-35)."""
    return [drop(likeness, person_id, n) for n in range(MOST)]
