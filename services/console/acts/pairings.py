"""What can be done with a lasting promise: make it out of a referral or an agreement, say who guides it, what was kept, end it.

One to one it is part of somebody's matter; between a school and a community it is a matter of its own (INV-25).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from services.console.acts.act import Act, Circumstances, Field, many, one, pick, plain
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


SCHOOL = "school_community"
MENTORS = ("community", "academy")
REPORTS = ("written", "presentation", "unknown")


def of_school(at: Circumstances) -> dict[str, Any]:
    """A pair of a community and a college is of this kind."""
    return {"kind": SCHOOL}


def both_units(body: dict[str, Any]) -> dict[str, Any]:
    """Its units are the community, which holds it, and the college."""
    told = {name: value for name, value in body.items() if name != COLLEGE}
    return told | {"units": [unit for unit in (body.get("holder"), body.get(COLLEGE)) if unit]}


def _pairing(command: type, path: str, event: str, *fields: Field, **more: Any) -> Act:
    return Act(command=command, of="pairing", service="volunteer", path=f"/pairings/{{id}}/{path}", event=event,
               states=("active",), fields=fields, **more)  # fmt: skip


COLLEGE = "college"
SCHOOLS = (
    Act(command=public.FormPairing, of="station", service="volunteer", path="/pairings", event="pairing.formed",
        states=("open",), given=of_school, shape=both_units, begins=True, title="act.school-pair", fields=(
            replace(pick("holder", "communities", needed=True), label="pair_holder"),
            pick(COLLEGE, "colleges", needed=True), pick("parties", "pairs", needed=True),
            Field(name="parties", kind="members", label="student"), pick("convener", "conveners"),
            pick("agreement_id", "agreements"), plain("formed_on", "day"))),
    _pairing(public.AssignMentor, "mentors", "pairing.mentor-assigned",
             one("mentor_kind", codes=MENTORS, words="mentor-kind", needed=True), pick("unit", "units", needed=True),
             pick("mentor", "workers"), given=lambda at: {"mentor": "unknown"}),
    _pairing(public.SupervisePairing, "supervisions", "pairing.supervised",
             Field(name="mentor_kinds", kind="many", codes=MENTORS, words="mentor-kind", needed=True),
             plain("supervised_on", "day", needed=True)),
    _pairing(public.LinkPairingCase, "case", "pairing.case-linked", pick("case_id", "cases", needed=True)),
    _pairing(public.ReportPairing, "reports", "pairing.reported", pick("to_org", "units", needed=True),
             one("form_code", codes=REPORTS, words="report-form", needed=True, start="unknown")),
    _pairing(public.WaiveCommitment, "waivers", "pairing.commitment-waived",
             one("commitment_code", COMMITMENT, needed=True), one("reason_code", codes.REASON, needed=True)),
)  # fmt: skip


def by_giver(body: dict[str, Any]) -> dict[str, Any]:
    """Where one party alone binds itself, it gives all that is promised (INV-26)."""
    if len(parties := body.get("parties", ())) != 1:
        return body
    return body | {"commitments": [{"giver": parties[0], **each} for each in body.get("commitments", ())]}


PAIRINGS = (
    *SCHOOLS,
    Act(command=public.FormPairing, of="referral", service="volunteer", path="/pairings", event="pairing.formed",
        states=("accepted", "in-service"), given=to_pair, shape=by_giver, fields=(
            pick("parties", "helpers", needed=True), many("commitments", COMMITMENT, needed=True, as_="code"),
            plain("with_minor", "yes"))),
    Act(command=public.FulfilCommitment, of="pairing", service="volunteer", path="/pairings/{id}/fulfilments",
        event="pairing.commitment-fulfilled", states=("active",), main=True, fields=(
            one("commitment_code", COMMITMENT, needed=True), plain("evidence_ref", "text", needed=True))),
    Act(command=public.EndPairing, of="pairing", service="volunteer", path="/pairings/{id}/end", event="pairing.ended",
        states=("active",), fields=(
            one("result", codes=RESULTS, words="pairing-result", needed=True), one("reason_code", codes.REASON))),
)  # fmt: skip
