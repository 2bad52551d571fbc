"""Several needs of one household: the fewest organizations that take them all, and one of them as the lead.

Every door that a family must knock at costs it strength, so their number counts before days do. Needs that nobody can
take stay open and are said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.referral.domain.routing.candidates import Candidate

MOST_NEEDS = 10
"""More needs than this are not weighed against each other at once."""


@dataclass(frozen=True, kw_only=True)
class Share:
    """What one organization would take."""

    organization_id: UUID
    needs: tuple[UUID, ...]
    lead: bool = False


@dataclass(frozen=True, kw_only=True)
class Together:
    """Who would take what, the lead first, and what nobody can take."""

    shares: tuple[Share, ...]
    open: tuple[UUID, ...]


Fits = dict[UUID, dict[UUID, Candidate]]
"""By organization: the needs that it can take."""


def together(needs: Mapping[UUID, Sequence[Candidate]]) -> Together:
    """The fewest organizations, exactly; among as few, those from whom a yes is expected soonest."""
    fits = _fits(needs)
    coverable = sorted({need for taken in fits.values() for need in taken}, key=str)
    chosen = _fewest(coverable, fits)
    shared = _shared(coverable, chosen, fits)
    lead = min(shared, key=lambda one: (-len(shared[one]), _days(one, shared[one], fits), str(one)), default=None)
    shares = [Share(organization_id=one, needs=taken, lead=one == lead) for one, taken in shared.items()]
    shares.sort(key=lambda share: (not share.lead, -len(share.needs), str(share.organization_id)))
    return Together(shares=tuple(shares), open=tuple(need for need in needs if need not in coverable))


def _fits(needs: Mapping[UUID, Sequence[Candidate]]) -> Fits:
    found: Fits = {}
    for need, candidates in needs.items():
        for candidate in candidates:
            if candidate.fits:
                found.setdefault(candidate.organization_id, {})[need] = candidate
    return found


def _fewest(needs: Sequence[UUID], fits: Fits) -> tuple[UUID, ...]:
    """Set by set of needs: with which organizations it is covered by the fewest, and soonest."""
    best: dict[frozenset[UUID], tuple[int, float, tuple[UUID, ...]]] = {frozenset(): (0, 0.0, ())}
    every = frozenset(needs)
    for covered in _subsets_in_order(every):
        if covered not in best or covered == every:
            continue
        number, days, chosen = best[covered]
        first = next(need for need in needs if need not in covered)
        for one in sorted(fits, key=str):
            if first in fits[one] and one not in chosen:
                taken = _takes(one, every - covered, first, fits)
                reached = covered | frozenset(taken)
                step = (number + 1, days + _days(one, taken, fits), (*chosen, one))
                best[reached] = min(best.get(reached, step), step, key=lambda s: (s[0], s[1], [str(i) for i in s[2]]))
    return best.get(every, (0, 0.0, ()))[2]


def _subsets_in_order(every: frozenset[UUID]) -> list[frozenset[UUID]]:
    """All sets of needs, the smaller before the larger."""
    sets = [frozenset[UUID]()]
    for need in sorted(every, key=str):
        sets += [one | {need} for one in sets]
    return sorted(sets, key=len)


def _takes(one: UUID, left: frozenset[UUID], first: UUID, fits: Fits) -> tuple[UUID, ...]:
    """What it takes of these: this one first, then as many as it has room for, the soonest first."""
    mine = sorted((n for n in left if n in fits[one] and n != first), key=lambda n: (fits[one][n].days, str(n)))
    return _within_room(one, (first, *mine), fits)


def _within_room(one: UUID, wanted: Sequence[UUID], fits: Fits) -> tuple[UUID, ...]:
    """These needs in order, as far as each offering has free places."""
    taken: list[UUID] = []
    used: dict[UUID, int] = {}
    for need in wanted:
        candidate = fits[one][need]
        offering, room = candidate.found.offering.offering_id, candidate.room
        if room is None or used.get(offering, 0) < room:
            used[offering] = used.get(offering, 0) + 1
            taken.append(need)
    return tuple(taken)


def _shared(needs: Sequence[UUID], chosen: Sequence[UUID], fits: Fits) -> dict[UUID, tuple[UUID, ...]]:
    """Each need to one of the chosen, in the order in which they were chosen."""
    left, shared = frozenset(needs), dict[UUID, tuple[UUID, ...]]()
    for one in chosen:
        first = next((need for need in needs if need in left), None)
        if first is not None:
            shared[one] = _takes(one, left, first, fits)
            left -= frozenset(shared[one])
    return shared


def _days(one: UUID, taken: Sequence[UUID], fits: Fits) -> float:
    return sum(fits[one][need].days for need in taken)
