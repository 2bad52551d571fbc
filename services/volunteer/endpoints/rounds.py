"""A year's pairing: wishes are taken, pairs proposed, and each of the two agrees or does not."""

from __future__ import annotations

from typing import Any

from services.contracts import volunteer as public
from services.kernel.entrypoints import Log, Request, asks, http, lists, shows
from services.kernel.errors import NotFound
from services.volunteer.domain import pairing_round
from services.volunteer.endpoints.callers import STATION
from services.volunteer.matching.pairs import MODEL, Matched, matched
from services.volunteer.scopes_rounds import ROUNDS
from services.volunteer.view_tables import pairing_parties, pairings
from services.volunteer.views_rounds import round_pairs, rounds, wishes


class Rounds:
    """Once a year those who want to be paired are."""

    log: Log

    open_round = asks("POST", "/pairing-rounds", public.OpenPairingRound, of=pairing_round.DECIDER, roles=STATION)
    state_wishes = asks(
        "POST", "/pairing-rounds/{id}/wishes", public.StateWishes, of=pairing_round.DECIDER, roles=STATION
    )
    confirm = asks(
        "POST", "/pairing-rounds/{id}/confirmations", public.ConfirmPair, of=pairing_round.DECIDER, roles=STATION
    )
    decline = asks("POST", "/pairing-rounds/{id}/declines", public.DeclinePair, of=pairing_round.DECIDER, roles=STATION)
    swap = asks("POST", "/pairing-rounds/{id}/swaps", public.RequestSwap, of=pairing_round.DECIDER, roles=STATION)
    one_round = shows("/pairing-rounds/{id}", rounds, roles=STATION)
    all_rounds = lists("/pairing-rounds", rounds, by=("year", "kind"), roles=STATION)
    all_pairs = lists("/pairing-round-pairs", round_pairs, by=("round_id", "one", "other", "state"), roles=STATION)

    @http(
        "POST",
        "/pairing-rounds/{id}/proposal",
        roles=STATION,
        says="the pairs that are proposed, and who is left alone",
    )
    def propose(self, request: Request) -> dict[str, Any]:
        """Propose the best pairs of those who are free; whoever declined somebody is not proposed to that one again."""
        round_id = request.path["id"]
        if self.log.seen(request, ROUNDS, round_id) is None:
            raise NotFound("no such round")
        found, again = self._matched(round_id)
        pairs = tuple(
            public.ProposedPair(one=one, other=other, again=(one, other) in again) for one, other in found.pairs
        )
        command = public.ProposePairs(
            pairs=pairs, blocking=len(found.blocking), alone=len(found.alone), model=MODEL
        )  # fmt: skip
        self.log.ask(pairing_round.DECIDER, round_id, command, request)
        return {
            "items": [{"one": pair.one, "other": pair.other, "again": pair.again} for pair in pairs],
            "alone": list(found.alone), "blocking": [list(pair) for pair in found.blocking], "model": MODEL,
        }  # fmt: skip

    def _matched(self, round_id: Any) -> tuple[Matched, set[tuple[str, str]]]:
        look = self.log.look
        said = {row["party"]: row for row in look.all(wishes, round_id=round_id)}
        left, right = (
            {party: tuple(row["wishes"]) for party, row in said.items() if row["side"] == side}
            for side in ("left", "right")
        )
        pairs = look.all(round_pairs, round_id=round_id)
        refused = {pair for row in pairs if row["state"] in ("declined", "swapped") for pair in _both(row)}
        taken = {
            party for row in pairs if row["state"] in ("proposed", "settled") for party in (row["one"], row["other"])
        }
        again = self._before(set(left), set(right))
        return matched(left, right, refused, again, taken), again

    def _before(self, left: set[str], right: set[str]) -> set[tuple[str, str]]:
        """Those who are a pair already, or were: the same faces, where both wish for it."""
        look, together = self.log.look, dict[Any, list[str]]()
        known = {row["pairing_id"] for row in look.all(pairings)}
        for row in look.all(pairing_parties, role="party"):
            if row["pairing_id"] in known:
                together.setdefault(row["pairing_id"], []).append(row["party"])
        return {
            (one, other)
            for parties in together.values()
            for one in parties
            for other in parties
            if one in left and other in right
        }


def _both(row: dict[str, Any]) -> tuple[tuple[str, str], tuple[str, str]]:
    return (row["one"], row["other"]), (row["other"], row["one"])
