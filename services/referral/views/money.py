"""Grants and support in kind; money and estimated values stand in different columns and are never added."""

from __future__ import annotations

from typing import Any

from services.contracts import referral as public
from services.contracts.words import Wait
from services.kernel.message import Recorded
from services.kernel.view import Change, add, put
from services.referral.views.tables import grants, in_kind


def project(recorded: Recorded) -> list[Change]:  # noqa: C901 - one line an event
    """Which rows change by an event about money or goods."""
    match recorded.event:
        case public.GrantApplied() as event:
            return [_applied(recorded, event)]
        case public.GrantApproved() as event:
            decided = {"approved_fen": event.amount_fen, "decided_on": event.decided_on}
            return [
                _row(
                    recorded,
                    state="approved",
                    fund=event.fund,
                    holder=event.handoff.takers[0],
                    **_owed(event),
                    **decided,
                )
            ]
        case public.GrantDisbursed() as event:
            return _disbursed(recorded, event)
        case public.GrantReturned() as event:
            back = _row(recorded, return_asked_at=None, **_owed(event))
            return [back, add(grants, recorded.stream_id, returned_fen=event.amount_fen or 0)]
        case public.GrantReturnAsked() as event:
            return [_row(recorded, return_asked_at=recorded.recorded_at, **_owed(event))]
        case public.GrantReturnWaived() as event:
            return [_row(recorded, return_asked_at=None, **_owed(event))]
        case public.GrantUseReported() as event:
            return [_row(recorded, state="use_reported", used_fen=event.used_fen, **_owed(event))]
        case public.GrantClosed() as event:
            return [_over(recorded, "closed", event.result_code)]
        case public.GrantRejected() as event:
            return [_over(recorded, "rejected", event.reason_code)]
        case public.GrantLapsed() as event:
            return [_over(recorded, "lapsed", event.reason_code, event.wait)]
        case public.GrantReminded():
            return [_row(recorded)]
        case public.GrantEscalated():
            return [_row(recorded, overdue=True)]
        case public.OverlapHinted() as event:
            return [_row(recorded, overlaps=event.other_count)]
        case public.InKindSupportDelivered() as event:
            return [_delivered(recorded, event)]
        case _:
            return []


def _row(recorded: Recorded, **columns: Any) -> Change:
    return put(grants, recorded.stream_id, version=recorded.version, **columns)


Step = (
    public.GrantApplied | public.GrantApproved | public.GrantDisbursed | public.GrantUseReported | public.GrantReturnAsked
    | public.GrantReturned | public.GrantReturnWaived
)  # fmt: skip


def _owed(event: Step) -> dict[str, Any]:
    """Until when the next step is owed."""
    return {"due_at": event.wait and event.wait.due_at, "overdue": False}


def _over(recorded: Recorded, state: str, reason_code: str, wait: Wait | None = None) -> Change:
    return _row(
        recorded,
        state=state,
        reason_code=reason_code,
        ended_at=recorded.happened_at,
        due_at=wait and wait.due_at,
        overdue=False,
    )


def _applied(recorded: Recorded, event: public.GrantApplied) -> Change:
    return _row(
        recorded, state="applied", matter_id=event.matter_id, case_id=event.case_id, person_id=event.person_id,
        purpose_code=event.purpose_code, applicant=event.applicant, holder=event.holder, fund=event.fund,
        asked_fen=event.amount_fen, paid_fen=0, returned_fen=0, payments=0, payments_unknown=0, overlaps=0,
        applied_at=recorded.happened_at, **_owed(event),
    )  # fmt: skip


def _disbursed(recorded: Recorded, event: public.GrantDisbursed) -> list[Change]:
    holder = {"holder": event.handoff.takers[0]} if event.handoff else {}
    return [
        _row(recorded, state="paid" if event.final else "partly_paid", paid_at=recorded.happened_at, **_owed(event), **holder),
        add(
            grants, recorded.stream_id, payments=1, paid_fen=event.amount_fen or 0,
            payments_unknown=1 if event.amount_fen is None else 0,
        ),
    ]  # fmt: skip


def _delivered(recorded: Recorded, event: public.InKindSupportDelivered) -> Change:
    return put(
        in_kind, recorded.stream_id, version=recorded.version, matter_id=event.matter_id, case_id=event.case_id,
        person_id=event.person_id, referral_id=event.referral_id, giver=event.giver, item_codes=list(event.item_codes),
        quantity=event.quantity, est_value_fen=event.est_value_fen, evidence_ref=event.evidence_ref,
        delivered_at=recorded.happened_at,
    )  # fmt: skip
