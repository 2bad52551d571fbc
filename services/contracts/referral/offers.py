"""What is said of offers: one asking of one organization within a referral, and how it ended."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.contracts.referral.words import AcceptanceFault, OfferMode, Places, ReferralKind, Urgency
from services.contracts.words import Handoff, Party, Wait
from services.kernel.contract import Code, Count, Instant, Ref, published


@published("referral.offered", zh="发出转介", handoff=True)
class ReferralOffered:
    """An organization is asked to take the need; it is told codes alone, and the origin still answers for the need."""

    matter_id: UUID
    case_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    offering_id: UUID | None = None
    kind: ReferralKind
    mode: OfferMode
    need_codes: tuple[Code, ...]
    urgency: Urgency
    areas: Places = ()
    group_codes: tuple[Code, ...] = ()
    age_band: Code | None = None
    required_by: date | None = None
    remind_at: Instant
    respond_by: Instant
    reason_code: Code | None = None
    handoff: Handoff


@published("offer.viewed", zh="已阅")
class OfferViewed:
    """The organization has read the offer."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID


@published("information.requested", zh="请求补充信息")
class MoreInformationRequested:
    """The organization asks back; the first time, its clock stands still (respond_by is None) until it is answered."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID
    question_codes: tuple[Code, ...]
    respond_by: Instant | None = None
    remind_at: Instant


@published("information.supplied", zh="补充信息")
class InformationSupplied:
    """The organization's questions are answered; it has until `respond_by`."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID
    answer_codes: tuple[Code, ...]
    remind_at: Instant
    respond_by: Instant


@published("offer.declined", zh="不受案", handoff=True)
class OfferDeclined:
    """The organization said no; the origin answers for the need as before."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID
    reason_code: Code
    suggested_organization_id: UUID | None = None
    answered_via: Code
    offers_left: Count
    handoff: Handoff
    wait: Wait | None = None


@published("offer.expired", zh="超时未复", handoff=True)
class OfferExpired:
    """The organization kept silent until its time was over; silence is never a yes."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID
    offers_left: Count
    handoff: Handoff
    wait: Wait | None = None


@published("offer.superseded", zh="他方已接")
class OfferSuperseded:
    """Another organization has accepted; this one need not answer."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID


@published("offer.withdrawn", zh="要约撤回")
class OfferWithdrawn:
    """The offer is taken back; the organization need not answer."""

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID
    reason_code: Code
    offers_left: Count
    wait: Wait | None = None


@published("referral.accepted", zh="受案", handoff=True)
class ReferralAccepted:
    """The need is handed over: from now on this organization answers for it. The case stays with its owner."""

    matter_id: UUID
    case_id: UUID | None = None
    person_id: UUID | None = None
    offer_id: UUID
    organization_id: UUID
    offering_id: UUID | None = None
    kind: ReferralKind
    consent_id: UUID | None = None
    legal_basis: Code | None = None
    worker_ref: Ref | None = None
    planned_start: date | None = None
    answered_via: Code
    remind_at: Instant
    start_by: Instant
    handoff: Handoff


@published("acceptance.refused", zh="接收无效")
class AcceptanceRefused:
    """The organization said yes, and that yes takes no effect; it was never told who the person is.

    `offers_left` counts the offers still open where this one was open until now; None where it had ended before.
    """

    matter_id: UUID
    offer_id: UUID
    organization_id: UUID
    reason: AcceptanceFault
    offers_left: Count | None = None
    wait: Wait | None = None


@published("referral.sequence-planned", zh="依次询问")
class ReferralSequencePlanned:
    """These organizations are to be asked one after the other; none of them learns of the others."""

    matter_id: UUID
    case_id: UUID | None = None
    organization_ids: tuple[UUID, ...]
    station_head: Party | None = None
    conditions_met: tuple[Code, ...] = ()
