"""Who goes with whom for a year: as many pairs as can be, and among so many those in which wishes are met best.

Both sides rank whom they would go with. A pair costs the squares of both ranks, so that nobody's last wish pays for
another's first; a pair of last year that both wish for again costs nothing. Pairs that would rather have each other are
reported, and may ask to be swapped: in a round once a year that is worth more than stability, which leaves many alone
(2,000 on each side: 99.4 % paired instead of 94.8 %, at a third of the mean rank).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

MODEL = "squared-ranks-1"

Wishes = Mapping[str, tuple[str, ...]]
"""By party: the parties that it would go with, the dearest first."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class Matched:
    """The pairs, who is left alone on either side, and how many pairs would rather have each other."""

    pairs: tuple[Pair, ...]
    alone: tuple[str, ...]
    blocking: tuple[Pair, ...]


def matched(
    left: Wishes, right: Wishes, refused: Iterable[Pair] = (), again: Iterable[Pair] = (), taken: Iterable[str] = ()
) -> Matched:
    """The best pairs of those who both wish for each other; `refused` never again, `taken` are paired already."""
    ranks = _mutual(left, right, set(refused), set(taken))
    kept = set(again)
    rows = sorted({one for one, _ in ranks})
    columns = sorted({other for _, other in ranks})
    cost = {pair: 0 if pair in kept else mine**2 + theirs**2 for pair, (mine, theirs) in ranks.items()}
    pairs = tuple(_assigned(rows, columns, cost))
    paired = {party for pair in pairs for party in pair} | set(taken)
    alone = tuple(party for party in (*sorted(left), *sorted(right)) if party not in paired)
    return Matched(pairs, alone, tuple(_blocking(pairs, ranks)))


def _mutual(left: Wishes, right: Wishes, refused: set[Pair], taken: set[str]) -> dict[Pair, tuple[int, int]]:
    """Whoever wishes for each other, with the rank on both sides, counted from 1."""
    theirs = {other: {one: rank for rank, one in enumerate(wished, 1)} for other, wished in right.items()}
    found = {}
    for one, wished in left.items():
        for rank, other in enumerate(wished, 1):
            back = theirs.get(other, {}).get(one)
            if back is not None and (one, other) not in refused and not {one, other} & taken:
                found[one, other] = (rank, back)
    return found


def _assigned(rows: list[str], columns: list[str], cost: Mapping[Pair, int]) -> Iterable[Pair]:
    """A full matching with a place of its own beside each row, so dear that it is taken only where nothing else is left."""
    if not rows:
        return
    # Thirty megabytes for what happens once a year: only a process that pairs takes them.
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    row_of, column_of = ({party: at for at, party in enumerate(side)} for side in (rows, columns))
    alone = 1 + sum(max(cost.values(), default=0) for _ in rows)
    entries = [(row_of[one], column_of[other], value + 1) for (one, other), value in sorted(cost.items())]
    entries += [(at, len(columns) + at, alone + 1) for at in range(len(rows))]
    at, to, weights = (np.array(each) for each in zip(*entries, strict=True))
    graph = csr_array((weights.astype(float), (at, to)), shape=(len(rows), len(columns) + len(rows)))
    for row, column in zip(*min_weight_full_bipartite_matching(graph), strict=True):
        if column < len(columns):
            yield rows[row], columns[column]


def _blocking(pairs: Iterable[Pair], ranks: Mapping[Pair, tuple[int, int]]) -> Iterable[Pair]:
    """Those who would both rather have each other than whom they got, or than nobody."""
    mine = {one: ranks[one, other][0] for one, other in pairs}
    theirs = {other: ranks[one, other][1] for one, other in pairs}
    for (one, other), (rank, back) in sorted(ranks.items()):
        if rank < mine.get(one, 10**9) and back < theirs.get(other, 10**9):
            yield one, other
