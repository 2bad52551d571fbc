"""What can be done with a lasting promise: make it out of a referral, write down what was kept, end it."""

from __future__ import annotations

from typing import Any

from services.console.acts.act import Act, Circumstances, many, one, pick, plain
from services.console.acts.requests import of_matter
from services.contracts import codes
from services.contracts import volunteer as public
from services.contracts.codes_volunteer import COMMITMENT

RESULTS = ("fulfilled", "partly", "broken_off")


def to_pair(at: Circumstances) -> dict[str, Any]:
    """What a pair says of its matter: whoever answers for the matter goes on answering."""
    known = at.subject.known
    case = {"case_id": str(known["case_id"])} if known.get("case_id") else {}
    matter = {name: value for name, value in of_matter(at).items() if name == "matter_id"}
    holder = str(known.get("origin") or at.request.get("unit") or at.me)
    return {**matter, **case, "referral_id": str(at.subject.id), "kind": "one_to_one", "holder": holder}


PAIRINGS = (
    Act(command=public.FormPairing, of="referral", service="volunteer", path="/pairings", event="pairing.formed",
        states=("accepted", "in-service"), given=to_pair, fields=(
            pick("parties", "helpers", needed=True), many("commitments", COMMITMENT, needed=True, as_="code"),
            plain("with_minor", "yes"))),
    Act(command=public.FulfilCommitment, of="pairing", service="volunteer", path="/pairings/{id}/fulfilments",
        event="pairing.commitment-fulfilled", states=("active",), main=True, fields=(
            one("commitment_code", COMMITMENT, needed=True), plain("evidence_ref", "text", needed=True))),
    Act(command=public.EndPairing, of="pairing", service="volunteer", path="/pairings/{id}/end", event="pairing.ended",
        states=("active",), fields=(
            one("result", codes=RESULTS, words="pairing-result", needed=True), one("reason_code", codes.REASON))),
)  # fmt: skip
