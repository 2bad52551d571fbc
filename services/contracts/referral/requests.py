"""What may be asked of a referral: drafting, offering, answering, serving, and the loop's closing."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta

from services.contracts.referral.suggestions import Shown
from services.contracts.referral.words import (
    Codes,
    ContactResult,
    ContactSubject,
    OfferMode,
    Outcome,
    OutcomeUnit,
    Places,
    ReferralKind,
    SomeCodes,
    Urgency,
)
from services.contracts.words import Evidence, Party
from services.kernel.contract import Code, Count, Instant, Ref, asked


@asked(zh="拟定转介")
class DraftReferral:
    """One need of an open matter is to be met by another party; what is said of the person is codes alone."""

    matter_id: UUID
    kind: ReferralKind
    need_codes: SomeCodes
    urgency: Urgency = "normal"
    case_id: UUID | None = None
    person_id: UUID | None = None
    origin: Party | None = None
    areas: Places = ()
    group_codes: Codes = ()
    age_band: Code | None = None
    goal_code: Code | None = None
    required_by: date | None = None
    consent_id: UUID | None = None
    legal_basis: Code | None = None


@asked(zh="转介就绪")
class MarkReferralReady:
    """The draft may be offered: the person agreed, or a legal basis stands in for that."""

    consent_id: UUID | None = None
    legal_basis: Code | None = None


@asked(zh="发出转介")
class OfferReferral:
    """One organization is asked; asking again one that declined needs a reason.

    Who chose from a suggestion says from which, and it goes on record with the choice.
    """

    organization_id: UUID
    mode: OfferMode = "direct"
    offering_id: UUID | None = None
    respond_by: Instant | None = None
    conditions_met: Codes = ()
    reason_code: Code | None = None
    suggestion: Shown | None = None


@asked(zh="依次询问")
class PlanSequence:
    """Ask these organizations one after the other, the next one as soon as one says no or keeps silent.

    When nobody of them takes the need, the head of the station does, if one is named; otherwise it waits for the origin.
    `conditions_met` holds for all of them.
    """

    organization_ids: Annotated[tuple[UUID, ...], Meta(min_length=1, max_length=32)]
    station_head: Party | None = None
    conditions_met: Codes = ()
    suggestion: Shown | None = None


@asked(zh="询问下一机构")
class AskNext:
    """The one that was asked has said no or kept silent: ask the next one of the sequence; asked by the service itself."""

    offer_id: UUID


@asked(zh="撤回要约")
class WithdrawOffer:
    """One organization need not answer any more."""

    organization_id: UUID
    reason_code: Code


@asked(zh="已阅")
class ViewOffer:
    """The organization has read the offer; that answers nothing."""

    organization_id: UUID


@asked(zh="请求补充信息")
class RequestInformation:
    """The organization cannot answer before it knows more."""

    organization_id: UUID
    question_codes: SomeCodes


@asked(zh="补充信息")
class SupplyInformation:
    """The origin answers the organization's questions, in codes."""

    organization_id: UUID
    answer_codes: SomeCodes


@asked(zh="受案")
class AcceptReferral:
    """The organization takes the need on and may name who will come and when."""

    organization_id: UUID
    worker_ref: Ref | None = None
    planned_start: date | None = None


@asked(zh="不受案")
class DeclineOffer:
    """The organization says no, why, and perhaps who else could."""

    organization_id: UUID
    reason_code: Code
    suggested_organization_id: UUID | None = None


@asked(zh="要约到期")
class ExpireOffer:
    """The time to answer is over."""

    offer_id: UUID


@asked(zh="开始服务")
class StartService:
    """The organization has met the person."""

    planned_until: date | None = None


@asked(zh="暂停服务")
class PauseService:
    """The organization cannot go on for a while, and says why; until when may be unknown."""

    reason_code: Code
    until: date | None = None


@asked(zh="恢复服务")
class ResumeService:
    """The organization goes on with what it had paused, or with what was disputed."""


@asked(zh="退回转介")
class ReturnReferral:
    """The organization gives the need back after it had accepted it."""

    reason_code: Code


@asked(zh="再转")
class RerouteReferral:
    """The organization gives the need back and says who should be asked instead."""

    reason_code: Code
    suggested_organization_id: UUID | None = None


@asked(zh="报告成效")
class ReportOutcome:
    """The organization says what came of it."""

    outcome: Outcome
    quantity: Count | None = None
    unit: OutcomeUnit | None = None
    evidence_ref: Evidence | None = None


@asked(zh="确认成效")
class ConfirmOutcome:
    """The origin confirms the outcome, having asked the person, or saying why not."""

    client_asked: bool
    not_asked_reason: Code | None = None


@asked(zh="对成效提出异议")
class DisputeOutcome:
    """The origin does not agree with the reported outcome."""

    reason_code: Code


@asked(zh="结束转介")
class CloseReferral:
    """The referral ends although its outcome is not confirmed; the reason says why that has to do."""

    unconfirmed_reason: Code


@asked(zh="服务对象撤回转介")
class WithdrawReferral:
    """The person does not want this any more; that is always allowed."""

    by: Code = "client"
    reason_code: Code


@asked(zh="取消转介")
class CancelReferral:
    """The origin no longer asks, before anybody accepted."""

    reason_code: Code


@asked(zh="无机构承接")
class ExhaustReferral:
    """Nobody is left to ask; the station's head answers for the need from now on."""

    station_head: Party
    reason_code: Code | None = None


@asked(zh="催办")
class RemindReferral:
    """It is time to remind whoever keeps this waiting; asked by the clock."""

    offer_id: UUID | None = None


@asked(zh="督办")
class EscalateReferral:
    """It was accepted and then nothing was heard; asked by the clock."""


@asked(zh="联系服务对象")
class ContactPerson:
    """The origin spoke with the person about this need, or tried to."""

    about: ContactSubject
    mode: Code = "phone"
    result: ContactResult = "reached"


@asked(zh="变更转出方")
class ChangeReferralOrigin:
    """The matter has another owner, so the need comes back to that one."""

    origin: Party


@asked(zh="转介误录作废")
class MarkReferralEnteredInError:
    """The referral should never have been entered; a second person says so too."""

    reason_code: Code
    approver_id: Ref
