"""Pairing rounds as they are shown: the round, what each has wished, and who is proposed to whom."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from services.contracts.volunteer import (
    PairConfirmed,
    PairDeclined,
    PairingRoundOpened,
    PairsProposed,
    SwapRequested,
    WishesStated,
)
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put
from services.volunteer.view_tables import METADATA

rounds = sa.Table(
    "pairing_rounds", METADATA,
    sa.Column("round_id", sa.Uuid, primary_key=True),
    sa.Column("version", sa.BigInteger),
    sa.Column("kind", sa.String),
    sa.Column("year", sa.Integer, index=True),
    sa.Column("answer_by", sa.DateTime(timezone=True)),
    sa.Column("proposals", sa.Integer),
    sa.Column("blocking", sa.Integer),
    sa.Column("alone", sa.Integer),
    sa.Column("settled", sa.Integer),
    sa.Column("swaps", sa.Integer),
    sa.Column("made_by", sa.String),
    sa.Column("kept_by", sa.String),
)  # fmt: skip

wishes = sa.Table(
    "pairing_wishes", METADATA,
    sa.Column("round_id", sa.Uuid, primary_key=True),
    sa.Column("party", sa.String, primary_key=True),
    sa.Column("side", sa.String),
    sa.Column("wishes", sa.JSON),
)  # fmt: skip

round_pairs = sa.Table(
    "pairing_round_pairs", METADATA,
    sa.Column("round_id", sa.Uuid, primary_key=True),
    sa.Column("one", sa.String, primary_key=True),
    sa.Column("other", sa.String, primary_key=True),
    sa.Column("state", sa.String, index=True),
    sa.Column("again", sa.Boolean),
)  # fmt: skip
"""`proposed`, `settled`, `declined` or `swapped`; the two stand in the order in which they were proposed."""


def about_round(recorded: Recorded, round_id: UUID) -> Iterable[Change]:
    """The rows that an event of a round changes."""
    event = recorded.event
    made = {"made_by": recorded.actor.id, "kept_by": recorded.actor.org} if recorded.version == 1 else {}
    yield put(rounds, round_id, version=recorded.version, **made)
    match event:
        case PairingRoundOpened():
            yield put(rounds, round_id, kind=event.kind, year=event.year, answer_by=event.answer_by, settled=0, swaps=0)
        case WishesStated():
            yield put(wishes, round_id, event.party, side=event.side, wishes=list(event.wishes))
        case PairsProposed():
            yield put(rounds, round_id, proposals=event.number, blocking=event.blocking, alone=event.alone)
            for pair in event.pairs:
                yield put(round_pairs, round_id, pair.one, pair.other, state="proposed", again=pair.again)
        case PairConfirmed(settled=True):
            yield add(rounds, round_id, settled=1)
            yield put(round_pairs, round_id, event.one, event.other, state="settled")
        case PairDeclined():
            yield put(round_pairs, round_id, event.one, event.other, state="declined")
        case SwapRequested():
            yield add(rounds, round_id, swaps=1, settled=-1)
            yield put(round_pairs, round_id, event.one, event.other, state="swapped")
        case _:
            return
