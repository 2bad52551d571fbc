"""What was written down for organizations, and what they said of it afterwards: the will of one in the hand of another."""

from __future__ import annotations

import sqlalchemy as sa

from services.contracts import referral as public
from services.kernel.message import Recorded
from services.kernel.view import Change, put
from services.referral.views.tables import METADATA

told = sa.Table(
    "told_answers",
    METADATA,
    sa.Column("offer_id", sa.Uuid, primary_key=True),
    sa.Column("answer", sa.String(32), primary_key=True),
    sa.Column("referral_id", sa.Uuid, index=True),
    sa.Column("matter_id", sa.Uuid, index=True),
    sa.Column("organization_id", sa.Uuid, index=True),
    sa.Column("standing", sa.String(32), index=True),
    sa.Column("behalf", sa.String(160)),
    sa.Column("evidence_kind", sa.String(64)),
    sa.Column("evidence_ref", sa.String(160)),
    sa.Column("told_by", sa.String(160)),
    sa.Column("told_at", sa.DateTime(timezone=True)),
    sa.Column("reason_code", sa.String(64)),
    sa.Column("spoken_at", sa.DateTime(timezone=True)),
)
"""An answer that a station wrote down: who wrote it, on what evidence, and whether the organization stands by it."""

ANSWERS: dict[type, public.Answer] = {
    public.ReferralAccepted: "acceptance",
    public.OfferDeclined: "refusal",
    public.ServiceStarted: "start",
    public.ReferralReturned: "return",
    public.ReferralRerouted: "return",
    public.OutcomeReported: "outcome",
}


def project(recorded: Recorded) -> list[Change]:
    """Which answers were written down, confirmed or denied by an event."""
    match recorded.event:
        case public.AnswerConfirmed() as event:
            spoken = {"standing": "confirmed", "spoken_at": recorded.happened_at}
            return [put(told, event.offer_id, answer, **spoken) for answer in event.answers]
        case public.AnswerDisputed() as event:
            spoken = {"standing": "disputed", "spoken_at": recorded.happened_at, "reason_code": event.reason_code}
            return [put(told, event.offer_id, event.answer, **spoken)]
        case event if type(event) in ANSWERS and recorded.envelope.behalforg:
            return [_told(recorded, ANSWERS[type(event)])]
        case _:
            return []


def _told(recorded: Recorded, answer: public.Answer) -> Change:
    event, envelope = recorded.event, recorded.envelope
    return put(
        told, event.offer_id, answer, referral_id=recorded.stream_id, matter_id=event.matter_id,
        organization_id=event.organization_id, standing="told", behalf=envelope.behalforg,
        evidence_kind=envelope.behalfevidence, evidence_ref=envelope.behalfref, told_by=recorded.actor.id,
        told_at=recorded.happened_at, reason_code=None, spoken_at=None,
    )  # fmt: skip
