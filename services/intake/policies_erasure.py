"""Whenever it is decided that a person's data go or rest, consents end and receivers are told. Pure."""

from __future__ import annotations

from services.contracts import intake as public
from services.intake import same
from services.intake import tables as t
from services.intake.domain import consent, disclosure
from services.intake.domain.erasure import SEALED
from services.kernel.manifest import Do, Look


def on_decision(event: public.ErasureDecided, look: Look) -> list[Do]:
    """Nothing that the person once allowed goes on, and whoever was given something deletes it or says why not."""
    fates = {decision.fate for decision in event.decisions if decision.kind in SEALED}
    if not fates - {"refused"}:
        return []
    records = same.records_of(look, event.person_id)
    disclosed = [row for record in records for row in look.all(t.disclosures, person_id=record)]
    given = [row for row in disclosed if row["state"] != "refused"]
    told = (
        [Do(disclosure.DECIDER, row["disclosure_id"], public.DemandDeletion(reason_code="erased")) for row in given]
        if "erased" in fates
        else [
            Do(disclosure.DECIDER, row["disclosure_id"], public.RevokeIdentityAccess(reason_code="erased"))
            for row in given
            if row["state"] == "live"
        ]
    )
    ended = [
        Do(consent.DECIDER, row["consent_id"], public.WithdrawConsent(by="agent"))
        for record in records
        for row in look.all(t.consents, person_id=record, state="granted")
    ]
    return [*told, *ended]
