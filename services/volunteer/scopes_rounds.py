"""Who sees a pairing round: the station that convened it, and those who work for the same unit."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts.visibility import CODED, opens, unit_of
from services.kernel.message import Actor
from services.kernel.scope import Reach, Scope, Way, Where, through, within_code
from services.volunteer.standing import MADE, approvers, everything, who
from services.volunteer.views_rounds import round_pairs, rounds


def _own(actor: Actor) -> Where:
    kept = rounds.c.kept_by == actor.org if actor.org else sa.false()
    return sa.or_(rounds.c.made_by == actor.id, kept)


def _station(actor: Actor) -> Where:
    return within_code(rounds.c.kept_by, unit_of(actor.org), *CODED)


WAYS: dict[str, Way] = {"all": everything, "own": _own, "station": _station}
ROUNDS = Scope(table=rounds, opens=opens, usual="codes", kinds=MADE, ways=WAYS)
ROUND_SCOPES: dict[sa.Table, Scope] = {
    rounds: ROUNDS,
    round_pairs: Scope(
        table=round_pairs, opens=opens, usual="codes", ways=through(ROUNDS, "round_id", round_pairs.c.round_id)
    ),
}


ROUND_REACH = Reach(scope=ROUNDS, who=who, approvers=approvers)
