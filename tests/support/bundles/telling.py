"""A story that is told in such a ledger."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.support.bundles.given import ORIGIN, OURS, Files
from tests.support.bundles.hashing import sha, url64
from tests.support.bundles.ledger import Ledger, disclosure

MATTER = "0190d3a0-0000-7000-8000-000000000001"
OTHER = "0190d3a0-0000-7000-8000-000000000002"
CONSENT = "0190d3a0-0000-7000-8000-000000000003"
NO_CONSENT = "0190d3a0-0000-7000-8000-00000000dead"
STATION, TEAM, WORKER = "community:220104004001", "team:0190d3a0", "worker:w-1"


def moved(act: str, giver: str, *takers: str) -> dict[str, Any]:
    """A handoff as events hold it."""
    return {"act": act, "giver": giver, "takers": list(takers), "matter_id": MATTER, "need_id": None}


def story(length: int = 40, seed: int = 7, programs: Files = OURS, origin: str = ORIGIN) -> tuple[Ledger, list[str]]:
    """A matter among others, with its disclosures: a request, a case, a consent, an offer, visits; and a child's file."""
    random = Random(seed)
    ledger, texts = Ledger(origin, programs=programs), [disclosure(f"field{i}", f"小伟{i}", random) for i in range(6)]
    digests = [url64(sha(text.encode())) for text in texts]
    ledger.publish()

    def mine(publisher: str, stream: str, type_: str, **data: Any) -> None:
        ledger.say(publisher, stream, type_, {"matter_id": MATTER, **data}, effectiveat="2026-03-01T09:30:00+08:00")

    request, case, referral = f"help-request/{MATTER}", "case/c1", "referral/r1"
    mine("intake", request, "help-request.received", handoff=moved("taken", "unknown", STATION), sealed=digests[:2])
    mine("intake", request, "help-request.triaged", handoff=None)
    ledger.say("intake", f"consent/{CONSENT}", "consent.granted", {"consent_id": CONSENT, "sealed": digests[2:3]})
    mine("intake", case, "case.opened", handoff=moved("taken", STATION, WORKER), sealed=[])
    mine("referral", referral, "referral.offered", consent_id=CONSENT, handoff=moved("offered", WORKER, TEAM))
    mine("referral", referral, "referral.accepted", consent_id=CONSENT, handoff=moved("taken", WORKER, TEAM))
    mine("referral", "referral/r2", "referral.drafted", consent_id=NO_CONSENT)
    ledger.say("intake", "safeguarding/s1", "safeguarding.concern-raised", {"matter_id": MATTER, "sealed": digests[5:]})
    while len(ledger.said) < length - 4:
        turn = random.randrange(5)
        if turn < 2:
            mine("volunteer", "task/t1", "task.visited", sealed=[url64(random.randbytes(32))])
        else:
            ledger.say("intake", f"case/o{turn}", "case.visited", {"matter_id": OTHER})
    mine("intake", case, "case.progress-evaluated", sealed=digests[3:5])
    ledger.say("intake", f"consent/{CONSENT}", "consent.withdrawn", {"consent_id": CONSENT})
    mine("referral", referral, "referral.closed", handoff=moved("released", TEAM, WORKER))
    mine("audit", "replay/1", "case.replayed", view="custody")
    return ledger, texts[:5]
