"""What is said of a referral itself, from its draft to its end."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from services.contracts.referral.words import (
    ContactResult,
    ContactSubject,
    Outcome,
    OutcomeUnit,
    Places,
    ReferralKind,
    Urgency,
)
from services.contracts.words import Handoff, Party, Wait
from services.kernel.contract import Code, Count, Instant, Ref, published


@published("referral.drafted", zh="转介拟定")
class ReferralDrafted:
    """Somebody considers asking another party to meet this need; nobody outside has been asked."""

    referral_id: UUID
    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    kind: ReferralKind
    need_codes: tuple[Code, ...]
    urgency: Urgency
    origin: Party
    areas: Places = ()
    group_codes: tuple[Code, ...] = ()
    age_band: Code | None = None
    goal_code: Code | None = None
    required_by: date | None = None
    consent_id: UUID | None = None
    legal_basis: Code | None = None


@published("referral.ready", zh="转介就绪", opens="need")
class ReferralReady:
    """The need stands on its own and may be offered; until somebody accepts, `holder` answers for it.

    `wait`: until when somebody is to be asked.
    """

    matter_id: UUID
    case_id: UUID | None = None
    need_id: UUID
    holder: Party
    kind: ReferralKind
    need_codes: tuple[Code, ...]
    urgency: Urgency
    consent_id: UUID | None = None
    legal_basis: Code | None = None
    wait: Wait | None = None


@published("service.started", zh="首次服务")
class ServiceStarted:
    """The organization has met the person for the first time; acceptance has become service."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    first_contact_at: Instant | None = None
    planned_until: date | None = None
    check_at: Instant


@published("service.paused", zh="暂停服务")
class ServicePaused:
    """The service stands still for a while, for a reason; the organization answers for the need as before."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    reason_code: Code
    until: date | None = None
    check_at: Instant


@published("service.resumed", zh="恢复服务")
class ServiceResumed:
    """The service goes on, after a pause or after its outcome was disputed."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    check_at: Instant


@published("referral.returned", zh="退回", handoff=True)
class ReferralReturned:
    """The organization gave back what it had accepted; the origin answers again, and access to identity ends."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    reason_code: Code
    handoff: Handoff
    wait: Wait | None = None


@published("referral.rerouted", zh="再转", handoff=True)
class ReferralRerouted:
    """The organization gave the need back and named who should be asked instead; that needs a consent of its own."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    suggested_organization_id: UUID | None = None
    reason_code: Code
    handoff: Handoff
    wait: Wait | None = None


@published("outcome.reported", zh="成效反馈")
class OutcomeReported:
    """The organization says what came of it; it answers for the need until the origin has confirmed that, by `wait`."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    outcome: Outcome
    quantity: Count | None = None
    unit: OutcomeUnit | None = None
    evidence_ref: Ref | None = None
    wait: Wait | None = None


@published("outcome.confirmed", zh="成效确认")
class OutcomeConfirmed:
    """The origin stands by the reported outcome: the person was asked, or it is said why not."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    outcome: Outcome
    client_asked: bool
    not_asked_reason: Code | None = None


@published("outcome.disputed", zh="成效异议")
class OutcomeDisputed:
    """The origin does not agree with the reported outcome; the organization still answers for the need."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    reason_code: Code
    wait: Wait | None = None


@published("referral.closed", zh="闭环", handoff=True, closes="need")
class ReferralClosed:
    """The need is dealt with: its outcome is confirmed, or it is said why it is not."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID | None = None
    organization_id: UUID | None = None
    outcome: Outcome
    confirmed: bool
    unconfirmed_reason: Code | None = None
    offers_count: Count
    handoff: Handoff


@published("referral.withdrawn", zh="撤回", handoff=True, closes="need")
class ReferralWithdrawn:
    """The person does not want this any more; whoever had accepted stops, and what was done stays done.

    `need_id` is None where the need had never been opened, `handoff` where nobody had accepted it.
    """

    matter_id: UUID
    case_id: UUID | None = None
    need_id: UUID | None = None
    offer_id: UUID | None = None
    organization_id: UUID | None = None
    by: Code
    reason_code: Code
    handoff: Handoff | None = None


@published("referral.cancelled", zh="取消", closes="need")
class ReferralCancelled:
    """The origin no longer asks; nobody had accepted. `need_id` is None where the need had never been opened."""

    matter_id: UUID
    case_id: UUID | None = None
    need_id: UUID | None = None
    reason_code: Code


@published("referral.exhausted", zh="无机构承接", handoff=True)
class ReferralExhausted:
    """Nobody is left to ask: the need is unmet, and the station's head answers for it."""

    matter_id: UUID
    case_id: UUID | None = None
    need_codes: tuple[Code, ...]
    tried: tuple[UUID, ...] = ()
    declined_reasons: tuple[Code, ...] = ()
    handoff: Handoff
    wait: Wait | None = None


@published("reminder.sent", zh="催办")
class ReminderSent:
    """Somebody who keeps this waiting has been reminded."""

    matter_id: UUID
    offer_id: UUID | None = None
    to: Party
    level: Code
    reason_code: Code
    again_at: Instant | None = None


@published("referral.escalated", zh="督办")
class ReferralEscalated:
    """What is late has been put before somebody higher up; who answers for the need does not change by that."""

    matter_id: UUID
    case_id: UUID | None = None
    level: Literal["receiver_lead", "station_head"]
    to: Party
    reason_code: Code
    again_at: Instant | None = None


@published("referral.person-contacted", zh="联系服务对象")
class PersonContacted:
    """The origin told the person how the referral stands, or asked; or nobody was reached."""

    matter_id: UUID
    case_id: UUID | None = None
    about: ContactSubject
    mode: Code
    result: ContactResult


@published("referral.origin-changed", zh="转出方变更", handoff=True)
class ReferralOriginChanged:
    """The need comes back to another worker than before; where the old one held it, the new one holds it now."""

    matter_id: UUID
    case_id: UUID | None = None
    origin: Party
    handoff: Handoff | None = None


@published("referral.entered-in-error", zh="转介误录作废", closes="need")
class ReferralEnteredInError:
    """This referral should never have been entered; it counts nowhere, and nothing of it is hidden.

    `offer_ids` are all offers that were made under it; `offer_id` is the one that was taken.
    """

    matter_id: UUID
    case_id: UUID | None = None
    need_id: UUID | None = None
    offer_id: UUID | None = None
    reason_code: Code
    approver_id: Ref
    offer_ids: tuple[UUID, ...] = ()
