"""Cuts: where a linear program cheats by halves, three rows show it (subset-row inequalities, Jepsen et al. 2008).

Of any three rows (people or visits) at most one whole bundle can take two; half bundles often do so in circles.
"""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from services.volunteer.planning.bundles import spread
from services.volunteer.planning.master import EPS, Master
from services.volunteer.planning.problem import Floats, Ints

LEAST_VIOLATION = 0.02


def separate(master: Master, most: int = 500) -> Ints:
    """The triples of rows that the present choice violates most, worst first."""
    split = master.split
    share, members = master.share[split], master.members[master.columns[split]]
    rows = np.unique(members.indices)
    rows = rows[~np.isin(rows, master.people + master.together)]
    if not len(rows):
        return np.zeros((0, 3), dtype=np.int64)
    taken = members[:, rows].tocsr()
    both = (taken.T @ sp.diags(share) @ taken).tocsr()
    both.setdiag(0)
    both.eliminate_zeros()
    triples, weight = _triples(both)
    if not len(triples):
        return np.zeros((0, 3), dtype=np.int64)
    three = taken.tocsc()
    inner = three[:, triples[:, 0]].multiply(three[:, triples[:, 1]]).multiply(three[:, triples[:, 2]])
    violation = weight - 2 * np.asarray(inner.T @ share).ravel() - 1
    worst = np.lexsort((*triples.T[::-1], -violation.round(9)))[:most]
    found: Ints = rows[triples[worst[violation[worst] > LEAST_VIOLATION]]]
    return found


def _triples(both: sp.csr_matrix) -> tuple[Ints, Floats]:
    """Triples of rows that bundles take two by two with more than one in all, and with how much."""
    degree = np.diff(both.indptr)
    centre = np.repeat(np.arange(both.shape[0]), degree)
    edge, number = spread(degree[centre])
    other = both.indptr[centre[edge]] + number
    one, two, middle = both.indices[edge], both.indices[other], centre[edge]
    ahead = one < two
    edge, other, one, two, middle = edge[ahead], other[ahead], one[ahead], two[ahead], middle[ahead]
    weight = both.data[edge] + both.data[other] + np.asarray(both[one, two]).ravel()
    heavy = weight > 1 + EPS
    triples = np.sort(np.stack([one[heavy], middle[heavy], two[heavy]], axis=1), axis=1).astype(np.int64)
    triples, first = np.unique(triples, axis=0, return_index=True)
    return triples, weight[heavy][first]
