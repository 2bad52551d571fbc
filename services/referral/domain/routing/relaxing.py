"""When nobody is left: what one could do, cheapest first, each tried by looking again with that one rule relaxed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from services.referral.domain.routing.candidates import Asked, Candidate, Found, candidates
from services.referral.domain.routing.weights import WEIGHTS, Weights

MOST = 3
"""So many relaxations are named, and so many organizations for each."""


@dataclass(frozen=True, kw_only=True)
class Relaxation:
    """A rule that could be relaxed, and who could take the need then."""

    code: str
    candidates: tuple[Candidate, ...]


def relaxations(asked: Asked, network: Iterable[Found], weights: Weights = WEIGHTS) -> list[Relaxation]:
    """The three cheapest that leave somebody, by what they cost and how soon a yes is expected then.

    What protects the person is never relaxed: suspension, clearance, an open dispute.
    """
    found = list(network)
    tried = [(code, _without(code, candidates(asked, found, weights))) for code in weights.relaxing]
    costed = [
        (weights.relaxing[code] + left[0].days, Relaxation(code=code, candidates=left)) for code, left in tried if left
    ]
    costed.sort(key=lambda one: (one[0], one[1].code))
    return [relaxation for _, relaxation in costed[:MOST]]


def _without(code: str, judged: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Those who would fit if this rule did not count, soonest first."""
    relaxed = [replace(one, against=tuple(rule for rule in one.against if _family(rule) != code)) for one in judged]
    left = [one for one in relaxed if one.fits and _still_offers(one, code)]
    return tuple(sorted(left, key=lambda one: (one.days, one.found.code)))[:MOST]


def _still_offers(candidate: Candidate, code: str) -> bool:
    """Whoever offers none of what is asked for is no help, however the need is split."""
    return code != "service-not-offered" or any(reason.code == "offers-service" for reason in candidate.reasons)


def _family(rule: str) -> str:
    return rule.partition(".")[0]
